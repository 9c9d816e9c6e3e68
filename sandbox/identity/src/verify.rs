//! Validates access tokens for the sandbox's own APIs, as a resource server would. Must not depend on grants.

use serde_json::Value;

use crate::jwt;
use crate::provider::Provider;

/// The claims of a valid access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The subject: a person's `sub`, or `<client_id>@clients`.
    pub sub: String,
    /// The client to which the token was issued (`azp`).
    pub client: String,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// Expiry, in seconds since 1970-01-01 UTC.
    pub expires_at: i64,
    /// The agents that act for the subject, the current one first (RFC 8693 section 4.1).
    pub act: Option<Value>,
}

/// Reason for which an access token is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// The token is not a JSON Web Token with the claims of an access token.
    #[error("the token is malformed")]
    Malformed,
    /// The algorithm is not RS256, the key is not published, or the signature is wrong.
    #[error("the token's signature is invalid")]
    Signature,
    /// A different issuer issued the token.
    #[error("the token's issuer is invalid")]
    Issuer,
    /// The token is for a different API.
    #[error("the token's audience is invalid")]
    Audience,
    /// The token has expired, or is not valid yet.
    #[error("the token is expired or not valid yet")]
    Time,
    /// The authorization behind the token was revoked.
    #[error("the token was revoked")]
    Revoked,
}

impl Provider {
    /// Validates an access token for the API `audience`.
    ///
    /// # Errors
    /// Returns the first reason to reject the token.
    pub fn verify_access_token(&self, token: &str, audience: &str) -> Result<Claims, InvalidToken> {
        let parts = jwt::take_apart(token).ok_or(InvalidToken::Malformed)?;
        let kid = parts.header["kid"].as_str().ok_or(InvalidToken::Signature)?;
        let key = self.keys().published(kid).ok_or(InvalidToken::Signature)?;
        if parts.header["alg"] != "RS256" || !key.verifies(parts.signed.as_bytes(), &parts.signature) {
            return Err(InvalidToken::Signature);
        }
        let claims = parts.claims;
        if claims["iss"] != self.settings().issuer.as_str() {
            return Err(InvalidToken::Issuer);
        }
        if !names(&claims["aud"], audience) {
            return Err(InvalidToken::Audience);
        }
        let (Some(iat), Some(exp)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
            return Err(InvalidToken::Malformed);
        };
        let now = self.now();
        if now >= exp || now < iat {
            return Err(InvalidToken::Time);
        }
        if self
            .store(|store| store.access.get(token, now).is_some_and(|access| store.is_revoked(&access.authorization)))
        {
            return Err(InvalidToken::Revoked);
        }
        let text = |name: &str| claims[name].as_str().map(str::to_owned).ok_or(InvalidToken::Malformed);
        Ok(Claims {
            sub: text("sub")?,
            client: text("azp")?,
            scopes: text("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            expires_at: exp,
            act: claims.get("act").cloned(),
        })
    }
}

/// Returns `true` if `aud`, a string or an array, contains this audience.
fn names(aud: &Value, audience: &str) -> bool {
    match aud {
        Value::String(one) => one == audience,
        Value::Array(many) => many.iter().any(|one| one == audience),
        _ => false,
    }
}
