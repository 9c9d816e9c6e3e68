//! The grant `authorization_code`: redeems a code once, with its verifier. Must not depend on how tokens are written.

use aws_lc_rs::digest::{SHA256, digest};
use axum::response::Response;
use sandbox_kit::canary;

use crate::http::Params;
use crate::jwt;
use crate::provider::Provider;
use crate::settings::Client;
use crate::store::{Code, FreshCode, Store};
use crate::token::error::TokenError;
use crate::token::families::Family;
use crate::token::issue::{self, Issue};

/// `resource` (RFC 8707) must repeat the one of the authorization request.
pub(super) const PARAMETERS: [&str; 4] = ["code", "redirect_uri", "code_verifier", "resource"];
/// Time for which a used code is kept to detect reuse, in seconds.
const REMEMBERED_S: i64 = 86_400;

pub(super) fn redeem(provider: &Provider, client: &Client, params: &Params) -> Result<Response, TokenError> {
    let value = params.get("code").ok_or_else(|| TokenError::missing("code"))?;
    let redirect_uri = params.get("redirect_uri").ok_or_else(|| TokenError::missing("redirect_uri"))?;
    let verifier =
        params.get("code_verifier").ok_or_else(|| TokenError::wrong_verifier().blame("code_verifier is missing"))?;
    if !is_verifier(verifier) {
        return Err(TokenError::wrong_verifier().blame("code_verifier is not 43 to 128 unreserved characters"));
    }
    let now = provider.now();
    provider.adversary().before_answer(now)?;
    let (code, refresh_token) = provider.store(|store| {
        let code = take(store, client, value, now)?;
        // Do not keep a code that fails here, or its rightful client, which comes next, would be blamed for reuse.
        check(&code, redirect_uri, verifier, now)?;
        if params.get("resource").is_some_and(|named| code.authorization.audience.as_deref() != Some(named)) {
            return Err(TokenError::invalid_target());
        }
        let used = Code::Used { client: client.id.clone(), authorization: code.authorization.id.clone() };
        store.codes.insert(value.to_owned(), used, now + REMEMBERED_S, now);
        if store.freshness.was_redeemed(&code.challenge) {
            provider.sin("/oauth/token: two codes were redeemed for the same authorization request");
        }
        let offline = code.authorization.scopes.has("offline_access");
        let refresh_token = offline.then(|| {
            let until = now + client.lifetimes.refresh_token_s;
            store.families.begin(Family::new(code.authorization.clone(), until), canary::secret("rt"))
        });
        Ok((code, refresh_token))
    })?;
    issue::answer(
        provider,
        &Issue {
            client,
            authorization: &code.authorization,
            scopes: &code.authorization.scopes,
            nonce: code.nonce.as_deref(),
            gty: None,
            refresh_token,
            details: None,
        },
    )
}

/// Removes the code. Using a code again revokes the tokens issued from it; another client's code is left unchanged.
fn take(store: &mut Store, client: &Client, value: &str, now: i64) -> Result<FreshCode, TokenError> {
    let (kept, refusal) = match store.codes.take(value, now).ok_or_else(TokenError::invalid_code)? {
        Code::Fresh(code) if code.authorization.client == client.id => return Ok(*code),
        Code::Used { client: owner, authorization } if owner == client.id => {
            store.revoke(&authorization);
            let refusal = TokenError::invalid_code().blame("an authorization code was used twice");
            (Code::Used { client: owner, authorization }, refusal)
        }
        foreign => (foreign, TokenError::invalid_code()),
    };
    store.codes.insert(value.to_owned(), kept, now + REMEMBERED_S, now);
    Err(refusal)
}

/// Checks expiry, `redirect_uri` and verifier. A wrong verifier is not recorded as a protocol violation, because it
/// also occurs if an attacker injects a stolen code into an honest client.
fn check(code: &FreshCode, redirect_uri: &str, verifier: &str, now: i64) -> Result<(), TokenError> {
    if now >= code.expires_at {
        return Err(TokenError::invalid_code());
    }
    if code.redirect_uri != redirect_uri {
        return Err(TokenError::invalid_code().blame("redirect_uri differs from the authorization request"));
    }
    if jwt::base64url(digest(&SHA256, verifier.as_bytes())) != code.challenge {
        return Err(TokenError::wrong_verifier());
    }
    Ok(())
}

fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}
