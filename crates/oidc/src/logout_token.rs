//! Back-channel logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.6).

use crate::claims::Claims;
use crate::discovery::Discovery;
use crate::jws::{self, BadSignature, Unverified};
use agent::ports::Unavailable;

/// Largest accepted difference between the provider's clock and ours, in seconds.
pub const SKEW_S: i64 = 60;

/// Greatest accepted age of a token, in seconds; Auth0's tokens are valid for 120.
const OLDEST_S: i64 = 300;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A verified request to end sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutToken {
    /// End all sessions of this subject, unless `sid` is present.
    pub subject: Option<String>,
    /// End this session only.
    pub sid: Option<String>,
    /// The id of the token, by which it is accepted only once.
    pub jti: String,
    /// The `iat` claim, in seconds since 1970 by the provider's clock.
    pub issued_at: i64,
}

/// The logout token was rejected. The reason is for the log; the sender receives only status 400.
#[derive(Debug, thiserror::Error)]
pub enum InvalidLogoutToken {
    /// The signature was not accepted.
    #[error(transparent)]
    Signature(#[from] BadSignature),
    /// A claim is invalid or missing.
    #[error("{0}")]
    Claim(&'static str),
    /// The provider's keys could not be fetched.
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

/// Verifies `token` for `client_id` at `now` (seconds since 1970).
///
/// # Errors
/// See [`InvalidLogoutToken`].
pub async fn verify(
    discovery: &Discovery,
    client_id: &str,
    token: &str,
    now: i64,
) -> Result<LogoutToken, InvalidLogoutToken> {
    let verified = jws::verify(discovery, token).await?;
    // Auth0 sends `JWT`, the specification recommends `logout+jwt`; `at+jwt` of an access token is rejected.
    let typ = verified.typ.as_deref();
    if typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT") && !typ.eq_ignore_ascii_case("logout+jwt")) {
        return Err(InvalidLogoutToken::Claim("typ"));
    }
    let claims = Claims::parse(&verified.payload).map_err(|_| InvalidLogoutToken::Claim("malformed"))?;
    check(&claims, discovery.issuer(), client_id, now)
}

fn check(claims: &Claims, issuer: &str, client_id: &str, now: i64) -> Result<LogoutToken, InvalidLogoutToken> {
    let (subject, sid) = (claims.text("sub").map(str::to_owned), claims.text("sid").map(str::to_owned));
    let wrong = if claims.text("iss") != Some(issuer) {
        Some("iss")
    } else if claims.audiences() != [client_id] {
        Some("aud")
    } else if claims.seconds("iat").is_none_or(|iat| iat > now + SKEW_S || iat < now - OLDEST_S) {
        Some("iat")
    } else if claims.has("exp") && claims.seconds("exp").is_none_or(|exp| exp + SKEW_S < now) {
        Some("exp")
    } else if claims.has("nonce") {
        Some("nonce")
    } else if !claims.object("events").and_then(|events| events.get(EVENT)).is_some_and(serde_json::Value::is_object) {
        Some("events")
    } else if subject.is_none() && sid.is_none() {
        Some("sub and sid")
    } else {
        None
    };
    match (wrong, claims.text("jti"), claims.seconds("iat")) {
        (Some(claim), ..) => Err(InvalidLogoutToken::Claim(claim)),
        (None, Some(jti), Some(issued_at)) => Ok(LogoutToken { subject, sid, jti: jti.to_owned(), issued_at }),
        (None, ..) => Err(InvalidLogoutToken::Claim("jti")),
    }
}
