//! The registered claims (RFC 7519 section 4.1). `exp`, `aud` and `sub` are required, whatever the defaults of a library.

use crate::config::Resource;
use crate::rejection::InvalidToken;
use oidc::Claims;

/// Largest accepted difference between the issuer's clock and ours, in seconds.
const SKEW_S: i64 = 60;

/// Checks the audience and the times, and returns the subject. The issuer was selected by the same claim, byte by byte.
pub(super) fn check<'a>(claims: &'a Claims, audience: &Resource, now: i64) -> Result<&'a str, InvalidToken> {
    if !claims.audiences().contains(&audience.as_str()) {
        return Err(InvalidToken::Audience);
    }
    if expiry(claims)? < now - SKEW_S {
        return Err(InvalidToken::Expiry);
    }
    if is_later(claims, "nbf", now) {
        return Err(InvalidToken::NotBefore);
    }
    if is_later(claims, "iat", now) {
        return Err(InvalidToken::IssuedAt);
    }
    claims.text("sub").ok_or(InvalidToken::Subject)
}

/// Returns the `exp` claim, in seconds since 1970.
pub(super) fn expiry(claims: &Claims) -> Result<i64, InvalidToken> {
    claims.seconds("exp").ok_or(InvalidToken::Expiry)
}

/// Returns whether a claim is present and is not a date up to now.
fn is_later(claims: &Claims, name: &str, now: i64) -> bool {
    claims.has(name) && claims.seconds(name).is_none_or(|at| at > now + SKEW_S)
}
