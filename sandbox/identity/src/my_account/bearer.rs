//! The subject of a request's access token, whose accounts it manages. Must reject tokens for any other API.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::{Problem, Scope};
use crate::http;
use crate::provider::Provider;
use crate::trace::Endpoint;

/// A person and the client acting on their behalf.
pub(super) struct Bearer {
    pub(super) sub: String,
    pub(super) client: String,
}

/// Handles a request whose token is valid and has the scope. Records protocol violations of a refused request.
pub(super) fn answer(
    provider: &Provider,
    headers: &HeaderMap,
    scope: Scope,
    act: impl FnOnce(Bearer) -> Result<Response, Problem>,
) -> Response {
    provider.saw(Endpoint::ConnectedAccounts);
    bearer(provider, headers, scope).and_then(act).unwrap_or_else(|problem| {
        if let Some(sin) = problem.sin() {
            provider.sin(format!("/me/v1/connected-accounts: {sin}"));
        }
        problem.into_response()
    })
}

fn bearer(provider: &Provider, headers: &HeaderMap, scope: Scope) -> Result<Bearer, Problem> {
    let token = http::authorization(headers, "Bearer")
        .ok_or_else(|| Problem::unauthorized("There is no bearer token.").blame("no bearer token"))?;
    let audience = provider.settings().my_account_audience();
    let claims = provider
        .verify_access_token(token, &audience)
        .map_err(|why| Problem::unauthorized(format!("The access token is not valid: {why}.")))?;
    if provider.settings().people.by_sub(&claims.sub).is_none() {
        return Err(Problem::unauthorized("The access token does not belong to a person."));
    }
    if !claims.scopes.iter().any(|own| own == scope.name()) {
        return Err(Problem::insufficient_scope(scope.name()));
    }
    Ok(Bearer { sub: claims.sub, client: claims.client })
}
