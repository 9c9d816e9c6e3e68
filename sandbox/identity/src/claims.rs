//! Claims of ID tokens, access tokens and `/userinfo`. Must not depend on keys or grants.

use sandbox_kit::{Person, canary};
use serde_json::{Map, Value, json};

use crate::scopes::Scopes;
use crate::settings::{Audience, Client, Settings};
use crate::store::Authorization;

/// Last update of every demo person: an ISO 8601 string as at Auth0, not the number that OIDC requires.
const UPDATED_AT: &str = "2026-11-20T09:30:00.000Z";

/// Returns the claims about a person that the scopes grant.
pub(crate) fn profile(person: &Person, scopes: &Scopes) -> Map<String, Value> {
    let handle = person.email.split('@').next().unwrap_or(&person.email);
    let all = [
        ("profile", "name", json!(person.name)),
        ("profile", "given_name", json!(person.given_name)),
        ("profile", "family_name", json!(person.family_name)),
        ("profile", "nickname", json!(handle)),
        ("profile", "picture", json!(format!("https://pictures.acme.example/{handle}.png"))),
        ("profile", "updated_at", json!(UPDATED_AT)),
        ("email", "email", json!(person.email)),
        ("email", "email_verified", json!(person.email_verified)),
    ];
    // For most single claims Auth0 defines a scope of the same name.
    let may = |scope: &str, claim: &str| scopes.has(scope) || scopes.has(claim);
    all.into_iter()
        .filter(|(scope, claim, _)| may(scope, claim))
        .map(|(_, claim, value)| (claim.to_owned(), value))
        .collect()
}

pub(crate) fn id_token(
    issuer: &str,
    client: &Client,
    person: &Person,
    grant: &Authorization,
    scopes: &Scopes,
    nonce: Option<&str>,
    now: i64,
) -> Map<String, Value> {
    let mut claims = profile(person, scopes);
    let own = [
        ("iss", json!(issuer)),
        ("sub", json!(person.sub)),
        ("aud", json!(client.id)),
        ("iat", json!(now)),
        ("exp", json!(now + client.lifetimes.id_token_s)),
        ("canary", json!(canary::MARK)),
    ];
    claims.extend(own.map(|(name, value)| (name.to_owned(), value)));
    claims.extend(grant.sid.as_ref().map(|sid| ("sid".to_owned(), json!(sid))));
    claims.extend(nonce.map(|nonce| ("nonce".to_owned(), json!(nonce))));
    claims.extend(grant.auth_time.map(|at| ("auth_time".to_owned(), json!(at))));
    claims
}

/// Subject, client and grant of an access token.
pub(crate) struct Bearer<'a> {
    pub(crate) sub: &'a str,
    pub(crate) client: &'a str,
    pub(crate) scopes: &'a Scopes,
    /// Value of the claim `gty`; `None` in the code flow.
    pub(crate) gty: Option<&'static str>,
    /// The approved `authorization_details`.
    pub(crate) details: Option<&'a Value>,
    /// The agents that act for the subject, the current one first (RFC 8693 section 4.1).
    pub(crate) act: Option<&'a Value>,
}

pub(crate) fn access_token(settings: &Settings, api: &Audience, bearer: &Bearer<'_>, now: i64) -> Map<String, Value> {
    let aud = if bearer.scopes.has("openid") {
        json!([api.identifier, settings.url("userinfo")])
    } else {
        json!(api.identifier)
    };
    let mut claims: Map<_, _> = [
        ("iss", json!(settings.issuer)),
        ("sub", json!(bearer.sub)),
        ("aud", aud),
        ("azp", json!(bearer.client)),
        ("iat", json!(now)),
        ("exp", json!(now + api.token_lifetime_s)),
        ("scope", json!(bearer.scopes.to_string())),
        ("canary", json!(canary::MARK)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    claims.extend(bearer.gty.map(|gty| ("gty".to_owned(), json!(gty))));
    claims.extend(bearer.details.map(|details| ("authorization_details".to_owned(), details.clone())));
    claims.extend(bearer.act.map(|act| ("act".to_owned(), act.clone())));
    if let Some(person) = settings.people.by_sub(bearer.sub) {
        claims.extend(by_action(api, person));
    }
    claims
}

/// Returns the claims that the API's Action sets. Auth0 itself puts none of them into an access token.
fn by_action(api: &Audience, person: &Person) -> Vec<(String, Value)> {
    let all = [
        ("email", json!(person.email)),
        ("email_verified", json!(person.email_verified)),
        ("preferred_username", json!(person.email)),
    ];
    let wanted = all.into_iter().filter(|(name, _)| api.person_claims.iter().any(|own| own == name));
    wanted.map(|(name, value)| (name.to_owned(), value)).collect()
}
