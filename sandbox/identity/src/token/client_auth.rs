//! Client authentication: HTTP Basic or a secret in the body, never both; a public client names itself only. Must not
//! depend on grants.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::{Engine, engine::general_purpose::STANDARD};
use url::form_urlencoded;

use crate::http::{self, Params};
use crate::provider::Provider;
use crate::settings::Client;
use crate::token::error::TokenError;

pub(crate) fn authenticate(provider: &Provider, headers: &HeaderMap, params: &Params) -> Result<Client, TokenError> {
    let in_body = params.get("client_secret").is_some();
    let (id, secret) = match (headers.contains_key(AUTHORIZATION), in_body) {
        (true, true) => return Err(TokenError::invalid_request("More than one way of client authentication")),
        (true, false) => basic(headers).map(|(id, secret)| (id, Some(secret))).ok_or_else(TokenError::unauthorized)?,
        (false, _) => {
            let id = params.owned("client_id").ok_or_else(|| TokenError::missing("client_id"))?;
            (id, params.owned("client_secret"))
        }
    };
    if params.get("client_id").is_some_and(|named| named != id) {
        return Err(TokenError::invalid_request("client_id differs from the authenticated client"));
    }
    let proves = |client: &Client| match (&client.secret, &secret) {
        (Some(own), Some(sent)) => verify_slices_are_equal(own.as_bytes(), sent.as_bytes()).is_ok(),
        (None, None) => true,
        _ => false,
    };
    provider.client(&id).filter(proves).ok_or_else(TokenError::unauthorized)
}

/// Decodes HTTP Basic credentials. Id and secret are form-encoded before they are joined (RFC 6749, section 2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let bytes = STANDARD.decode(http::authorization(headers, "Basic")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |encoded: &str| {
        let (name, value) = form_urlencoded::parse(encoded.as_bytes()).next()?;
        value.is_empty().then(|| name.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}
