//! Checks of the identity provider: discovery, clock, client authentication, scopes and supported features.

use super::in_time;
use crate::config::Config;
use crate::doctor::{Ability, Finding};
use edge::identity::Principal;
use oidc::profile::AudienceTokens;
use oidc::{RelyingParty, Support, TokenError};
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Largest accepted difference between the clocks, in seconds; beyond it ID tokens are rejected.
const SKEW_S: i64 = 50;

/// An authorization code that no provider has issued.
const NO_CODE: &str = "countersign-doctor";

pub(super) async fn examine(config: &Config, party: Arc<RelyingParty>) -> (Vec<Finding>, Vec<Ability>) {
    let discovery = in_time(discovery(&party)).await;
    let reached = discovery.is_ok();
    let advice = "Set OIDC_ISSUER to the issuer of the provider's discovery document, character by character.";
    let mut findings = vec![Finding::of("discovery", discovery, advice)];
    if !reached {
        return (findings, Vec::new());
    }
    let advice = "Synchronise this machine's clock (NTP): tokens from the future are refused.";
    findings.push(Finding::of("clock", in_time(clock(&party)).await, advice));
    let advice = "Check client id and credential, and the method that the client is registered for (OIDC_CLIENT_AUTH).";
    findings.push(Finding::of("client", in_time(client(&party)).await, advice));
    findings.extend(scopes(&party).await);
    match party.support().await {
        Ok(support) => {
            findings.extend(principal(config, &support));
            (findings, abilities(config, &party, &support))
        }
        Err(_) => (findings, Vec::new()),
    }
}

async fn discovery(party: &RelyingParty) -> Result<String, agent::ports::Unavailable> {
    let metadata = party.discovery().metadata().await?;
    let keys = metadata.jwks().keys().len();
    Ok(format!("{} answers; profile {}, {keys} signing keys", party.issuer(), party.profile().name))
}

async fn clock(party: &RelyingParty) -> Result<String, String> {
    let url = format!("{}/.well-known/openid-configuration", party.issuer().trim_end_matches('/'));
    let answer = party.http().get(url).send().await.map_err(|error| error.without_url().to_string())?;
    let date = answer.headers().get("date").and_then(|value| value.to_str().ok());
    let Some(date) = date.and_then(|text| OffsetDateTime::parse(&text.replace("GMT", "+0000"), &Rfc2822).ok()) else {
        return Ok("the provider sends no time, so the clocks were not compared".to_owned());
    };
    let ahead = date.unix_timestamp() - OffsetDateTime::now_utc().unix_timestamp();
    if ahead.abs() > SKEW_S {
        return Err(format!("the provider's clock differs by {ahead} seconds"));
    }
    Ok(format!("differs by {} seconds at most", ahead.abs() + 1))
}

/// Redeems a nonexistent code. A provider that accepts the client authentication rejects the code with `invalid_grant`.
async fn client(party: &RelyingParty) -> Result<String, String> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", NO_CODE),
        ("redirect_uri", party.redirect_url()),
        ("code_verifier", "countersign-doctor-countersign-doctor-countersign"),
    ];
    match party.token(&form).await {
        Ok(_) => Err("the provider gave tokens for a code that does not exist".to_owned()),
        Err(TokenError::Refused(refused)) if refused.error == "invalid_grant" => {
            Ok(format!("{} authenticates by {}", party.client().id, party.method().await.name()))
        }
        Err(TokenError::Refused(refused)) => Err(format!("the client was refused: {refused}")),
        Err(TokenError::Unavailable(error)) => Err(error.to_string()),
    }
}

async fn scopes(party: &RelyingParty) -> Option<Finding> {
    let metadata = party.discovery().metadata().await.ok()?;
    let requested = party.scopes(&metadata);
    let listed = metadata.scopes_supported();
    let lacks = |scope: &&String| listed.is_some_and(|all| !all.iter().any(|one| one.as_str() == scope.as_str()));
    let unlisted: Vec<_> = requested.iter().filter(lacks).cloned().collect();
    if unlisted.is_empty() {
        return Some(Finding::of("scopes", Ok::<_, String>(format!("requests {}", requested.join(" "))), ""));
    }
    let observation = format!("the provider does not list {}", unlisted.join(" "));
    Some(Finding::note("scopes", observation, "It may refuse each sign-in with invalid_scope: see OIDC_SCOPES."))
}

fn principal(config: &Config, support: &Support) -> Option<Finding> {
    let claim = match &config.fga.principal {
        Principal::Subject => return None,
        Principal::VerifiedEmail => "email",
        Principal::Claim(claim) => claim,
    };
    let source = if support.userinfo { "the ID token or userinfo" } else { "the ID token alone" };
    let observation = format!("FGA names people by {claim}, which {source} must contain");
    Some(Finding::note(
        "principal",
        observation,
        "Only a sign-in shows whether the claim is sent. A person without it sees a page that says so.",
    ))
}

fn abilities(config: &Config, party: &RelyingParty, support: &Support) -> Vec<Ability> {
    let ability = |name, works, yes: &str, no: &str| Ability {
        name,
        works,
        consequence: if works { yes } else { no }.to_owned(),
    };
    let mut all = vec![
        ability("sign-in", true, "People sign in by the authorization code flow with PKCE.", ""),
        ability(
            "approvals",
            support.approval,
            "Elevated actions are approved by CIBA.",
            "The provider offers no CIBA in poll mode: people approve with passkeys, or as APPROVALS_FILE says.",
        ),
        ability(
            "refresh tokens",
            support.refresh,
            "Accounts and MCP servers work for the whole session.",
            "Accounts and MCP servers that need the sign-in ask for a new one when its token expires.",
        ),
        ability(
            "tokens for MCP",
            party.audience_tokens() != AudienceTokens::Unsupported,
            "MCP servers get access tokens of their own audience.",
            "This provider gives no access tokens for MCP servers, as far as it is known: see OIDC_API_TOKENS.",
        ),
        ability(
            "provider sign-out",
            support.end_session,
            "Signing out ends the session at the provider as well.",
            "Signing out ends only the session here: the provider has no sign-out page.",
        ),
        ability(
            "back-channel logout",
            support.backchannel_logout,
            "The provider can end sessions here if its client has the back-channel logout address.",
            "A session here lasts until it expires or the person signs out.",
        ),
    ];
    if config.okta.is_none() {
        all.push(ability("Okta tools", false, "", "OKTA_BASE_URL is not set: there are no Okta tools."));
    }
    all
}
