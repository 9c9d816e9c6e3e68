//! Writes the token response for a grant on behalf of a person. Must not decide on the grant.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, PRAGMA};
use axum::response::{IntoResponse, Response};
use sandbox_kit::canary;
use serde_json::{Map, Value, json};

use crate::adversary::{Draft, Garbage, IdForm, Signing};
use crate::claims::{self, Bearer};
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::Client;
use crate::store::{Access, Authorization};
use crate::token::error::TokenError;

/// The content of a token response.
pub(super) struct Issue<'a> {
    pub(super) client: &'a Client,
    pub(super) authorization: &'a Authorization,
    pub(super) scopes: &'a Scopes,
    pub(super) nonce: Option<&'a str>,
    /// Value of the access token's claim `gty`.
    pub(super) gty: Option<&'static str>,
    pub(super) refresh_token: Option<String>,
    /// The approved `authorization_details`.
    pub(super) details: Option<&'a Value>,
}

pub(super) fn answer(provider: &Provider, issue: &Issue<'_>) -> Result<Response, TokenError> {
    let settings = provider.settings();
    let now = provider.now();
    let grant = issue.authorization;
    let person = settings.people.by_sub(&grant.sub).ok_or_else(TokenError::person_gone)?;
    let api = grant.audience.as_deref().and_then(|audience| settings.audience(audience));
    let lifetime = api.map_or(issue.client.lifetimes.access_token_s, |api| api.token_lifetime_s);

    let mut members = Map::new();
    members.insert("token_type".to_owned(), json!("Bearer"));
    members.insert("expires_in".to_owned(), json!(lifetime));
    members.insert("scope".to_owned(), json!(issue.scopes.to_string()));
    members.extend(issue.refresh_token.as_ref().map(|token| ("refresh_token".to_owned(), json!(token))));
    members.extend(issue.details.map(|details| ("authorization_details".to_owned(), details.clone())));
    let bearer = Bearer {
        sub: &grant.sub,
        client: &issue.client.id,
        scopes: issue.scopes,
        gty: issue.gty,
        details: issue.details,
        act: None,
    };
    let draft = Draft {
        members,
        access: api.map(|api| claims::access_token(settings, api, &bearer, now)),
        id: issue
            .scopes
            .has("openid")
            .then(|| claims::id_token(&settings.issuer, issue.client, person, grant, issue.scopes, issue.nonce, now)),
        id_signing: Signing::CurrentKey,
        id_form: IdForm::Sound,
    };
    let draft = match provider.adversary().alter(draft, &issue.client.id, now) {
        Ok(draft) => draft,
        Err(Garbage) => return Ok(garbage()),
    };
    let body = sign(provider, issue, draft, now + lifetime)?;
    Ok(no_store(&Value::Object(body)))
}

fn sign(provider: &Provider, issue: &Issue<'_>, draft: Draft, until: i64) -> Result<Map<String, Value>, TokenError> {
    let forge =
        |claims, how| provider.forge(json!({}), Value::Object(claims), how).map_err(|_| TokenError::server_error());
    // Without an API, the access token is opaque and only `/userinfo` accepts it.
    let access_token = match draft.access {
        Some(claims) => forge(claims, Signing::CurrentKey)?,
        None => canary::secret("at"),
    };
    let access = Access {
        authorization: issue.authorization.id.clone(),
        sub: issue.authorization.sub.clone(),
        scopes: issue.scopes.clone(),
    };
    let now = provider.now();
    provider.store(|store| store.access.insert(access_token.clone(), access, until, now));
    let mut body = draft.members;
    body.insert("access_token".to_owned(), json!(access_token));
    if let Some(claims) = draft.id {
        let token = match draft.id_form {
            IdForm::Sound => forge(claims, draft.id_signing)?,
            IdForm::AccessToken => access_token,
            IdForm::Twice(name, value) => {
                let twice = Value::Object(claims).to_string().replacen('{', &format!("{{{}:{value},", json!(name)), 1);
                provider.forge_text(json!({}), &twice, draft.id_signing).map_err(|_| TokenError::server_error())?
            }
        };
        body.insert("id_token".to_owned(), json!(token));
    }
    Ok(body)
}

/// Returns status 200 with a body that is not a token response.
pub(super) fn garbage() -> Response {
    "<!doctype html><p>Bad gateway".into_response()
}

pub(super) fn no_store(body: &Value) -> Response {
    ([(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")], Json(body)).into_response()
}
