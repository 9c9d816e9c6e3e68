//! The grant `client_credentials`: a token for one API on the client's own behalf. Must not depend on people.

use axum::response::Response;
use serde_json::{Value, json};

use crate::claims::{self, Bearer};
use crate::http::Params;
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::Client;
use crate::token::error::TokenError;
use crate::token::issue;

pub(super) const PARAMETERS: [&str; 2] = ["audience", "scope"];

pub(super) fn token(provider: &Provider, client: &Client, params: &Params) -> Result<Response, TokenError> {
    let audience = params.get("audience").ok_or_else(|| TokenError::missing("audience"))?;
    let api = provider.settings().audience(audience).ok_or_else(|| TokenError::unknown_audience(audience))?;
    let granted = client
        .client_grants
        .iter()
        .find(|grant| grant.audience == audience)
        .ok_or_else(|| TokenError::no_client_grant(audience))?;
    let granted: Scopes = granted.scopes.iter().map(String::as_str).collect();
    let scopes = match params.get("scope").map(Scopes::parse) {
        Some(asked) if asked.iter().any(|scope| !granted.has(scope)) => return Err(TokenError::scope_too_wide()),
        Some(asked) => asked,
        None => granted,
    };
    let sub = format!("{}@clients", client.id);
    let bearer = Bearer {
        sub: &sub,
        client: &client.id,
        scopes: &scopes,
        gty: Some("client-credentials"),
        details: None,
        act: None,
    };
    let claims = claims::access_token(provider.settings(), api, &bearer, provider.now());
    let access_token = provider
        .forge(json!({}), Value::Object(claims), crate::Signing::CurrentKey)
        .map_err(|_| TokenError::server_error())?;
    Ok(issue::no_store(&json!({
        "access_token": access_token,
        "scope": scopes.to_string(),
        "expires_in": api.token_lifetime_s,
        "token_type": "Bearer",
    })))
}
