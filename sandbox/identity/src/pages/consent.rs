//! The question whether a third party's client may act for a person. Must not act on the answer.

use axum::http::StatusCode;
use axum::response::Response;
use sandbox_kit::Person;
use url::Url;

use crate::authorize::request::Request;
use crate::pages::{Page, Refresh, escape, path};
use crate::settings::{Client, Settings};

pub(crate) fn question(settings: &Settings, client: &Client, person: &Person, request: &Request, id: &str) -> Response {
    let scopes: String =
        request.scopes.iter().map(|scope| format!("<li class=\"mono\">{}</li>", escape(scope))).collect();
    let scopes = if scopes.is_empty() { "<li>nothing in particular</li>".to_owned() } else { scopes };
    let target = Url::parse(&request.redirect_uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let body = format!(
        "<p>An application asks to act for <b>{person}</b>. It says that its name is <b>{client}</b>. Nobody has checked \
         that: anybody can register under any name.</p>\
         <p>It is for <span class=\"mono\">{api}</span>, and wants:</p><ul class=\"call scopes\">{scopes}</ul>\
         <p>Your answer goes to <b class=\"mono\">{target}</b>.</p>\
         <form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"state\" value=\"{id}\">\
         <div class=\"row\"><button class=\"btn first\" name=\"action\" value=\"allow\">Allow</button>\
         <button class=\"btn quiet\" name=\"action\" value=\"deny\">Deny</button></div></form>",
        person = escape(&person.name),
        client = escape(&client.name),
        api = escape(request.audience.as_deref().unwrap_or("your profile")),
        target = escape(&target),
        action = escape(&path(&settings.issuer, "u/consent")),
        id = escape(id),
    );
    let leads_to = Some(request.redirect_uri.as_str());
    Page { status: StatusCode::OK, title: "Allow this application?", body, leads_to, refresh: Refresh::None }
        .show(settings)
}
