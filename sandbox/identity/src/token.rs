//! `/oauth/token`: authenticates the client and dispatches by grant type. Must not depend on pages or cookies.

mod ciba;
pub(crate) mod client_auth;
mod code;
pub(crate) mod error;
pub(crate) mod families;
mod issue;
mod machine;
mod on_behalf_of;
mod refresh;
mod refusal;
pub(crate) mod revoke;
mod vault;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use crate::http::Params;
use crate::provider::Provider;
use crate::settings::Grant;
use crate::trace::Endpoint;
use error::TokenError;

/// Parameters allowed in every token request.
const COMMON: [&str; 3] = ["grant_type", "client_id", "client_secret"];

pub(crate) async fn token(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    let params = Params::body(&headers, &body);
    let wire = params.as_ref().ok().and_then(|params| params.get("grant_type"));
    let grant = wire.and_then(Grant::parse);
    provider.saw(grant.map_or(Endpoint::TokenWithoutGrant, Endpoint::Token));
    let answer = params
        .map_err(|unreadable| TokenError::invalid_request(unreadable.to_string()))
        .and_then(|params| answer(&provider, &headers, &params, grant));
    answer.unwrap_or_else(|refusal| refused(&provider, refusal))
}

fn refused(provider: &Provider, refusal: TokenError) -> Response {
    if let Some(sin) = refusal.sin() {
        provider.sin(format!("/oauth/token: {sin}"));
    }
    refusal.into_response()
}

fn answer(
    provider: &Provider,
    headers: &HeaderMap,
    params: &Params,
    grant: Option<Grant>,
) -> Result<Response, TokenError> {
    let wire = params.get("grant_type").ok_or_else(|| TokenError::missing("grant_type"))?;
    // Auth0 authenticates the client before it validates the grant type.
    let client = client_auth::authenticate(provider, headers, params)?;
    let grant = grant.ok_or_else(TokenError::unsupported_grant_type)?;
    if !client.grants.contains(&grant) {
        return Err(TokenError::grant_not_allowed(wire));
    }
    let known = match grant {
        Grant::AuthorizationCode => &code::PARAMETERS[..],
        Grant::RefreshToken => &refresh::PARAMETERS[..],
        Grant::ClientCredentials => &machine::PARAMETERS[..],
        Grant::Ciba => &ciba::PARAMETERS[..],
        Grant::TokenVault => &vault::PARAMETERS[..],
        Grant::OnBehalfOf => &on_behalf_of::PARAMETERS[..],
    };
    let known = [&COMMON[..], known].concat();
    for name in params.unknown(&known) {
        provider.sin(format!("/oauth/token: unknown parameter {name}"));
    }
    match grant {
        Grant::AuthorizationCode => code::redeem(provider, &client, params),
        Grant::RefreshToken => refresh::refresh(provider, &client, params),
        Grant::ClientCredentials => machine::token(provider, &client, params),
        Grant::Ciba => ciba::poll(provider, &client, params),
        Grant::TokenVault => vault::exchange(provider, &client, params),
        Grant::OnBehalfOf => on_behalf_of::exchange(provider, &client, params),
    }
}
