//! The grant `refresh_token`, with or without rotation. It must never know how tokens are written.

use axum::response::Response;
use sandbox_kit::canary;

use crate::http::Params;
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::{Client, Refresh};
use crate::token::error::TokenError;
use crate::token::families::Dead;
use crate::token::issue::{self, Issue};

/// `audience` is known, and ignored: without a multi-resource policy the original one holds.
pub(super) const PARAMETERS: [&str; 3] = ["refresh_token", "scope", "audience"];

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
        let scopes = narrowed(&authorization.scopes, params.get("scope"))?;
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

fn narrowed(granted: &Scopes, asked: Option<&str>) -> Result<Scopes, TokenError> {
    let Some(asked) = asked.map(Scopes::parse) else { return Ok(granted.clone()) };
    if asked.iter().all(|scope| granted.has(scope)) { Ok(asked) } else { Err(TokenError::scope_too_wide()) }
}
