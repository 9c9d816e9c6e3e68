//! The people, the end of their sessions and tokens, and the rotation of the signing keys.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::html::{button, code, escape, section as framed, table};
use super::{Done, Refused};
use crate::sandbox::Parts;

pub(super) fn section(parts: &Parts) -> String {
    let rows: Vec<Vec<String>> = (parts.people.iter())
        .map(|person| {
            let status =
                parts.okta.status(&person.email).map_or_else(|| "deleted".to_owned(), |status| format!("{status:?}"));
            let email = format!("<span class=\"meta\">{}</span>", escape(&person.email));
            let who = format!("{}<br>{email}<br>{}", escape(&person.name), code(&person.sub));
            let about = format!("{}<br><span class=\"meta\">{}</span>", escape(&person.role), escape(&person.about));
            let fields = [("sub", person.sub.as_str())];
            let out = button(
                "/people/sign-out",
                &format!("Sign out everywhere: {}", person.name),
                "Sign out everywhere",
                &fields,
            );
            let revoke =
                button("/people/revoke", &format!("Revoke tokens of {}", person.name), "Revoke tokens", &fields);
            vec![who, about, escape(&status), format!("<div class=\"row\">{out}{revoke}</div>")]
        })
        .collect();
    let body = table(&["Person", "Role", "Okta", ""], &rows, "No people.")
        + &button("/keys/rotate", "Rotate signing keys", "Rotate signing keys", &[]);
    framed("people", "People", &body)
}

#[derive(Deserialize)]
pub(super) struct Person {
    sub: String,
}

/// Ends the person's sessions at the identity provider, which notifies its clients by back-channel logout.
pub(super) async fn sign_out(State(parts): State<Parts>, Form(form): Form<Person>) -> Done {
    known(&parts, &form.sub)?;
    parts.provider.end_sessions_of(&form.sub).await;
    Ok(Redirect::to("/#people"))
}

pub(super) async fn revoke(State(parts): State<Parts>, Form(form): Form<Person>) -> Done {
    known(&parts, &form.sub)?;
    parts.provider.revoke_refresh_tokens_of(&form.sub);
    Ok(Redirect::to("/#people"))
}

pub(super) async fn rotate_keys(State(parts): State<Parts>) -> Done {
    parts.provider.rotate_keys()?;
    Ok(Redirect::to("/#people"))
}

fn known(parts: &Parts, sub: &str) -> Result<(), Refused> {
    match parts.people.by_sub(sub) {
        Some(_) => Ok(()),
        None => Err(Refused(format!("There is no person {sub}."))),
    }
}
