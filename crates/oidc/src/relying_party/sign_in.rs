//! The callback: exchanges the code for tokens, and identifies the person that the tokens name.

use super::authorization::is_new_enough;
use super::{PendingSignIn, RelyingParty};
use crate::SERVICE;
use crate::claims::Claims;
use crate::id_token::{self, Expected, InvalidIdToken};
use crate::jws;
use crate::token_endpoint::{TokenError, TokenResponse};
use agent::ports::Unavailable;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// Largest body of the `userinfo` endpoint, in bytes.
const LARGEST_USERINFO: usize = 256 * 1024;

/// The query of the callback (RFC 6749 section 4.1.2).
#[derive(Clone, Deserialize)]
pub struct Callback {
    /// The authorization code.
    pub code: Option<String>,
    /// The `state` parameter.
    pub state: Option<String>,
    /// The issuer (RFC 9207).
    pub iss: Option<String>,
    /// The error code (RFC 6749 section 4.1.2.1).
    pub error: Option<String>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("error", &self.error).finish_non_exhaustive()
    }
}

/// The sign-in failed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The person cancelled, or the provider denied access.
    #[error("the provider answered {0}")]
    Declined(String),
    /// The response does not belong to the request, or a check failed. The reason is only for the log.
    #[error("refused: {0}")]
    Refused(String),
    /// The provider did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A person whose ID token was verified.
#[derive(Clone)]
pub struct SignedIn {
    /// Issuer.
    pub issuer: String,
    /// The `sub` claim.
    pub subject: String,
    /// The display name, if the provider sends one.
    pub name: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Set if a claim, or the operator, vouches for the address.
    pub email_verified: bool,
    /// The user name for signing in.
    pub username: Option<String>,
    /// The claims that the configuration lists, as far as the provider sends them.
    pub claims: BTreeMap<String, String>,
    /// The session at the provider, for back-channel logout.
    pub sid: Option<String>,
    /// The `iat` claim of the ID token, in seconds since 1970 by the provider's clock.
    pub issued_at: i64,
    /// The time of the authentication, in seconds since 1970 by the provider's clock, if the ID token names it
    /// (`auth_time`). It may be long before the sign-in here.
    pub auth_time: Option<i64>,
    /// The organization (Auth0's `org_id`).
    pub organization: Option<String>,
    /// The ID token itself, sent as a hint at logout.
    pub id_token: SecretString,
    /// The refresh token, if the provider issues one.
    pub refresh_token: Option<SecretString>,
}

impl RelyingParty {
    /// Completes the sign-in that `pending` started. The caller has found it by its state and must discard it.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn complete(&self, pending: PendingSignIn, callback: Callback) -> Result<SignedIn, SignInError> {
        self.check_issuer(callback.iss.as_deref()).await?;
        if let Some(error) = callback.error {
            return Err(SignInError::Declined(error));
        }
        let code = callback.code.ok_or_else(|| refused("the callback has no code"))?;
        let tokens = self.redeem(&code, &pending).await?;
        let id_token = tokens.id_token.as_ref().ok_or_else(|| refused("the answer has no ID token"))?;
        let expected = Expected {
            client_id: &self.config.client.id,
            other_audiences: &self.config.other_audiences,
            nonce: Some(&pending.nonce),
            access_token: tokens.access_token.as_ref(),
            issued_after: None,
            now: now(),
        };
        let claims = id_token::verify(&self.discovery, id_token, expected).await.map_err(|error| match error {
            InvalidIdToken::Unavailable(error) => error.into(),
            other => SignInError::Refused(other.to_string()),
        })?;
        check_organization(&claims, pending.organization.as_deref())?;
        // Before the claims of userinfo are added, which nobody signed.
        let auth_time = claims.seconds("auth_time");
        if !is_new_enough(pending.again, auth_time, now()) {
            return Err(refused("the person was not authenticated again"));
        }
        let claims = if self.lacks(&claims) { self.with_userinfo(claims, &tokens).await? } else { claims };
        let person = self.person(&claims, id_token.clone(), tokens.refresh_token)?;
        Ok(SignedIn { auth_time, ..person })
    }

    async fn redeem(&self, code: &str, pending: &PendingSignIn) -> Result<TokenResponse, SignInError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.config.redirect_url),
            ("code_verifier", &pending.verifier),
        ];
        self.token(&form).await.map_err(|error| match error {
            TokenError::Refused(error) if error.error == "too_many_requests" => {
                Unavailable::new(SERVICE, "the token endpoint throttles").into()
            }
            TokenError::Refused(error) if error.refuses_client() => {
                Unavailable::new(SERVICE, format!("the provider refuses the client: {error}")).into()
            }
            TokenError::Refused(error) => SignInError::Refused(format!("the code was not redeemed: {error}")),
            TokenError::Unavailable(error) => error.into(),
        })
    }

    /// Rejects the callback if `iss` differs from the configured issuer, or is absent although the provider announces
    /// it (RFC 9207 section 2.4). The code is not redeemed.
    async fn check_issuer(&self, iss: Option<&str>) -> Result<(), SignInError> {
        let metadata = self.discovery.metadata().await?;
        match iss {
            Some(iss) if iss != self.issuer() => Err(refused("the callback comes from another issuer")),
            None if metadata.additional_metadata().authorization_response_iss_parameter_supported => {
                Err(refused("the callback lacks the iss that the provider announces"))
            }
            _ => Ok(()),
        }
    }

    /// Returns whether the ID token lacks a claim that is needed.
    fn lacks(&self, claims: &Claims) -> bool {
        let confirmed =
            self.config.trust_email || self.config.profile.email_confirmed_by.iter().any(|claim| claims.has(claim));
        let named = self.config.claims.iter().all(|claim| claims.identifier(claim).is_some());
        claims.text("name").is_none() || claims.text("email").is_none() || !confirmed || !named
    }

    /// Adds the claims of the `userinfo` endpoint (OpenID Connect Core section 5.3), which must name the same `sub`. If
    /// the provider has no such endpoint, or it rejects the token, the claims stay unchanged.
    async fn with_userinfo(&self, claims: Claims, tokens: &TokenResponse) -> Result<Claims, SignInError> {
        let metadata = self.discovery.metadata().await?;
        let (Some(url), Some(token)) = (metadata.userinfo_endpoint(), &tokens.access_token) else { return Ok(claims) };
        let unavailable = |cause: String| SignInError::from(Unavailable::new(SERVICE, format!("userinfo: {cause}")));
        let request = self.http.get(url.url().clone()).bearer_auth(token.expose_secret());
        let answer = request.send().await.map_err(|error| unavailable(error.without_url().to_string()))?;
        let status = answer.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
            tracing::warn!(status = status.as_u16(), "the userinfo endpoint refused the access token of a sign-in");
            return Ok(claims);
        }
        if !status.is_success() {
            return Err(unavailable(format!("status {}", status.as_u16())));
        }
        let signed =
            answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/jwt"));
        let body = http_client::body(answer, LARGEST_USERINFO).await.map_err(|error| unavailable(error.to_string()))?;
        let body = if signed { self.unsigned(body).await? } else { body };
        let more = Claims::parse(&body).map_err(|_| unavailable("the answer cannot be read".to_owned()))?;
        if more.text("sub") != claims.text("sub") {
            return Err(refused("userinfo is about another person"));
        }
        Ok(claims.or(more))
    }

    /// Returns the payload of a signed answer (OpenID Connect Core section 5.3.2).
    async fn unsigned(&self, body: Vec<u8>) -> Result<Vec<u8>, SignInError> {
        let token = String::from_utf8(body).map_err(|_| refused("userinfo is not a signed token"))?;
        match jws::verify(&self.discovery, token.trim()).await {
            Ok(verified) => Ok(verified.payload),
            Err(jws::Unverified::Unavailable(error)) => Err(error.into()),
            Err(jws::Unverified::Signature(error)) => Err(refused(&format!("userinfo: {error}"))),
        }
    }

    fn person(
        &self,
        claims: &Claims,
        id_token: SecretString,
        refresh_token: Option<SecretString>,
    ) -> Result<SignedIn, SignInError> {
        let text = |name: &str| claims.text(name).map(|text| text.trim().to_owned());
        let subject = claims.text("sub").ok_or_else(|| refused("the ID token has no sub"))?;
        let profile = self.config.profile;
        let confirmed = profile.email_confirmed_by.iter().any(|claim| claims.flag(claim) == Some(true));
        let named = self.config.claims.iter().filter_map(|claim| Some((claim.clone(), claims.identifier(claim)?)));
        Ok(SignedIn {
            issuer: self.issuer().to_owned(),
            subject: subject.to_owned(),
            name: text("name"),
            given_name: text("given_name"),
            email: text("email"),
            email_verified: confirmed || self.config.trust_email,
            username: text(profile.username_claim),
            claims: named.collect(),
            sid: text("sid"),
            issued_at: claims.seconds("iat").ok_or_else(|| refused("the ID token has no iat"))?,
            auth_time: None,
            organization: text("org_id"),
            id_token,
            refresh_token,
        })
    }
}

/// Checks that the person signed in to the requested organization: by id, or by name if Auth0 sends names
/// (auth0.com/docs, "Work with Tokens and Organizations").
fn check_organization(claims: &Claims, requested: Option<&str>) -> Result<(), SignInError> {
    let Some(requested) = requested else { return Ok(()) };
    let named = if requested.starts_with("org_") { claims.text("org_id") } else { claims.text("org_name") };
    if named.is_some_and(|named| named.eq_ignore_ascii_case(requested)) {
        return Ok(());
    }
    Err(refused("the sign-in is for another organization than was requested"))
}

fn refused(reason: &str) -> SignInError {
    SignInError::Refused(reason.to_owned())
}

/// The current time in seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("subject", &self.subject).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_to_another_organization_than_requested_is_refused() {
        let rows = [
            (None, r#"{"org_id":"org_1"}"#, true),
            (Some("org_1"), r#"{"org_id":"org_1"}"#, true),
            (Some("org_1"), r#"{"org_id":"org_2"}"#, false),
            (Some("org_1"), r#"{"org_name":"org_1"}"#, false),
            (Some("org_1"), "{}", false),
            (Some("acme"), r#"{"org_id":"org_1","org_name":"acme"}"#, true),
            (Some("acme"), r#"{"org_id":"acme"}"#, false),
        ];
        for (requested, claims, accepted) in rows {
            let claims = Claims::parse(claims.as_bytes()).unwrap();
            assert_eq!(check_organization(&claims, requested).is_ok(), accepted, "{requested:?} {claims:?}");
        }
    }
}
