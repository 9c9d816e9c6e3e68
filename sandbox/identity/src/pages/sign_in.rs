//! The chooser of demo people. Must not act on the choice.

use axum::http::StatusCode;
use axum::response::Response;
use sandbox_kit::Person;

use crate::authorize::request::Request;
use crate::pages::{Page, Refresh, escape, path};
use crate::settings::{Client, Settings};

/// Maximum number of people listed. The people of a large crowd sign in without being listed.
const MOST_SHOWN: usize = 50;

pub(crate) fn chooser(settings: &Settings, client: &Client, request: &Request, id: &str) -> Response {
    let hinted = request.login_hint.as_deref().and_then(|hint| settings.people.by_email(hint));
    let others = settings.people.iter().filter(|person| Some(*person) != hinted).take(MOST_SHOWN);
    let people: String = hinted.into_iter().chain(others).map(|person| choice(person, hinted)).collect();
    let body = format!(
        "<p>{client} asks who you are. Choose somebody; no password is needed here.</p>\
         <form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"state\" value=\"{id}\">\
         <ul class=\"people\">{people}</ul>\
         <button class=\"btn quiet\" name=\"action\" value=\"cancel\">Cancel</button></form>",
        client = escape(&client.name),
        action = escape(&path(&settings.issuer, "u/login")),
        id = escape(id),
    );
    Page {
        status: StatusCode::OK,
        title: "Sign in",
        body,
        leads_to: Some(&request.redirect_uri),
        refresh: Refresh::None,
    }
    .show(settings)
}

fn choice(person: &Person, hinted: Option<&Person>) -> String {
    let focus = if Some(person) == hinted { " autofocus" } else { "" };
    format!(
        "<li><button class=\"call person\" name=\"sub\" value=\"{sub}\"{focus}>\
         <span class=\"top\"><span class=\"what\">{name}</span><span class=\"chip\">{role}</span></span>\
         <span class=\"meta\">{about}</span></button></li>",
        sub = escape(&person.sub),
        name = escape(&person.name),
        role = escape(&person.role),
        about = escape(&person.about),
    )
}
