//! The phone's screen: every request in full, with two buttons. Must never truncate a request.

mod details;
mod text;

use axum::http::StatusCode;
use axum::response::Response;
use sandbox_kit::{Person, Phone};

use crate::ciba::push::{Push, PushState};
use crate::pages::{Page, Refresh, escape, path};
use crate::phone::address;
use crate::settings::Settings;
use text::visible;

/// Maximum number of past requests shown.
const PAST: usize = 20;

/// Lists everybody's phones.
pub(crate) fn chooser(settings: &Settings, pushes: &[Push]) -> Response {
    let phones = path(&settings.issuer, "phone");
    let people: String = settings
        .people
        .iter()
        .map(|person| {
            let waiting = pushes.iter().filter(|push| push.sub == person.sub && push.state == PushState::Pending);
            let chip = match (person.phone, waiting.count()) {
                (Phone::Missing, _) => "no phone".to_owned(),
                (Phone::Enrolled, count) => format!("{count} waiting"),
            };
            format!(
                "<li><a class=\"call person\" href=\"{}\"><span class=\"top\"><span class=\"what\">{}</span>\
                 <span class=\"chip\">{chip}</span></span><span class=\"meta\">{}</span></a></li>",
                escape(&address(&phones, &person.sub)),
                escape(&person.name),
                escape(&person.role),
            )
        })
        .collect();
    let body =
        format!("<p>Choose a person to open their phone.</p><div id=\"live\"><ul class=\"people\">{people}</ul></div>");
    page(settings, "Phone", body)
}

/// Shows one person's phone.
pub(crate) fn screen(settings: &Settings, person: &Person, pushes: &[Push], now: i64) -> Response {
    // Append new requests below waiting ones, so that no button moves while a person is about to press it.
    let waiting: Vec<_> = pushes.iter().filter(|push| push.state == PushState::Pending).collect();
    let past: Vec<_> = pushes.iter().rev().filter(|push| push.state != PushState::Pending).take(PAST).collect();
    let status = match (person.phone, waiting.len()) {
        (Phone::Missing, _) => "This person has no phone, so no request can reach them.".to_owned(),
        (_, 0) => "No request waits for your answer.".to_owned(),
        (_, 1) => "1 request waits for your answer.".to_owned(),
        (_, many) => format!("{many} requests wait for your answer."),
    };
    let section = |id: &str, title: &str, pushes: &[&Push]| {
        let cards: String = pushes.iter().map(|push| card(settings, push, now)).collect();
        let shown = format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>{cards}</section>"
        );
        if pushes.is_empty() { String::new() } else { shown }
    };
    let version: String = pushes.iter().map(|push| format!("{}:{} ", push.id, push.state.word())).collect();
    let body = format!(
        "<p><a href=\"{phones}\">Another phone</a></p><p role=\"status\" id=\"status\">{status}</p>\
         <div id=\"live\" data-version=\"{version}\">{}{}</div>",
        section("waiting", "Waiting", &waiting),
        section("past", "Earlier", &past),
        phones = escape(&path(&settings.issuer, "phone")),
        version = escape(&version),
    );
    page(settings, &format!("Phone of {}", person.name), body)
}

fn page(settings: &Settings, title: &str, body: String) -> Response {
    let refresh = Refresh::Script("phone.js");
    Page { status: StatusCode::OK, title, body, leads_to: None, refresh }.show(settings)
}

fn card(settings: &Settings, push: &Push, now: i64) -> String {
    let client = settings.client(&push.client).map_or(push.client.as_str(), |client| client.name.as_str());
    let asked = format!(
        "<p class=\"message\">{}</p>{}<p class=\"meta\">Grants {}{}</p>",
        message(&push.binding_message),
        push.authorization_details.as_ref().map(details::list).unwrap_or_default(),
        visible(&push.scope),
        push.audience.as_ref().map(|audience| format!(" at {}", visible(audience))).unwrap_or_default(),
    );
    let (state, body) = match push.state {
        PushState::Pending => (left(push.expires_at - now), asked + &buttons(settings, push)),
        over => (
            outcome(over).to_owned(),
            format!("<details><summary>{}</summary>{asked}</details>", visible(&push.binding_message)),
        ),
    };
    format!(
        "<article class=\"call push\" data-state=\"{word}\" aria-labelledby=\"title-{id}\">\
         <div class=\"top\"><h3 id=\"title-{id}\">{client} asks</h3><span class=\"chip\" id=\"left-{id}\">{state}</span></div>\
         {body}</article>",
        word = push.state.word(),
        id = escape(&push.id),
        client = visible(client),
    )
}

/// Wraps each word in an element, so that lines break only between words and never inside a code such as
/// `A7-31`.
fn message(text: &str) -> String {
    let words = text.split(' ').map(|word| format!("<span>{}</span>", visible(word)));
    words.collect::<Vec<_>>().join(" ")
}

fn buttons(settings: &Settings, push: &Push) -> String {
    let button = |class: &str, value: &str, face: &str| {
        format!(
            "<button class=\"btn{class}\" id=\"{value}-{id}\" name=\"answer\" value=\"{value}\" \
             aria-label=\"{face}: {message}\">{face}</button>",
            id = escape(&push.id),
            message = escape(&push.binding_message),
        )
    };
    format!(
        "<p>Nothing has happened yet.</p><form method=\"post\" action=\"{}\">\
         <input type=\"hidden\" name=\"id\" value=\"{}\"><div class=\"row\">{}{}</div></form>",
        escape(&path(&settings.issuer, "phone")),
        escape(&push.id),
        button(" first", "approve", "Approve"),
        button("", "deny", "Deny"),
    )
}

fn left(seconds: i64) -> String {
    format!("{}:{:02} left", seconds.div_euclid(60), seconds.rem_euclid(60))
}

fn outcome(state: PushState) -> &'static str {
    match state {
        PushState::Pending => "Waiting",
        PushState::Approved => "Approved",
        PushState::Denied => "Denied",
        PushState::Expired => "Expired",
        PushState::Redeemed => "Approved and used",
    }
}
