//! The check of tokens, as a gateway's `customJWTAuthorizer` does it: issuer, signature, expiry and audience by the
//! callback, then client and scope. `401` for a token that is none, `403` for one that a configured claim keeps out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{SCOPES, Tasks};

/// Whom an access token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The `sub`.
    pub subject: String,
    /// The client that asked for the token (`azp`, or `client_id`).
    pub client: String,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Malformed, badly signed, of another issuer, expired.
    Token,
    /// Good, but its audience is another.
    Audience,
}

/// Judges a token: signature by the issuer's published keys, issuer, expiry, audience.
pub type Authenticate = Arc<dyn Fn(&str) -> Result<Caller, Refused> + Send + Sync>;

/// The document that tells a client where tokens come from (RFC 9728).
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
    /// Who calls. Each request is judged by its own token, whatever session it names.
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
