//! Checks access tokens for the sandbox's own APIs, as a resource server would. It must never know grants.

use serde_json::Value;

use crate::jwt;
use crate::provider::Provider;

/// What a good access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whom it speaks for: a person's `sub`, or `<client_id>@clients`.
    pub sub: String,
    /// The client that it was issued to (`azp`).
    pub client: String,
    /// The scopes.
    pub scopes: Vec<String>,
    /// When it expires, in seconds since 1970-01-01 UTC.
    pub expires_at: i64,
}

/// Why an access token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// It is no JSON Web Token with the claims of an access token.
    #[error("the token is malformed")]
    Malformed,
    /// Its algorithm is not RS256, its key is not published, or its signature is wrong.
    #[error("the token's signature is invalid")]
    Signature,
    /// Another issuer issued it.
    #[error("the token's issuer is invalid")]
    Issuer,
    /// It is for another API.
    #[error("the token's audience is invalid")]
    Audience,
    /// It has expired, or is not valid yet.
    #[error("the token is expired or not valid yet")]
    Time,
    /// What it was issued from was revoked.
    #[error("the token was revoked")]
    Revoked,
}

impl Provider {
    /// Checks an access token for the API `audience`.
    ///
    /// # Errors
    /// The first reason to refuse it.
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
        })
    }
}

/// Whether `aud`, a string or an array, names this audience.
fn names(aud: &Value, audience: &str) -> bool {
    match aud {
        Value::String(one) => one == audience,
        Value::Array(many) => many.iter().any(|one| one == audience),
        _ => false,
    }
}
