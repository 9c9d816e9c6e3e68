//! Back-channel logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.6).

use crate::jws::{self, Audience, BadSignature, Unverified};
use crate::provider::Provider;
use agent::ports::Unavailable;
use serde::Deserialize;

/// How far the clocks of provider and server may differ, in seconds.
pub const SKEW_S: i64 = 60;

/// The oldest `iat` that is taken, in seconds; Auth0's tokens live for 120.
const OLDEST_S: i64 = 300;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A verified order to end sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutToken {
    /// End all sessions of this subject, unless `sid` narrows it.
    pub subject: Option<String>,
    /// End this session only.
    pub sid: Option<String>,
    /// Names the token: it is to be taken once.
    pub jti: String,
}

/// Why a logout token was not accepted. For the log; the sender is told 400 and no more.
#[derive(Debug, thiserror::Error)]
pub enum InvalidLogoutToken {
    /// The signature is not the provider's.
    #[error(transparent)]
    Signature(#[from] BadSignature),
    /// A claim is wrong or missing.
    #[error("{0}")]
    Claim(&'static str),
    /// The provider's keys cannot be had.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<Unverified> for InvalidLogoutToken {
    fn from(error: Unverified) -> Self {
        match error {
            Unverified::Signature(error) => Self::Signature(error),
            Unverified::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: Option<i64>,
    jti: String,
    sub: Option<String>,
    sid: Option<String>,
    nonce: Option<serde_json::Value>,
    events: serde_json::Map<String, serde_json::Value>,
}

/// Verifies `token` for `client_id` at `now` (seconds since 1970).
///
/// # Errors
/// See [`InvalidLogoutToken`].
pub async fn verify(
    provider: &Provider,
    client_id: &str,
    token: &str,
    now: i64,
) -> Result<LogoutToken, InvalidLogoutToken> {
    let (payload, typ) = jws::verified_by(provider, token).await?;
    // Auth0 writes `JWT`, the specification recommends `logout+jwt`; an access token's `at+jwt` is neither.
    if typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT") && !typ.eq_ignore_ascii_case("logout+jwt")) {
        return Err(InvalidLogoutToken::Claim("typ"));
    }
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| InvalidLogoutToken::Claim("malformed"))?;
    check(claims, provider.issuer().as_str(), client_id, now)
}

fn check(claims: Claims, issuer: &str, client_id: &str, now: i64) -> Result<LogoutToken, InvalidLogoutToken> {
    let wrong = if claims.iss != issuer {
        Some("iss")
    } else if !claims.aud.is_only(client_id) {
        Some("aud")
    } else if claims.iat > now + SKEW_S || claims.iat < now - OLDEST_S {
        Some("iat")
    } else if claims.exp.is_some_and(|exp| exp + SKEW_S < now) {
        Some("exp")
    } else if claims.nonce.is_some() {
        Some("nonce")
    } else if !claims.events.get(EVENT).is_some_and(serde_json::Value::is_object) {
        Some("events")
    } else if claims.sub.is_none() && claims.sid.is_none() {
        Some("sub and sid")
    } else {
        None
    };
    match wrong {
        Some(claim) => Err(InvalidLogoutToken::Claim(claim)),
        None => Ok(LogoutToken { subject: claims.sub, sid: claims.sid, jti: claims.jti }),
    }
}
