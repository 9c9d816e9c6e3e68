//! The connected accounts at third parties, and the buttons that end them.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::Done;
use super::html::{button, code, escape, section as framed, table};
use crate::sandbox::Parts;

/// Renders the connected accounts. *Remove* acts like the person at the identity provider: the vault deletes the
/// account, while the third party keeps the grant. *Revoke* acts like the person at the third party: tokens from the
/// vault become invalid, and the vault notices at its next refresh.
pub(super) fn section(parts: &Parts) -> String {
    let accounts = parts.provider.connected_accounts();
    let rows: Vec<Vec<String>> = (accounts.iter())
        .map(|own| {
            let who = parts.people.by_sub(&own.sub).map_or(own.sub.as_str(), |person| person.name.as_str());
            let fields = [("id", own.id.as_str())];
            let what = format!("{} of {who} ({})", own.connection, own.account);
            let remove = button("/accounts/remove", &format!("Remove {what}"), "Remove", &fields);
            let revoke = button("/accounts/revoke", &format!("Revoke {what}"), "Revoke", &fields);
            let account =
                format!("{}<br><span class=\"meta\">{}</span>", escape(&own.connection), escape(&own.account));
            let scopes: Vec<String> = own.scopes.iter().map(|scope| code(scope)).collect();
            vec![escape(who), account, scopes.join("<br>"), format!("<div class=\"row\">{remove}{revoke}</div>")]
        })
        .collect();
    let none = "Nobody has connected an account.";
    let note =
        "<p class=\"meta\">Remove deletes the account from the vault. Revoke ends the grant at the third party.</p>";
    let accounts = table(&["Person", "Account", "Scopes", ""], &rows, none);
    framed("accounts", "Connected accounts", &format!("{accounts}{note}"))
}

#[derive(Deserialize)]
pub(super) struct Account {
    id: String,
}

pub(super) async fn remove(State(parts): State<Parts>, Form(form): Form<Account>) -> Done {
    parts.provider.remove_connected_account(&form.id)?;
    Ok(Redirect::to("/#accounts"))
}

pub(super) async fn revoke(State(parts): State<Parts>, Form(form): Form<Account>) -> Done {
    parts.provider.revoke_at_third_party(&form.id)?;
    Ok(Redirect::to("/#accounts"))
}
