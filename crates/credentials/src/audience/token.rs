//! Requests an access token with a refresh token and checks that it is the requested one. A provider that does not
//! allow the client an audience or a scope issues a token for another API, or with fewer scopes, without an error.

use super::failed;
use crate::same_secret;
use agent::Actor;
use agent::ports::{CredentialError, Unavailable};
use oidc::jws::{self, Unverified};
use oidc::profile::AudienceTokens;
use oidc::{Claims, RelyingParty, TokenError, TokenResponse};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// `grant_type` of a token exchange (RFC 8693 section 2.1).
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// `subject_token_type` of an access token (RFC 8693 section 3).
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The requested token.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) actor: &'a Actor,
    pub(super) audience: &'a str,
    /// Requested scopes; empty for all that the client may have.
    pub(super) scopes: &'a [String],
}

/// The provider's token response, before any check.
pub(super) struct UncheckedResponse {
    pub(super) access: Access,
    /// The refresh token that replaces the used one.
    pub(super) rotated: Option<SecretString>,
    /// Lifetime of the access token. Zero if the provider does not state it; such a token must not be cached.
    pub(super) expires_in: Duration,
}

/// An unverified access token, with the type and scope that the response states.
pub(super) struct Access {
    token: SecretString,
    kind: String,
    scope: Option<String>,
}

/// Requests a token by the method that the provider supports: `audience`, `resource` or token exchange.
pub(super) async fn refreshed(
    provider: &RelyingParty,
    refresh_token: &SecretString,
    wanted: Wanted<'_>,
) -> Result<UncheckedResponse, CredentialError> {
    let scope = wanted.scopes.join(" ");
    let scope = (!scope.is_empty()).then_some(("scope", scope.as_str()));
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
    let exchanges = match provider.audience_tokens() {
        AudienceTokens::Audience => {
            form.push(("audience", wanted.audience));
            false
        }
        AudienceTokens::Resource => {
            form.push(("resource", wanted.audience));
            false
        }
        AudienceTokens::Exchange => true,
        AudienceTokens::Unsupported => {
            return Err(failed("this provider issues no access tokens for other APIs").into());
        }
    };
    if !exchanges {
        form.extend(scope);
    }
    let mut answer = request(provider, &form).await?;
    if exchanges {
        let own = answer.access_token.ok_or_else(|| failed("the answer has no access token"))?;
        let mut form = vec![
            ("grant_type", EXCHANGE),
            ("subject_token", own.expose_secret()),
            ("subject_token_type", ACCESS_TOKEN),
            ("requested_token_type", ACCESS_TOKEN),
            ("audience", wanted.audience),
        ];
        form.extend(scope);
        let rotated = answer.refresh_token;
        answer = TokenResponse { refresh_token: rotated, ..request(provider, &form).await? };
    }
    let token = answer.access_token.ok_or_else(|| failed("the answer has no access token"))?;
    // Some providers return the used refresh token again.
    let rotated = answer.refresh_token.filter(|fresh| !same_secret(fresh, refresh_token));
    Ok(UncheckedResponse {
        access: Access { token, kind: answer.token_type.unwrap_or_default(), scope: answer.scope },
        rotated,
        expires_in: Duration::from_secs(answer.expires_in.and_then(|life| life.try_into().ok()).unwrap_or_default()),
    })
}

async fn request(provider: &RelyingParty, form: &[(&str, &str)]) -> Result<TokenResponse, CredentialError> {
    match provider.token(form).await {
        Ok(answer) => Ok(answer),
        Err(TokenError::Refused(refused)) if refused.needs_sign_in() => Err(CredentialError::SignInAgain),
        Err(TokenError::Refused(refused)) => Err(failed(&refused.to_string()).into()),
        Err(TokenError::Unavailable(error)) => Err(error.into()),
    }
}

/// Verifies the token's signature, issuer, audience, subject, organization, client and scopes, and returns it with its
/// scopes.
pub(super) async fn checked(
    provider: &RelyingParty,
    access: &Access,
    wanted: Wanted<'_>,
) -> Result<(SecretString, Vec<String>), Unavailable> {
    if !access.kind.eq_ignore_ascii_case("Bearer") {
        return Err(failed("it is not a bearer token"));
    }
    let verified = jws::verify(provider.discovery(), access.token.expose_secret()).await;
    let verified = verified.map_err(|error| match error {
        Unverified::Signature(error) => failed(&format!("its signature: {error}")),
        Unverified::Unavailable(error) => error,
    })?;
    let claims = Claims::parse(&verified.payload).map_err(|_| failed("its claims cannot be read"))?;
    let issuer = provider.issuer();
    if claims.text("iss") != Some(issuer) {
        return Err(failed("another issuer issued it"));
    }
    // With the scope `openid`, the userinfo endpoint is an audience beside the API.
    let userinfo = format!("{}/userinfo", issuer.trim_end_matches('/'));
    let audiences = claims.audiences();
    let ours = |audience: &&str| *audience == wanted.audience || *audience == userinfo;
    if !audiences.contains(&wanted.audience) || !audiences.iter().all(ours) {
        return Err(failed("it is for another API; the client's refresh-token policy must name this audience"));
    }
    if claims.text("sub") != Some(wanted.actor.subject()) {
        return Err(failed("it belongs to another person"));
    }
    // `org_id` is Auth0's organization.
    if claims.text("org_id").is_some_and(|organization| organization != wanted.actor.tenant()) {
        return Err(failed("it is for another organization"));
    }
    // Auth0 names the client by `azp`, RFC 9068 by `client_id`.
    if claims.text("azp").or(claims.text("client_id")).is_none_or(|client| client != provider.client().id) {
        return Err(failed("it was issued to another client"));
    }
    // An absent `scope` in the response means "as requested" (RFC 6749 section 5.1), so the token's own claim decides.
    let granted = claims.text("scope").or(access.scope.as_deref()).unwrap_or_default();
    let granted: Vec<String> = granted.split_whitespace().map(str::to_owned).collect();
    let missing: Vec<_> = wanted.scopes.iter().filter(|scope| !granted.contains(scope)).cloned().collect();
    if !missing.is_empty() {
        return Err(failed(&format!("the client or the person is not allowed to have {}", missing.join(" "))));
    }
    Ok((access.token.clone(), granted))
}
