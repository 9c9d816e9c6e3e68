//! The ID token that comes with a yes (CIBA Core section 10.1.1, OpenID Connect Core section 3.1.3.7).

use crate::jws::{self, Audience, BadSignature, Unverified};
use crate::provider::Provider;
use agent::ports::Unavailable;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// How far the clocks of provider and server may differ, in seconds.
const SKEW_S: i64 = 60;

#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
}

/// Why an ID token is no evidence.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadEvidence {
    #[error("the ID token's signature: {0}")]
    Signature(#[from] BadSignature),
    #[error("the ID token's claim `{0}`")]
    Claim(&'static str),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<Unverified> for BadEvidence {
    fn from(error: Unverified) -> Self {
        match error {
            Unverified::Signature(error) => Self::Signature(error),
            Unverified::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// The claims of a good token that was made after the question was `asked`; times in seconds since 1970.
pub(super) async fn verify(
    provider: &Provider,
    client_id: &str,
    token: &SecretString,
    asked: i64,
    now: i64,
) -> Result<Claims, BadEvidence> {
    let token = token.expose_secret();
    let (payload, typ) = jws::verified_by(provider, token).await?;
    if typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(BadEvidence::Claim("typ"));
    }
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| BadEvidence::Claim("malformed"))?;
    match wrong(&claims, provider.issuer().as_str(), client_id, asked, now) {
        Some(claim) => Err(BadEvidence::Claim(claim)),
        None => Ok(claims),
    }
}

fn wrong(claims: &Claims, issuer: &str, client_id: &str, asked: i64, now: i64) -> Option<&'static str> {
    if claims.iss != issuer {
        Some("iss")
    } else if !claims.aud.is_only(client_id) {
        Some("aud")
    } else if claims.azp.as_deref().is_some_and(|azp| azp != client_id) {
        Some("azp")
    } else if claims.exp <= now {
        Some("exp")
    } else if claims.iat > now + SKEW_S || claims.iat < asked - SKEW_S {
        // An older one is the evidence of another yes.
        Some("iat")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_of_this_provider_for_this_client_and_younger_than_the_question() {
        let good = || Claims {
            iss: "https://idp.example/".into(),
            sub: "ada".into(),
            aud: Audience::One("client".into()),
            azp: None,
            exp: 2_000,
            iat: 1_000,
        };
        let rows = [
            (good(), None),
            (Claims { azp: Some("client".into()), ..good() }, None),
            (Claims { aud: Audience::Many(vec!["client".into()]), ..good() }, None),
            (Claims { iss: "https://idp.example".into(), ..good() }, Some("iss")),
            (Claims { aud: Audience::One("other".into()), ..good() }, Some("aud")),
            (Claims { aud: Audience::Many(vec!["client".into(), "other".into()]), ..good() }, Some("aud")),
            (Claims { azp: Some("other".into()), ..good() }, Some("azp")),
            (Claims { exp: 1_010, ..good() }, Some("exp")),
            (Claims { iat: 900, ..good() }, Some("iat")),
            (Claims { iat: 1_100, ..good() }, Some("iat")),
        ];
        for (claims, expected) in rows {
            assert_eq!(wrong(&claims, "https://idp.example/", "client", 990, 1_010), expected, "{claims:?}");
        }
    }
}
