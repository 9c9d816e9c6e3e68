//! The issuer of web identity tokens: `GetWebIdentityToken` (IAM User Guide, "Outbound identity federation"). At AWS its host
//! is `<uuid>.tokens.sts.global.api.aws`; here it is a path.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sandbox_kit::canary;
use serde_json::{Value, json};

use super::RoleSession;
use super::answer::StsError;
use super::parameters::Parameters;

/// The path of the issuer.
pub(super) const PATH: &str = "/0f1e2d3c-4b5a-4968-8776-655443322110";

/// Bytes of a coordinate of P-384.
const COORDINATE: usize = 48;

/// The cryptographic library created no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library could not create an EC key")]
pub struct NoKey;

#[derive(Debug)]
pub(super) struct Issuer {
    url: String,
    kid: String,
    pair: EcdsaKeyPair,
}

impl Issuer {
    pub(super) fn new(base: &str) -> Result<Self, NoKey> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).map_err(|_| NoKey)?;
        Ok(Self { url: format!("{base}{PATH}"), kid: canary::random(16), pair })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn metadata(&self) -> Value {
        json!({
            "issuer": self.url,
            "jwks_uri": format!("{}/.well-known/jwks.json", self.url),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES384"],
        })
    }

    pub(super) fn keys(&self) -> Value {
        // An uncompressed point: 4, x, y (SEC 1, section 2.3.3).
        let point = self.pair.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = point.split_at(COORDINATE.min(point.len()));
        let [x, y] = [x, y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
        json!({ "keys": [{ "kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "kid": self.kid, "x": x, "y": y }] })
    }

    /// Returns a token for a session's role, and its end, in seconds since 1970.
    pub(super) fn token(
        &self,
        session: &RoleSession,
        parameters: &Parameters,
        now: i64,
    ) -> Result<(String, i64), StsError> {
        let audience = parameters.list("Audience")?;
        if !(1..=10).contains(&audience.len()) || !audience.iter().all(|own| (1..=1000).contains(&own.len())) {
            return Err(StsError::missing("Audience"));
        }
        let lifetime: i64 = match parameters.optional("DurationSeconds")? {
            None => 300,
            Some(text) => text.parse().map_err(|_| StsError::missing("DurationSeconds"))?,
        };
        if !(60..=3600).contains(&lifetime) {
            return Err(StsError::missing("DurationSeconds"));
        }
        match parameters.one("SigningAlgorithm")? {
            "ES384" => {}
            "RS256" => return Err(StsError::Algorithm),
            _ => return Err(StsError::missing("SigningAlgorithm")),
        }
        // The other mode needs a session with a trusted identity context, which no session here has.
        if !matches!(parameters.optional("SubjectMode")?, None | Some("AWSIdentity")) {
            return Err(StsError::missing("SubjectMode"));
        }
        let (arn, expires_at) = (session.role_arn(), now + lifetime);
        let audience = if let [one] = audience[..] { json!(one) } else { json!(audience) };
        let claims = json!({
            "iss": self.url, "aud": audience, "sub": arn, "iat": now, "exp": expires_at, "jti": canary::random(16),
            "https://sts.amazonaws.com/": {
                "aws_account": session.account, "source_region": "us-east-1", "principal_id": arn,
                "principal_tags": {}, "request_tags": {},
            },
        });
        let header = json!({ "alg": "ES384", "kid": self.kid, "typ": "JWT" });
        let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| StsError::Key)?;
        Ok((format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)), expires_at))
    }
}
