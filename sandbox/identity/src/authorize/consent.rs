//! The consent page of third parties' clients. Must never answer on the person's behalf, and never remembers an answer: a
//! public client cannot prove that it is the one that was allowed before (RFC 8252 section 8.6). Auth0 remembers it.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use sandbox_kit::canary;

use crate::authorize::callback::Callback;
use crate::authorize::finish;
use crate::authorize::request::Request;
use crate::http::Params;
use crate::pages;
use crate::provider::Provider;
use crate::trace::Endpoint;

/// Lifetime of a consent page, in seconds.
const LIFETIME_S: i64 = 600;
const OVER: &str = "This page has expired. Go back to the application and sign in again.";

/// A pending question: may this client act for this person?
#[derive(Clone)]
pub(crate) struct Consent {
    request: Request,
    sub: String,
}

/// Redirects to the consent page.
pub(super) fn ask(provider: &Provider, request: Request, sub: &str) -> Response {
    let (id, now) = (canary::random(24), provider.now());
    let page = provider.settings().url(&format!("u/consent?state={id}"));
    let consent = Consent { request, sub: sub.to_owned() };
    provider.store(|store| store.consents.insert(id, consent, now + LIFETIME_S, now));
    pages::redirect(&page)
}

pub(crate) async fn page(State(provider): State<Provider>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let settings = provider.settings();
    let query = Params::form(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let id = query.get("state").unwrap_or_default();
    let now = provider.now();
    let consent = provider.store(|store| store.consents.get(id, now).cloned());
    let shown = consent.filter(|consent| is_here(&provider, consent, &headers)).and_then(|consent| {
        let client = provider.client(&consent.request.client)?;
        let person = settings.people.by_sub(&consent.sub)?;
        Some(pages::consent::question(settings, &client, person, &consent.request, id))
    });
    shown.unwrap_or_else(|| pages::error(settings, OVER))
}

pub(crate) async fn submit(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    provider.saw(Endpoint::Consent);
    let settings = provider.settings();
    let form = Params::form_alone(&headers, &body).unwrap_or_default();
    let id = form.get("state").unwrap_or_default();
    let now = provider.now();
    let consent = provider.store(|store| store.consents.get(id, now).cloned());
    let Some(Consent { request, .. }) = consent.filter(|consent| is_here(&provider, consent, &headers)) else {
        return pages::error(settings, OVER);
    };
    // Taken only now, so that another browser cannot use it up; of two answers at once, one counts.
    if provider.store(|store| store.consents.take(id, now)).is_none() {
        return pages::error(settings, OVER);
    }
    match form.get("action") {
        Some("allow") => finish(&provider, &request, &headers),
        _ => Callback::of(&provider, &request).error("access_denied", "User did not authorize the request"),
    }
}

/// Returns `true` if the person who is asked is signed in with this browser. The cookie is `SameSite=Lax`, so a form of
/// another site comes without it.
fn is_here(provider: &Provider, consent: &Consent, headers: &HeaderMap) -> bool {
    let now = provider.now();
    provider.store(|store| store.sessions.of(headers, now).is_some_and(|session| session.sub == consent.sub))
}
