//! ID tokens (OpenID Connect Core section 3.1.3.7) of a sign-in or of an approval by CIBA.

use crate::claims::Claims;
use crate::discovery::Discovery;
use crate::jws::{self, BadSignature, Unverified};
use agent::ports::Unavailable;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

/// Largest accepted difference between the provider's clock and ours, in seconds. `exp` gets no leeway.
const SKEW_S: i64 = 60;

/// The required properties of an ID token.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The client for which the token must be issued.
    pub client_id: &'a str,
    /// Audiences that the token may name besides the client, if `azp` is the client.
    pub other_audiences: &'a [String],
    /// The nonce of the authorization request.
    pub nonce: Option<&'a str>,
    /// The access token of the same response: `at_hash` is compared with it if present.
    pub access_token: Option<&'a SecretString>,
    /// The earliest accepted time of issue, in seconds since 1970. An older token proves something else.
    pub issued_after: Option<i64>,
    /// The current time, in seconds since 1970.
    pub now: i64,
}

/// The ID token was rejected.
#[derive(Debug, thiserror::Error)]
pub enum InvalidIdToken {
    /// The signature was not accepted.
    #[error("the ID token's signature: {0}")]
    Signature(#[from] BadSignature),
    /// A claim is missing or has another value.
    #[error("the ID token's claim `{0}`")]
    Claim(&'static str),
    /// The provider's keys could not be fetched.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<Unverified> for InvalidIdToken {
    fn from(error: Unverified) -> Self {
        match error {
            Unverified::Signature(error) => Self::Signature(error),
            Unverified::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// Verifies `token` and returns its claims.
///
/// # Errors
/// See [`InvalidIdToken`].
pub async fn verify(
    discovery: &Discovery,
    token: &SecretString,
    expected: Expected<'_>,
) -> Result<Claims, InvalidIdToken> {
    let verified = jws::verify(discovery, token.expose_secret()).await?;
    // The same keys sign access tokens (`at+jwt`) and logout tokens (`logout+jwt`).
    if verified.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(InvalidIdToken::Claim("typ"));
    }
    let claims = Claims::parse(&verified.payload).map_err(|_| InvalidIdToken::Claim("malformed"))?;
    match mismatch(&claims, discovery.issuer(), expected) {
        Some(claim) => Err(InvalidIdToken::Claim(claim)),
        None => Ok(claims),
    }
}

/// Returns the first claim that is not as expected.
fn mismatch(claims: &Claims, issuer: &str, expected: Expected<'_>) -> Option<&'static str> {
    let now = expected.now;
    if claims.text("iss") != Some(issuer) {
        return Some("iss");
    }
    if claims.text("sub").is_none() {
        return Some("sub");
    }
    if let Some(claim) = wrong_audience(claims, expected) {
        return Some(claim);
    }
    if claims.seconds("exp").is_none_or(|exp| exp <= now) {
        return Some("exp");
    }
    let earliest = expected.issued_after.map_or(i64::MIN, |earliest| earliest - SKEW_S);
    if claims.seconds("iat").is_none_or(|iat| iat > now + SKEW_S || iat < earliest) {
        return Some("iat");
    }
    if expected.nonce.is_some_and(|nonce| claims.text("nonce") != Some(nonce)) {
        return Some("nonce");
    }
    let hash = claims.text("at_hash").zip(expected.access_token);
    if hash.is_some_and(|(hash, token)| hash != access_token_hash(token)) {
        return Some("at_hash");
    }
    None
}

/// Checks the audience: the token must name the client. It may name others that the operator listed, and must then be
/// authorized for the client (sections 2 and 3.1.3.7, items 3 to 5).
fn wrong_audience(claims: &Claims, expected: Expected<'_>) -> Option<&'static str> {
    let audiences = claims.audiences();
    let known = |audience: &&str| *audience == expected.client_id || is_listed(expected.other_audiences, audience);
    if !audiences.contains(&expected.client_id) || !audiences.iter().all(known) {
        return Some("aud");
    }
    match claims.text("azp") {
        Some(azp) if azp != expected.client_id => Some("azp"),
        None if audiences.len() > 1 => Some("azp"),
        _ => None,
    }
}

fn is_listed(list: &[String], audience: &str) -> bool {
    list.iter().any(|listed| listed == audience)
}

/// The left half of the access token's hash (section 3.1.3.6). All accepted algorithms use SHA-256.
fn access_token_hash(token: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, token.expose_secret().as_bytes()).as_ref()[..16])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: i64 = 1_010;

    fn token(changes: Value) -> Claims {
        let mut claims = json!({
            "iss": "https://idp.example/", "sub": "ada", "aud": "client", "exp": 2_000, "iat": 1_000, "nonce": "n"
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        Claims::parse(claims.to_string().as_bytes()).unwrap()
    }

    fn expected<'a>(others: &'a [String], access_token: Option<&'a SecretString>) -> Expected<'a> {
        let (nonce, issued_after) = (Some("n"), Some(990));
        Expected { client_id: "client", other_audiences: others, nonce, access_token, issued_after, now: NOW }
    }

    #[test]
    fn an_id_token_must_be_current_and_from_this_provider_for_this_client() {
        let rows = [
            (json!({}), None),
            (json!({"azp": "client"}), None),
            (json!({"aud": ["client"]}), None),
            (json!({"iat": 1_069}), None),
            (json!({"exp": 2_000.5, "iat": 1_000.25}), None),
            (json!({"updated_at": {"odd": true}, "address": 7}), None),
            (json!({"iss": "https://idp.example"}), Some("iss")),
            (json!({"sub": null}), Some("sub")),
            (json!({"sub": " "}), Some("sub")),
            (json!({"aud": "other"}), Some("aud")),
            (json!({"aud": null}), Some("aud")),
            (json!({"aud": []}), Some("aud")),
            (json!({"aud": ["client", 7], "azp": "client"}), Some("aud")),
            (json!({"aud": ["client", "other"], "azp": "client"}), Some("aud")),
            (json!({"azp": "other"}), Some("azp")),
            (json!({"exp": NOW}), Some("exp")),
            (json!({"exp": null}), Some("exp")),
            (json!({"iat": 900}), Some("iat")),
            (json!({"iat": 1_071}), Some("iat")),
            (json!({"iat": null}), Some("iat")),
            (json!({"nonce": "m"}), Some("nonce")),
            (json!({"nonce": null}), Some("nonce")),
        ];
        for (changes, wrong) in rows {
            assert_eq!(
                mismatch(&token(changes.clone()), "https://idp.example/", expected(&[], None)),
                wrong,
                "{changes}"
            );
        }
    }

    #[test]
    fn other_audiences_are_accepted_only_if_listed_and_the_client_is_authorized() {
        let listed = ["123".to_owned()];
        let rows = [
            (json!({"aud": ["client", "123"], "azp": "client"}), None),
            (json!({"aud": ["123", "client"], "azp": "client"}), None),
            (json!({"aud": ["client", "123"]}), Some("azp")),
            (json!({"aud": ["client", "123"], "azp": "123"}), Some("azp")),
            (json!({"aud": ["123"], "azp": "client"}), Some("aud")),
            (json!({"aud": ["client", "123", "456"], "azp": "client"}), Some("aud")),
        ];
        for (changes, wrong) in rows {
            assert_eq!(
                mismatch(&token(changes.clone()), "https://idp.example/", expected(&listed, None)),
                wrong,
                "{changes}"
            );
        }
    }

    #[test]
    fn the_hash_of_the_access_token_is_compared() {
        // OpenID Connect Core, appendix A.3: the example of an ID token with `at_hash`.
        let access = SecretString::from("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        let good = json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"});
        assert_eq!(mismatch(&token(good), "https://idp.example/", expected(&[], Some(&access))), None);
        let bad = json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RR"});
        assert_eq!(mismatch(&token(bad), "https://idp.example/", expected(&[], Some(&access))), Some("at_hash"));
    }
}
