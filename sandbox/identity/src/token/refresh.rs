//! The grant `refresh_token`, with or without rotation, for one or several APIs (Auth0's *multi-resource refresh
//! token*).
//! Must not depend on how tokens are written.

use axum::response::Response;
use sandbox_kit::canary;

use crate::discovery;
use crate::http::Params;
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::{Client, Refresh, RefreshPolicy};
use crate::store::Authorization;
use crate::token::error::TokenError;
use crate::token::families::Dead;
use crate::token::issue::{self, Issue};

/// `audience`, or `resource` without it, takes effect only if a refresh policy lists it; otherwise the original audience
/// applies silently.
pub(super) const PARAMETERS: [&str; 4] = ["refresh_token", "scope", "audience", "resource"];

pub(super) fn refresh(provider: &Provider, client: &Client, params: &Params) -> Result<Response, TokenError> {
    let token = params.get("refresh_token").ok_or_else(|| TokenError::missing("refresh_token"))?;
    let now = provider.now();
    provider.adversary().before_answer(now)?;
    let (authorization, scopes, fresh) = provider.store(|store| {
        let authorization =
            store.families.present(token, &client.id, client.refresh, now).map_err(|dead| match dead {
                Dead::Unusable => TokenError::invalid_refresh_token(),
                Dead::Reused => TokenError::invalid_refresh_token().blame("a replaced refresh token was used again"),
            })?;
        let policy = policy(client, &authorization, params.get("audience").or(params.get("resource")));
        let scopes = match policy {
            Some(policy) => scopes_elsewhere(policy, &authorization.scopes, params.get("scope")),
            None => narrowed(client, &authorization.scopes, params.get("scope"))?,
        };
        let authorization = match policy {
            Some(policy) => Authorization { audience: Some(policy.audience.clone()), ..authorization },
            None => authorization,
        };
        let fresh = match client.refresh {
            Refresh::Rotating { .. } => Some(canary::secret("rt")),
            Refresh::Fixed => None,
        };
        if let Some(fresh) = &fresh {
            store.families.rotate(token, fresh, now);
        }
        Ok((authorization, scopes, fresh))
    })?;
    issue::answer(
        provider,
        &Issue {
            client,
            authorization: &authorization,
            scopes: &scopes,
            nonce: None,
            gty: Some("refresh_token"),
            refresh_token: fresh,
            details: None,
        },
    )
}

/// Returns the refresh policy for the requested API if it is not the original one.
fn policy<'a>(client: &'a Client, original: &Authorization, asked: Option<&str>) -> Option<&'a RefreshPolicy> {
    let asked = asked.filter(|asked| original.audience.as_deref() != Some(asked))?;
    client.refresh_policies.iter().find(|policy| policy.audience == asked)
}

/// Returns the policy's scopes, or the requested subset of them; scopes that are not allowed are dropped silently.
/// Provider scopes are kept if originally granted.
fn scopes_elsewhere(policy: &RefreshPolicy, original: &Scopes, asked: Option<&str>) -> Scopes {
    let all: Scopes = policy.scopes.iter().map(String::as_str).collect();
    let own = |scope: &str| discovery::SCOPES.contains(&scope) && original.has(scope);
    asked.map_or(all.clone(), |asked| Scopes::parse(asked).keep(|scope| all.has(scope) || own(scope)))
}

/// Returns the requested scopes at the original API. If the client has refresh policies, scopes not granted are dropped
/// silently; otherwise they are an error.
fn narrowed(client: &Client, granted: &Scopes, asked: Option<&str>) -> Result<Scopes, TokenError> {
    let Some(asked) = asked.map(Scopes::parse) else { return Ok(granted.clone()) };
    if client.refresh_policies.is_empty() && asked.iter().any(|scope| !granted.has(scope)) {
        return Err(TokenError::scope_too_wide());
    }
    Ok(asked.keep(|scope| granted.has(scope)))
}
