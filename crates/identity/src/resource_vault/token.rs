//! One access token by a refresh token, and whether it is the one that was asked for. A provider that does not allow an
//! audience or a scope to the client gives, without a word, a token for another API or with fewer scopes.

use super::failed;
use crate::RelyingParty;
use crate::ciba::wire;
use crate::jws::{self, Audience, Unverified};
use agent::Actor;
use agent::ports::Unavailable;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) actor: &'a Actor,
    pub(super) audience: &'a str,
    /// Every scope that the client may have there, if none is named.
    pub(super) scopes: &'a [String],
}

/// What the provider gave, unchecked.
pub(super) struct Given {
    pub(super) access: Access,
    /// The refresh token that takes the place of the one that was used.
    pub(super) rotated: Option<SecretString>,
    /// Zero when the provider does not say, and then it is not to be kept.
    pub(super) expires_in: Duration,
}

/// An access token that nobody has looked into, with what the provider says was granted.
pub(super) struct Access {
    token: SecretString,
    kind: String,
    scope: Option<String>,
}

/// Why there is none.
pub(super) enum Fault {
    /// The refresh token works no more.
    SignInAgain,
    /// The provider did not answer, or not in a way that can be trusted.
    Unavailable(Unavailable),
}

impl From<Unavailable> for Fault {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

/// RFC 6749 section 5.1.
#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    token_type: String,
    refresh_token: Option<SecretString>,
    scope: Option<String>,
    expires_in: Option<u64>,
}

/// The claims that are looked at. Auth0 names the client by `azp`, or by `client_id` (RFC 9068).
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    sub: String,
    azp: Option<String>,
    client_id: Option<String>,
    scope: Option<String>,
    /// Auth0's organization.
    org_id: Option<String>,
}

/// Asks for a token.
pub(super) async fn refreshed(
    provider: &RelyingParty,
    http: &reqwest::Client,
    refresh_token: &SecretString,
    wanted: Wanted<'_>,
) -> Result<Given, Fault> {
    let metadata = provider.provider().metadata().await?;
    let url = metadata.token_endpoint().ok_or_else(|| failed("the provider has no token endpoint"))?;
    let (config, scope) = (provider.config(), wanted.scopes.join(" "));
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("client_id", config.client_id.as_str()),
        ("client_secret", config.client_secret.expose_secret()),
        ("refresh_token", refresh_token.expose_secret()),
        ("audience", wanted.audience),
    ];
    if !scope.is_empty() {
        form.push(("scope", &scope));
    }
    let answer = http.post(url.as_str()).form(&form).send().await;
    let answer = answer.map_err(|error| failed(&error.without_url().to_string()))?;
    let answer: Answer = match wire::read(answer).await? {
        Ok(answer) => answer,
        Err(refused) if refused.error == "invalid_grant" => return Err(Fault::SignInAgain),
        Err(refused) => return Err(failed(&refused.to_string()).into()),
    };
    // Some providers repeat the one that was used.
    let rotated = answer.refresh_token.filter(|fresh| !super::is(fresh, refresh_token));
    Ok(Given {
        access: Access { token: answer.access_token, kind: answer.token_type, scope: answer.scope },
        rotated,
        expires_in: Duration::from_secs(answer.expires_in.unwrap_or_default()),
    })
}

/// The token and its scopes, if it is this issuer's, for this audience, this person, this client, and with these scopes.
pub(super) async fn checked(
    provider: &RelyingParty,
    access: &Access,
    wanted: Wanted<'_>,
) -> Result<(SecretString, Vec<String>), Unavailable> {
    if !access.kind.eq_ignore_ascii_case("Bearer") {
        return Err(failed("it is another kind of token"));
    }
    let payload = jws::verified_by(provider.provider(), access.token.expose_secret()).await;
    let (payload, _) = payload.map_err(|error| match error {
        Unverified::Signature(error) => failed(&format!("its signature: {error}")),
        Unverified::Unavailable(error) => error,
    })?;
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| failed("its claims cannot be read"))?;
    let issuer = provider.issuer();
    if claims.iss != issuer {
        return Err(failed("it is of another issuer"));
    }
    // With `openid`, the provider's own user information is an audience beside the API.
    let userinfo = format!("{}/userinfo", issuer.trim_end_matches('/'));
    if !claims.aud.names(wanted.audience) || claims.aud.names_beside(&[wanted.audience, &userinfo]) {
        return Err(failed("it is for another API: does the client's refresh-token policy name this audience?"));
    }
    if claims.sub != wanted.actor.subject() {
        return Err(failed("it is another person's"));
    }
    if claims.org_id.is_some_and(|organization| organization != wanted.actor.tenant()) {
        return Err(failed("it is for another organization"));
    }
    if claims.azp.or(claims.client_id).is_none_or(|client| client != provider.config().client_id) {
        return Err(failed("it is another client's"));
    }
    // What is not said was granted as it was asked for (RFC 6749 section 5.1); the token itself says it best.
    let granted = claims.scope.as_ref().or(access.scope.as_ref());
    let granted = granted.map_or_else(Vec::new, |scope| scope.split_whitespace().map(str::to_owned).collect());
    let missing: Vec<_> = wanted.scopes.iter().filter(|scope| !granted.contains(scope)).cloned().collect();
    if !missing.is_empty() {
        return Err(failed(&format!("the client, or the person, may not have {}", missing.join(" "))));
    }
    Ok((access.token.clone(), granted))
}
