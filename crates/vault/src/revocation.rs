//! Giving tokens back to the provider.

use crate::http;
use crate::provider::{People, Revocation};
use crate::token_endpoint::authenticated;
use crate::tokens::Tokens;
use agent::ports::Unavailable;
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct SlackAnswer {
    ok: bool,
    error: Option<String>,
}

/// Gives `tokens` back; when it returns `Ok`, they count no more.
///
/// # Errors
/// [`Unavailable`], also when the provider has no way for it.
pub(crate) async fn revoke(
    service: &'static str,
    people: &People,
    tokens: &Tokens,
    http: &reqwest::Client,
) -> Result<(), Unavailable> {
    let access = tokens.access.expose_secret();
    let failed = |status: StatusCode| {
        Err(Unavailable::new(service, format!("giving a token back was answered with status {}", status.as_u16())))
    };
    match &people.revocation {
        None => Err(Unavailable::new(service, "the provider takes no tokens back")),
        Some(Revocation::Standard(url)) => {
            // The refresh token takes all that came of it along (RFC 7009 section 2.1).
            let (token, hint) = match &tokens.refresh {
                Some(refresh) => (refresh.expose_secret(), "refresh_token"),
                None => (access, "access_token"),
            };
            let form = [("token", token), ("token_type_hint", hint)];
            let request = authenticated(http.post(url.clone()), &people.client, &form);
            let (status, _) = http::send(service, request).await?;
            if status.is_success() { Ok(()) } else { failed(status) }
        }
        Some(Revocation::GitHub(url)) => {
            let client = &people.client;
            let request = http.delete(url.clone()).basic_auth(&client.id, Some(client.secret.expose_secret()));
            let (status, _) = http::send(service, request.json(&json!({ "access_token": access }))).await?;
            // A token that GitHub does not know is one that counts no more.
            if status.is_success() || status == StatusCode::NOT_FOUND { Ok(()) } else { failed(status) }
        }
        Some(Revocation::Slack(url)) => {
            let (status, body) = http::send(service, http.post(url.clone()).bearer_auth(access)).await?;
            match serde_json::from_slice::<SlackAnswer>(&body) {
                Ok(SlackAnswer { ok: true, .. }) => Ok(()),
                Ok(SlackAnswer { error: Some(error), .. }) if error == "token_revoked" || error == "invalid_auth" => {
                    Ok(())
                }
                _ => failed(status),
            }
        }
    }
}
