//! The pages around signing out. Must never end a session.

use axum::http::StatusCode;
use axum::response::Response;

use crate::pages::{Page, Refresh, escape, path};
use crate::settings::Settings;

/// Asks for confirmation if the request does not prove that it is intended.
pub(crate) fn question(settings: &Settings, name: &str, id: &str, leads_to: Option<&str>) -> Response {
    let body = format!(
        "<p>You are signed in as {name}. Do you want to sign out?</p>\
         <form method=\"post\" action=\"{action}\" class=\"row\"><input type=\"hidden\" name=\"state\" value=\"{id}\">\
         <button class=\"btn first\" name=\"action\" value=\"accept\">Sign out</button>\
         <button class=\"btn quiet\" name=\"action\" value=\"cancel\">Stay signed in</button></form>",
        name = escape(name),
        action = escape(&path(&settings.issuer, "u/logout")),
        id = escape(id),
    );
    Page { status: StatusCode::OK, title: "Sign out", body, leads_to, refresh: Refresh::None }.show(settings)
}

pub(crate) fn done(settings: &Settings) -> Response {
    plain(settings, "Signed out", "You are signed out.")
}

pub(crate) fn stayed(settings: &Settings) -> Response {
    plain(settings, "Still signed in", "Nothing has changed: you are still signed in.")
}

fn plain(settings: &Settings, title: &str, text: &str) -> Response {
    let body = format!("<p>{}</p>", escape(text));
    Page { status: StatusCode::OK, title, body, leads_to: None, refresh: Refresh::None }.show(settings)
}
