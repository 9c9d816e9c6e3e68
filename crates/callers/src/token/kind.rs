//! The kind of a token: an access token that whoever bears it may use.

use super::subject::CLIENT_CLAIMS;
use crate::rejection::InvalidToken;
use oidc::Claims;

/// Claims that only other kinds of tokens have: ID tokens (OpenID Connect Core sections 2 and 3.1.3.6), and security events
/// such as logout tokens (RFC 8417 section 2.2).
const OTHER_KINDS: [&str; 3] = ["nonce", "at_hash", "events"];

/// Values by which Keycloak marks other kinds in a claim `typ`.
const KEYCLOAK_KINDS: [&str; 4] = ["ID", "Refresh", "Offline", "Logout"];

/// Refuses ID tokens, refresh tokens and logout tokens.
pub(super) fn check(claims: &Claims) -> Result<(), InvalidToken> {
    let audiences = claims.audiences();
    let is_for_client = CLIENT_CLAIMS.iter().filter_map(|name| claims.text(name)).any(|id| audiences.contains(&id));
    let is_other = OTHER_KINDS.iter().any(|name| claims.has(name));
    // Cognito's ID tokens have `token_use: id`.
    let is_id = claims.has("token_use") && claims.text("token_use") != Some("access");
    let is_keycloak = claims.text("typ").is_some_and(|typ| KEYCLOAK_KINDS.contains(&typ));
    if is_for_client || is_other || is_id || is_keycloak { Err(InvalidToken::Kind) } else { Ok(()) }
}

/// Refuses a token that is bound to a key (RFC 7800 `cnf`): to take it as a bearer token would undo the protection. Keys of
/// proofs (RFC 9449 section 6.1) and certificates (RFC 8705 section 3.1) are told apart.
pub(crate) fn check_unbound(claims: &Claims) -> Result<(), InvalidToken> {
    let Some(confirmation) = claims.value("cnf") else { return Ok(()) };
    let has = |name| confirmation.get(name).is_some();
    Err(if has("jkt") {
        InvalidToken::DpopBound
    } else if has("x5t#S256") {
        InvalidToken::CertificateBound
    } else {
        InvalidToken::KeyBound
    })
}
