//! `/v2/logout`, Auth0's proprietary logout. Must never redirect to an unregistered URL.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::http::Params;
use crate::logout::{allowed, finish, session_of};
use crate::pages;
use crate::provider::Provider;
use crate::trace::Endpoint;

const PARAMETERS: [&str; 3] = ["client_id", "returnTo", "federated"];

pub(crate) async fn logout(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    provider.saw(Endpoint::Logout);
    match target(&provider, &query.unwrap_or_default()) {
        Ok(target) => finish(&provider, session_of(&provider, &headers).as_ref(), target.as_deref()),
        Err(what) => {
            provider.sin(format!("/v2/logout: {what}"));
            pages::error(provider.settings(), &what)
        }
    }
}

fn target(provider: &Provider, query: &str) -> Result<Option<String>, String> {
    let settings = provider.settings();
    let params = Params::form(query.as_bytes()).map_err(|unreadable| unreadable.to_string())?;
    for name in params.unknown(&PARAMETERS) {
        provider.sin(format!("/v2/logout: unknown parameter {name}"));
    }
    let client = match params.get("client_id") {
        Some(id) => Some(settings.client(id).ok_or("client_id names no registered application.")?),
        None => None,
    };
    let allowed = allowed(settings, client);
    match params.get("returnTo") {
        Some(url) if allowed.iter().any(|own| own == url) => Ok(Some(url.to_owned())),
        Some(_) => Err("The returnTo address is not in the allowed logout URLs.".to_owned()),
        // The client's first logout URL is the default. Without a client, Auth0 only confirms the logout.
        None => Ok(client.and_then(|client| client.logout_urls.first().cloned())),
    }
}
