//! The third party's consent page. Must never answer on the person's behalf.

use axum::http::StatusCode;
use axum::response::Response;
use sandbox_kit::Person;

use crate::connect;
use crate::pages::{Page, Refresh, escape, path};
use crate::scopes::Scopes;
use crate::settings::{Client, Connection, Settings, ThirdPartyAccount};

/// The content of the consent page.
pub(crate) struct Question<'a> {
    pub(crate) client: &'a Client,
    pub(crate) connection: &'a Connection,
    /// The person whose account is to be connected.
    pub(crate) person: &'a Person,
    pub(crate) scopes: &'a Scopes,
    /// The accounts to choose from.
    pub(crate) accounts: &'a [ThirdPartyAccount],
    pub(crate) ticket: &'a str,
}

impl Question<'_> {
    pub(crate) fn show(&self, settings: &Settings, leads_to: &str) -> Response {
        let scopes: String =
            self.scopes.iter().map(|scope| format!("<li class=\"mono\">{}</li>", escape(scope))).collect();
        let accounts: String = self.accounts.iter().enumerate().map(|(at, account)| choice(account, at)).collect();
        let (accounts, allow) = if accounts.is_empty() {
            ("<p>You have no account there.</p>".to_owned(), "")
        } else {
            let allow = "<button class=\"btn first\" name=\"action\" value=\"allow\">Allow</button>";
            (format!("<fieldset class=\"people\"><legend>Choose an account</legend>{accounts}</fieldset>"), allow)
        };
        let title = format!("Connect {}", self.connection.title);
        let body = format!(
            "<p><b>{client}</b> asks to use an account at {third_party} on behalf of <b>{person}</b>. It wants:</p>\
             <ul class=\"call scopes\">{scopes}</ul>\
             <form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"ticket\" value=\"{ticket}\">{accounts}\
             <div class=\"row\">{allow}\
             <button class=\"btn quiet\" name=\"action\" value=\"deny\">Deny</button></div></form>",
            client = escape(&self.client.name),
            third_party = escape(&self.connection.title),
            person = escape(&self.person.name),
            action = escape(&path(&settings.issuer, connect::PATH)),
            ticket = escape(self.ticket),
        );
        Page { status: StatusCode::OK, title: &title, body, leads_to: Some(leads_to), refresh: Refresh::None }
            .show(settings)
    }
}

/// Returns an account's radio button. The first one is preselected.
fn choice(account: &ThirdPartyAccount, at: usize) -> String {
    let checked = if at == 0 { " checked" } else { "" };
    format!(
        "<label class=\"call top\"><input type=\"radio\" name=\"account\" value=\"{id}\"{checked}>\
         <span class=\"what\">{name}</span><span class=\"meta\">{id}</span></label>",
        id = escape(&account.id),
        name = escape(&account.name),
    )
}
