//! What a token response must be before anybody is signed in.

use crate::jws::ALGORITHMS;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, ClaimsVerificationError, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, Nonce, OAuth2TokenResponse, StandardErrorResponse,
    StandardTokenResponse, TokenResponse,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// How far in the future an `iat` may lie. `exp` has no leeway at all.
const SKEW: Duration = Duration::from_secs(60);

/// Claims beyond the standard ones.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct More {
    sid: Option<String>,
    org_id: Option<String>,
}

impl AdditionalClaims for More {}

type Fields = IdTokenFields<
    More,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

pub(super) type Tokens = StandardTokenResponse<Fields, CoreTokenType>;

pub(super) type Client = openidconnect::Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A person whose ID token is good.
#[derive(Clone)]
pub struct SignedIn {
    /// Issuer.
    pub issuer: String,
    /// The `sub` claim.
    pub subject: String,
    /// The name to show; the address or the subject if the provider gives none.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the provider vouches for the address.
    pub email_verified: bool,
    /// The session at the provider, for back-channel logout.
    pub sid: Option<String>,
    /// The organization (Auth0's `org_id`).
    pub organization: Option<String>,
    /// The ID token itself, for the hint at logout.
    pub id_token: SecretString,
    /// The refresh token, if the provider gives one.
    pub refresh_token: Option<SecretString>,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Why an ID token is not good. For the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum Invalid {
    #[error("the signature is not of a key that is known")]
    Signature,
    #[error("{0}")]
    Other(String),
}

/// Checks signature, algorithm, issuer, audience, `azp`, expiry, issue time, nonce and `at_hash`.
pub(super) fn claims(client: &Client, tokens: &Tokens, nonce: &Nonce) -> Result<SignedIn, Invalid> {
    let other = |what: &str| Invalid::Other(what.to_owned());
    let id_token = tokens.id_token().ok_or_else(|| other("no ID token"))?;
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_issue_time_verifier_fn(|iat| {
        if SystemTime::from(iat) > SystemTime::now() + SKEW { Err("issued in the future".to_owned()) } else { Ok(()) }
    });
    let claims = id_token.claims(&verifier, nonce).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(_) => Invalid::Signature,
        error => Invalid::Other(error.to_string()),
    })?;
    if claims.authorized_party().is_some_and(|azp| azp != client.client_id()) {
        return Err(other("azp is another client"));
    }
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = id_token.signing_alg().map_err(|error| Invalid::Other(error.to_string()))?;
        let key = id_token.signing_key(&verifier).map_err(|_| Invalid::Signature)?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|error| Invalid::Other(error.to_string()))?;
        if actual != *expected {
            return Err(other("at_hash is of another access token"));
        }
    }
    let subject = claims.subject().as_str().to_owned();
    let email = claims.email().map(|email| email.as_str().to_owned());
    let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
    Ok(SignedIn {
        issuer: claims.issuer().as_str().to_owned(),
        name: name.or_else(|| email.clone()).unwrap_or_else(|| subject.clone()),
        subject,
        email,
        email_verified: claims.email_verified().unwrap_or(false),
        sid: claims.additional_claims().sid.clone(),
        organization: claims.additional_claims().org_id.clone(),
        id_token: SecretString::from(id_token.to_string()),
        refresh_token: tokens.refresh_token().map(|token| SecretString::from(token.secret().clone())),
    })
}
