//! `/oidc/logout`: RP-initiated logout. Must end a session only if a hint names it or the person confirms.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use sandbox_kit::canary;
use url::Url;

use crate::http::Params;
use crate::logout::{Ending, allowed, finish, session_of};
use crate::provider::Provider;
use crate::sessions::Session;
use crate::trace::Endpoint;
use crate::{jwt, pages};

const PARAMETERS: [&str; 7] =
    ["id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "federated", "ui_locales"];
/// Lifetime of the confirmation page, in seconds.
const QUESTION_S: i64 = 3600;
const OVER: &str = "This page has expired. Sign out again.";

pub(crate) async fn get(State(provider): State<Provider>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    logout(&provider, &headers, query.unwrap_or_default().as_bytes())
}

pub(crate) async fn post(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    logout(&provider, &headers, &body)
}

/// Handles the answer to the confirmation page.
pub(crate) async fn confirm(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    let form = Params::form(&body).unwrap_or_default();
    let now = provider.now();
    let ending = provider.store(|store| store.endings.take(form.get("state").unwrap_or_default(), now));
    match (ending, form.get("action")) {
        (Some(ending), Some("accept")) => match session_of(&provider, &headers) {
            Some(other) if other.sid != ending.sid => pages::error(provider.settings(), OVER),
            session => finish(&provider, session.as_ref(), ending.target.as_deref()),
        },
        (Some(_), _) => pages::sign_out::stayed(provider.settings()),
        (None, _) => pages::error(provider.settings(), OVER),
    }
}

fn logout(provider: &Provider, headers: &HeaderMap, sent: &[u8]) -> Response {
    provider.saw(Endpoint::Logout);
    let asked = match read(provider, sent) {
        Ok(asked) => asked,
        Err(what) => {
            provider.sin(format!("/oidc/logout: {what}"));
            return pages::error(provider.settings(), &what);
        }
    };
    match session_of(provider, headers) {
        Some(session) if asked.sid.as_ref() != Some(&session.sid) => question(provider, &session, asked.target),
        session => finish(provider, session.as_ref(), asked.target.as_deref()),
    }
}

fn question(provider: &Provider, session: &Session, target: Option<String>) -> Response {
    let settings = provider.settings();
    let name = settings.people.by_sub(&session.sub).map_or(session.sub.as_str(), |person| &person.name);
    let id = canary::random(24);
    let page = pages::sign_out::question(settings, name, &id, target.as_deref());
    let now = provider.now();
    let ending = Ending { target, sid: session.sid.clone() };
    provider.store(|store| store.endings.insert(id, ending, now + QUESTION_S, now));
    page
}

/// A validated logout request.
struct Asked {
    /// Session named by a hint.
    sid: Option<String>,
    /// Redirect target, including `state`.
    target: Option<String>,
}

fn read(provider: &Provider, sent: &[u8]) -> Result<Asked, String> {
    let params = Params::form(sent).map_err(|unreadable| unreadable.to_string())?;
    for name in params.unknown(&PARAMETERS) {
        provider.sin(format!("/oidc/logout: unknown parameter {name}"));
    }
    let hint = params.get("id_token_hint").map(|token| hint(provider, token)).transpose()?;
    if hint.is_none() {
        provider.sin("/oidc/logout: no id_token_hint");
    }
    let (hinted_client, hinted_sid) = hint.map_or((None, None), |hint| (Some(hint.client), hint.sid));
    let logout_hint = params.owned("logout_hint");
    if logout_hint.is_some() && hinted_client.is_some() && logout_hint != hinted_sid {
        return Err("logout_hint differs from the sid of id_token_hint.".to_owned());
    }
    if params.get("client_id").is_some_and(|id| hinted_client.as_ref().is_some_and(|own| own != id)) {
        return Err("client_id differs from the audience of id_token_hint.".to_owned());
    }
    let id = params.owned("client_id").or(hinted_client);
    let target = target(provider, &params, id.as_deref())?;
    Ok(Asked { sid: hinted_sid.or(logout_hint), target })
}

fn target(provider: &Provider, params: &Params, client: Option<&str>) -> Result<Option<String>, String> {
    let settings = provider.settings();
    let client = match client {
        Some(id) => Some(settings.client(id).ok_or("client_id names no registered application.")?),
        None => None,
    };
    let Some(wanted) = params.get("post_logout_redirect_uri") else { return Ok(None) };
    if !allowed(settings, client).iter().any(|url| url == wanted) {
        return Err("post_logout_redirect_uri is not in the allowed logout URLs.".to_owned());
    }
    let Some(state) = params.get("state") else { return Ok(Some(wanted.to_owned())) };
    let mut url = Url::parse(wanted).map_err(|_| "post_logout_redirect_uri is not a URL.".to_owned())?;
    url.query_pairs_mut().append_pair("state", state);
    Ok(Some(url.into()))
}

struct Hint {
    client: String,
    sid: Option<String>,
}

/// Validates an ID token of this issuer, which may have expired.
fn hint(provider: &Provider, token: &str) -> Result<Hint, String> {
    let refused = || "id_token_hint is not an ID token of this issuer.".to_owned();
    let parts = jwt::take_apart(token).ok_or_else(refused)?;
    let kid = parts.header["kid"].as_str().ok_or_else(refused)?;
    let key = provider.keys().ever(kid).ok_or_else(refused)?;
    let genuine = parts.header["alg"] == "RS256"
        && key.verifies(parts.signed.as_bytes(), &parts.signature)
        && parts.claims["iss"] == provider.settings().issuer.as_str();
    // The audience of an access token is an API, never a client.
    let client = parts.claims["aud"].as_str().filter(|aud| provider.settings().client(aud).is_some());
    match client {
        Some(client) if genuine => {
            Ok(Hint { client: client.to_owned(), sid: parts.claims["sid"].as_str().map(str::to_owned) })
        }
        _ => Err(refused()),
    }
}
