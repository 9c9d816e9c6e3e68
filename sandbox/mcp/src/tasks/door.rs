//! Validation of access tokens like a gateway's `customJWTAuthorizer`: issuer, signature, expiry and audience by the
//! callback, then client and scope. An invalid token gets `401`; one excluded by its audience, client or scope gets
//! `403`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{SCOPES, Tasks};

/// The identity behind an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token's `sub`.
    pub subject: String,
    /// The client that asked for the token (`azp`, or `client_id`).
    pub client: String,
    /// The granted scopes.
    pub scopes: Vec<String>,
}

/// The reason for rejecting a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The token is malformed, expired, wrongly signed or from another issuer.
    Token,
    /// The token is valid for another audience only.
    Audience,
}

/// Validates a token: signature by the issuer's published keys, issuer, expiry, audience.
pub type Authenticate = Arc<dyn Fn(&str) -> Result<Caller, Refused> + Send + Sync>;

/// Serves the protected resource metadata, which names the authorization server (RFC 9728).
pub(super) async fn metadata(State(tasks): State<Tasks>) -> Json<Value> {
    let settings = &tasks.settings;
    Json(json!({
        "resource": settings.endpoint(),
        "authorization_servers": [settings.issuer],
        "scopes_supported": SCOPES,
        "bearer_methods_supported": ["header"],
    }))
}

impl Tasks {
    /// Authenticates the caller. Every request needs a valid token of its own, even within a session.
    pub(super) fn admit(&self, headers: &HeaderMap) -> Result<Caller, Box<Response>> {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let token = match (given.next(), given.next()) {
            (Some(one), None) => one.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")),
            _ => None,
        };
        let Some(token) = token else {
            return Err(self.challenge(StatusCode::UNAUTHORIZED, "", "Missing Bearer token"));
        };
        let caller = (self.authenticate)(token).map_err(|refused| match refused {
            Refused::Token => {
                self.challenge(StatusCode::UNAUTHORIZED, "error=\"invalid_token\", ", "Invalid Bearer token")
            }
            Refused::Audience => self.mismatch("aud"),
        })?;
        let clients = &self.settings.clients;
        if !clients.is_empty() && !clients.contains(&caller.client) {
            return Err(self.mismatch("azp"));
        }
        if !SCOPES.iter().any(|scope| caller.scopes.iter().any(|own| own == scope)) {
            return Err(self.challenge(StatusCode::FORBIDDEN, "error=\"insufficient_scope\", ", "Insufficient scope"));
        }
        Ok(caller)
    }

    fn mismatch(&self, claim: &str) -> Box<Response> {
        let message = format!("Claim '{claim}' value mismatch with configuration.");
        Box::new((StatusCode::FORBIDDEN, Json(json!({"message": message}))).into_response())
    }

    fn challenge(&self, status: StatusCode, error: &str, message: &str) -> Box<Response> {
        let metadata = format!("{}/.well-known/oauth-protected-resource", self.settings.url);
        let scope = SCOPES[0];
        let value = format!("Bearer {error}resource_metadata=\"{metadata}\", scope=\"{scope}\"");
        Box::new((status, [(header::WWW_AUTHENTICATE, value)], Json(json!({"message": message}))).into_response())
    }
}
