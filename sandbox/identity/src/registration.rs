//! Dynamic Client Registration (RFC 7591) at Auth0's path: anybody registers a public client of a third party. Must never
//! trust what a client says of itself: the consent page shows its name as a claim.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sandbox_kit::canary;
use serde_json::{Value, json};
use url::{Host, Url};

use crate::http;
use crate::provider::Provider;
use crate::settings::{Client, Grant, Party, Registration};
use crate::trace::Endpoint;

/// Longest body, in bytes.
const LONGEST_BODY: usize = 16 * 1024;
/// Longest name and redirect URI, in bytes.
const LONGEST_TEXT: usize = 512;
/// Most redirect URIs of a client.
const MOST_URIS: usize = 10;

/// Reasons to refuse a registration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Wrong {
    #[error("The body must be a JSON object of at most 16 KiB.")]
    Body,
    #[error("redirect_uris must hold one to ten URLs, each with https, or with http on loopback, without fragment.")]
    RedirectUris,
    #[error("{0} is not supported with this value.")]
    Metadata(&'static str),
    #[error("The tenant holds as many registered clients as it may.")]
    Full,
}

impl Wrong {
    /// Returns status and error code (RFC 7591 section 3.2.2).
    const fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::RedirectUris => (StatusCode::BAD_REQUEST, "invalid_redirect_uri"),
            Self::Body | Self::Metadata(_) => (StatusCode::BAD_REQUEST, "invalid_client_metadata"),
            Self::Full => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
        }
    }
}

pub(crate) async fn register(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    provider.saw(Endpoint::Register);
    let Registration::Open { most, .. } = provider.settings().registration else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let registered = read(&headers, &body).and_then(|client| keep(&provider, client, most));
    match registered {
        Ok(client) => (StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(described(&client))).into_response(),
        Err(wrong) => {
            // The limit is the tenant's, not a mistake of the client.
            if wrong != Wrong::Full {
                provider.sin(format!("/oidc/register: {wrong}"));
            }
            let (status, error) = wrong.code();
            let text = wrong.to_string();
            (status, [(CACHE_CONTROL, "no-store")], Json(json!({ "error": error, "error_description": text })))
                .into_response()
        }
    }
}

fn keep(provider: &Provider, client: Client, most: usize) -> Result<Client, Wrong> {
    provider.store(|store| {
        if store.registered.len() >= most {
            return Err(Wrong::Full);
        }
        store.registered.insert(client.id.clone(), client.clone());
        Ok(client)
    })
}

/// Reads the metadata. Unknown members are ignored (RFC 7591 section 2).
fn read(headers: &HeaderMap, body: &[u8]) -> Result<Client, Wrong> {
    if http::media_type(headers) != Some("application/json") || body.len() > LONGEST_BODY {
        return Err(Wrong::Body);
    }
    let metadata: Value = serde_json::from_slice(body).map_err(|_| Wrong::Body)?;
    if !metadata.is_object() {
        return Err(Wrong::Body);
    }
    let name = match &metadata["client_name"] {
        Value::Null => "An application without a name",
        Value::String(name) if name.len() <= LONGEST_TEXT && !name.chars().any(char::is_control) => name,
        _ => return Err(Wrong::Metadata("client_name")),
    };
    // A client that names no method is told in the answer that it is public.
    let method = &metadata["token_endpoint_auth_method"];
    if !method.is_null() && method != "none" {
        return Err(Wrong::Metadata("token_endpoint_auth_method"));
    }
    let types = texts(&metadata["response_types"]).ok_or(Wrong::Metadata("response_types"))?;
    if types.iter().any(|kind| *kind != "code") {
        return Err(Wrong::Metadata("response_types"));
    }
    Ok(Client {
        secret: None,
        party: Party::Third,
        callbacks: redirect_uris(&metadata)?,
        grants: grants(&metadata)?,
        // Auth0's ids of third parties' clients begin with this.
        ..Client::new(format!("tpc_{}", canary::random(24)), "", name)
    })
}

fn redirect_uris(metadata: &Value) -> Result<Vec<String>, Wrong> {
    let uris = texts(&metadata["redirect_uris"]).ok_or(Wrong::RedirectUris)?;
    if uris.is_empty() || uris.len() > MOST_URIS || !uris.iter().all(|uri| is_allowed(uri)) {
        return Err(Wrong::RedirectUris);
    }
    Ok(uris.into_iter().map(str::to_owned).collect())
}

/// Returns `true` for `https`, and for `http` on loopback (RFC 8252 section 7.3).
fn is_allowed(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    uri.len() <= LONGEST_TEXT && is_plain && is_safe && !uri.contains('*')
}

fn grants(metadata: &Value) -> Result<Vec<Grant>, Wrong> {
    let wrong = Wrong::Metadata("grant_types");
    let types = texts(&metadata["grant_types"]).ok_or(wrong.clone())?;
    if types.is_empty() {
        return Ok(vec![Grant::AuthorizationCode]);
    }
    let allowed = |kind: &&str| Grant::parse(kind).filter(|grant| ALLOWED.contains(grant));
    types.iter().map(allowed).collect::<Option<Vec<_>>>().ok_or(wrong)
}

/// The grants of third parties' clients.
const ALLOWED: [Grant; 2] = [Grant::AuthorizationCode, Grant::RefreshToken];

/// Returns the strings of an array; none for an absent one.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Returns all registered metadata (RFC 7591 section 3.2.1).
fn described(client: &Client) -> Value {
    json!({
        "client_id": client.id,
        "client_name": client.name,
        "redirect_uris": client.callbacks,
        "grant_types": client.grants.iter().map(|grant| grant.wire()).collect::<Vec<_>>(),
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    })
}
