//! The phone's page: its owner, the pending requests and two buttons each. Must never change state on GET.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::ciba::push::{AnswerError, Push};
use crate::http::Params;
use crate::pages;
use crate::phone;
use crate::provider::Provider;

pub(super) async fn show(State(provider): State<Provider>, RawQuery(query): RawQuery) -> Response {
    let settings = provider.settings();
    let query = Params::form(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let pushes = provider.pushes();
    let Some(sub) = query.get("person") else { return pages::phone::chooser(settings, &pushes) };
    match settings.people.by_sub(sub) {
        Some(person) => {
            let of_person: Vec<Push> = pushes.into_iter().filter(|push| push.sub == person.sub).collect();
            pages::phone::screen(settings, person, &of_person, provider.now())
        }
        None => pages::error(settings, "There is no such person here."),
    }
}

/// Records the answer and redirects to the page, which also shows that an answer came too late.
pub(super) async fn answer(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    let form = Params::form_alone(&headers, &body).unwrap_or_default();
    let (Some(id), Some(answer)) = (form.get("id"), phone::parse(form.get("answer"))) else {
        return pages::error(provider.settings(), "The answer must be approve or deny.");
    };
    if provider.answer(id, answer) == Err(AnswerError::Unknown) {
        return pages::error(provider.settings(), "There is no such request.");
    }
    let sub = provider.pushes().into_iter().find(|push| push.id == id).map(|push| push.sub).unwrap_or_default();
    let target = phone::address(&pages::path(&provider.settings().issuer, "phone"), &sub);
    (StatusCode::SEE_OTHER, [(LOCATION, target.as_str()), (CACHE_CONTROL, "no-store")]).into_response()
}

pub(super) async fn script() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("../pages/phone.js"))
}
