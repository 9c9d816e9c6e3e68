//! The sign-in page, on which the user chooses a demo person. Must redirect only to the request's callback.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::authorize::callback::Callback;
use crate::authorize::complete;
use crate::http::Params;
use crate::pages;
use crate::provider::Provider;
use crate::trace::Endpoint;

const OVER: &str = "This sign-in has expired. Go back to the application and sign in again.";

pub(crate) async fn page(State(provider): State<Provider>, RawQuery(query): RawQuery) -> Response {
    let settings = provider.settings();
    let id = Params::form(query.unwrap_or_default().as_bytes()).unwrap_or_default().owned("state").unwrap_or_default();
    let now = provider.now();
    let request = provider.store(|store| store.sign_ins.get(&id, now).cloned());
    match request.as_ref().and_then(|request| Some((request, provider.client(&request.client)?))) {
        Some((request, client)) => pages::sign_in::chooser(settings, &client, request, &id),
        None => pages::error(settings, OVER),
    }
}

pub(crate) async fn submit(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    provider.saw(Endpoint::SignIn);
    let settings = provider.settings();
    let form = Params::form(&body).unwrap_or_default();
    let cancelled = form.get("action") == Some("cancel");
    let person = form.get("sub").and_then(|sub| settings.people.by_sub(sub));
    if !cancelled && person.is_none() {
        return pages::error(settings, "There is no such person here.");
    }
    let now = provider.now();
    let id = form.get("state").unwrap_or_default();
    let Some(request) = provider.store(|store| store.sign_ins.take(id, now)) else {
        return pages::error(settings, OVER);
    };
    match person {
        Some(person) if !cancelled => complete(&provider, request, &headers, &person.sub),
        _ => Callback::of(&provider, &request).error("access_denied", "User did not authorize the request"),
    }
}
