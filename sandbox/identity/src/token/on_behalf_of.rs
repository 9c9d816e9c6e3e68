//! Exchange of a person's access token for the client's own API for one to another API, in which the client acts for the
//! person (RFC 8693, Auth0's *On-Behalf-Of Token Exchange*). Must never yield a refresh token or a token for a client itself.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::claims::{self, Bearer};
use crate::http::Params;
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::Client;
use crate::store::Access;
use crate::token::error::TokenError;
use crate::token::issue;
use crate::verify::Claims;

pub(super) const PARAMETERS: [&str; 5] =
    ["subject_token", "subject_token_type", "requested_token_type", "audience", "scope"];

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Most agents in a chain, as at Auth0.
const MOST_AGENTS: usize = 4;

pub(super) fn exchange(provider: &Provider, client: &Client, params: &Params) -> Result<Response, TokenError> {
    let required = |name: &str| params.get(name).ok_or_else(|| TokenError::missing(name));
    let (subject, kind, audience) =
        (required("subject_token")?, required("subject_token_type")?, required("audience")?);
    if kind != ACCESS_TOKEN {
        return Err(TokenError::invalid_request("Unsupported subject_token_type"));
    }
    if params.get("requested_token_type").is_some_and(|wanted| wanted != ACCESS_TOKEN) {
        return Err(TokenError::invalid_request("Unsupported requested_token_type"));
    }
    let person = person(provider, client, subject)?;
    let act = nested(&client.id, person.act)?;
    let api = provider.settings().audience(audience).ok_or_else(|| TokenError::unknown_audience(audience))?;
    let grant = client.user_grants.iter().find(|grant| grant.audience == audience);
    let granted: Scopes =
        grant.ok_or_else(|| TokenError::no_client_grant(audience))?.scopes.iter().map(String::as_str).collect();
    let asked = params.get("scope").map(Scopes::parse);
    let scopes = asked.as_ref().map_or_else(|| granted.clone(), |asked| asked.keep(|scope| granted.has(scope)));
    let bearer =
        Bearer { sub: &person.sub, client: &client.id, scopes: &scopes, gty: None, details: None, act: Some(&act) };
    let claims = claims::access_token(provider.settings(), api, &bearer, provider.now());
    let token = provider
        .forge(json!({}), Value::Object(claims), crate::Signing::CurrentKey)
        .map_err(|_| TokenError::server_error())?;
    remember(provider, subject, &token, &person.sub, &scopes, api.token_lifetime_s);
    let mut answer = json!({
        "access_token": token,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": api.token_lifetime_s,
    });
    // Auth0 names the scopes only if they differ from the requested ones.
    if asked.is_none_or(|asked| asked != scopes) {
        answer["scope"] = json!(scopes.to_string());
    }
    Ok(issue::no_store(&answer))
}

/// Verifies the subject token: one for the client's own API, of a person.
fn person(provider: &Provider, client: &Client, subject: &str) -> Result<Claims, TokenError> {
    let own = client.resource_server.as_deref().ok_or_else(TokenError::no_resource_server)?;
    let claims = provider.verify_access_token(subject, own).map_err(TokenError::invalid_subject_token)?;
    match provider.settings().people.by_sub(&claims.sub) {
        Some(_) => Ok(claims),
        None => Err(refused("The subject token was not issued to a user.")),
    }
}

/// Puts the client before the agents of the subject token.
fn nested(client: &str, before: Option<Value>) -> Result<Value, TokenError> {
    let mut agents = 0;
    let mut next = before.as_ref();
    while let Some(act) = next {
        agents += 1;
        next = act.get("act");
    }
    if agents >= MOST_AGENTS {
        return Err(refused("The delegation chain exceeds the maximum depth."));
    }
    let mut act = json!({ "sub": client });
    if let Some(before) = before {
        act["act"] = before;
    }
    Ok(act)
}

/// Ties the new token to the authorization of the subject token, with which it is revoked.
fn remember(provider: &Provider, subject: &str, token: &str, sub: &str, scopes: &Scopes, lifetime_s: i64) {
    let now = provider.now();
    provider.store(|store| {
        let authorization = store.access.get(subject, now).map(|access| access.authorization.clone());
        if let Some(authorization) = authorization {
            let access = Access { authorization, sub: sub.to_owned(), scopes: scopes.clone() };
            store.access.insert(token.to_owned(), access, now + lifetime_s, now);
        }
    });
}

/// Returns the refusal of a subject token that a correct client can hold as well.
fn refused(text: &str) -> TokenError {
    TokenError::new(StatusCode::BAD_REQUEST, "invalid_request", text)
}
