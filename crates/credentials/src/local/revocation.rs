//! Revocation of tokens at the provider.

use crate::local::http;
use crate::local::provider::{People, Revocation};
use crate::local::token_endpoint::authenticated;
use crate::local::tokens::Tokens;
use agent::ports::Unavailable;
use reqwest::{RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;

/// Slack's errors for a token that is already invalid. `invalid_auth` is not among them, since Slack also sends it for
/// a valid token from an IP address that is not allowed (docs.slack.dev, auth.revoke).
const GONE_AT_SLACK: [&str; 3] = ["token_revoked", "token_expired", "account_inactive"];

/// Result of a revocation request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RevocationOutcome {
    /// The token is invalid now.
    Gone,
    /// The token may still be valid.
    Unclear,
}

#[derive(Deserialize)]
struct SlackAnswer {
    ok: bool,
    revoked: Option<bool>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Revokes `tokens`. After `Ok` all of them are invalid.
///
/// # Errors
/// [`Unavailable`] if a request failed or its result is unclear, and if the provider has no revocation.
pub(crate) async fn revoke(
    service: &'static str,
    people: &People,
    tokens: &Tokens,
    http: &reqwest::Client,
) -> Result<(), Unavailable> {
    let way = people.revocation.as_ref();
    let way = way.ok_or_else(|| Unavailable::new(service, "the provider offers no token revocation"))?;
    let mut failed = None;
    // Send all requests, even if one fails.
    for request in requests(way, people, tokens, http) {
        match http::send(service, request).await {
            Ok((status, body)) if read(way, status, &body) == RevocationOutcome::Unclear => {
                let cause = format!("the revocation of a token was answered with status {}", status.as_u16());
                failed = Some(Unavailable::new(service, cause));
            }
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Returns the requests that together revoke `tokens`.
pub(crate) fn requests(
    way: &Revocation,
    people: &People,
    tokens: &Tokens,
    http: &reqwest::Client,
) -> Vec<RequestBuilder> {
    let access = tokens.access.expose_secret();
    let refresh = tokens.refresh.as_ref().map(ExposeSecret::expose_secret);
    match way {
        // Revoke both tokens: with a refresh token the server only SHOULD revoke its access tokens (RFC 7009 section
        // 2.1).
        Revocation::Standard(url) => {
            let each = refresh.map(|refresh| (refresh, "refresh_token")).into_iter().chain([(access, "access_token")]);
            let forms = each.map(|(token, hint)| [("token", token), ("token_type_hint", hint)]);
            forms.map(|form| authenticated(http.post(url.clone()), &people.client, &form)).collect()
        }
        Revocation::Google(url) => vec![http.post(url.clone()).form(&[("token", refresh.unwrap_or(access))])],
        Revocation::GitHub(url) => {
            let client = &people.client;
            let request = http.delete(url.clone()).basic_auth(&client.id, Some(client.secret.expose_secret()));
            vec![request.json(&json!({ "access_token": access }))]
        }
        // With token rotation each token revokes only itself (docs.slack.dev, Using token rotation).
        Revocation::Slack(url) => {
            let each = refresh.into_iter().chain([access]);
            each.map(|token| http.post(url.clone()).bearer_auth(token)).collect()
        }
    }
}

/// Returns the meaning of a revocation response.
pub(crate) fn read(way: &Revocation, status: StatusCode, body: &[u8]) -> RevocationOutcome {
    let gone = match way {
        Revocation::Standard(_) => status.is_success(),
        // Google rejects a token that is already invalid.
        Revocation::Google(_) => {
            let refused =
                || serde_json::from_slice::<Refusal>(body).is_ok_and(|answer| answer.error == "invalid_token");
            status.is_success() || (status == StatusCode::BAD_REQUEST && refused())
        }
        // GitHub does not find a token that is already invalid.
        Revocation::GitHub(_) => status.is_success() || status == StatusCode::NOT_FOUND,
        Revocation::Slack(_) => match serde_json::from_slice::<SlackAnswer>(body) {
            Ok(SlackAnswer { ok: true, revoked, .. }) => revoked != Some(false),
            Ok(SlackAnswer { error: Some(error), .. }) => GONE_AT_SLACK.contains(&error.as_str()),
            _ => false,
        },
    };
    if gone { RevocationOutcome::Gone } else { RevocationOutcome::Unclear }
}
