//! Parses and validates a request to `/bc-authorize`. Must not depend on pushes.

use sandbox_kit::Phone;
use serde_json::Value;

use crate::authorize::request::granted;
use crate::ciba::{details, hint};
use crate::http::Params;
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::Client;
use crate::token::error::TokenError;

const KNOWN: [&str; 8] = [
    "client_id",
    "client_secret",
    "login_hint",
    "scope",
    "binding_message",
    "audience",
    "requested_expiry",
    "authorization_details",
];
/// Hints defined by CIBA Core that Auth0 does not accept.
const OTHER_HINTS: [&str; 2] = ["login_hint_token", "id_token_hint"];
/// Maximum length of a binding message, in characters.
const MESSAGE_LIMIT: usize = 64;
/// Maximum lifetime of a push, in seconds. Auth0 sends requests with a longer lifetime by e-mail.
const PUSH_LIMIT_S: i64 = 300;
/// Maximum lifetime of any request, in seconds.
const EXPIRY_LIMIT_S: i64 = 259_200;

/// A validated request.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) client: String,
    /// `sub` of the person asked for approval.
    pub(crate) sub: String,
    pub(crate) binding_message: String,
    /// Granted subset of the requested scopes.
    pub(crate) scopes: Scopes,
    pub(crate) audience: Option<String>,
    pub(crate) details: Option<Value>,
    pub(crate) expires_in_s: i64,
}

pub(super) fn read(provider: &Provider, client: &Client, params: &Params) -> Result<Request, TokenError> {
    if let Some(name) = OTHER_HINTS.into_iter().find(|name| params.get(name).is_some()) {
        return Err(TokenError::invalid_request(format!("{name} is not supported")));
    }
    for name in params.unknown(&KNOWN) {
        provider.sin(format!("/bc-authorize: unknown parameter {name}"));
    }
    let settings = provider.settings();
    let asked = Scopes::parse(params.get("scope").unwrap_or_default());
    if !asked.has("openid") {
        return Err(TokenError::invalid_request("openid scope must be requested"));
    }
    let binding_message = binding_message(params)?;
    let sub = hint::sub(params.get("login_hint"), &settings.issuer)?;
    let expires_in_s = expiry(params.get("requested_expiry"))?;
    let audience = params.get("audience");
    let api = audience.map(|wanted| settings.audience(wanted).ok_or_else(|| TokenError::service_not_found(wanted)));
    let api = api.transpose()?;
    let details = params.get("authorization_details");
    let details = details.map(|text| details::read(text, client, api)).transpose()?;
    let person = settings.people.by_sub(&sub).ok_or_else(TokenError::unknown_user)?;
    if expires_in_s > PUSH_LIMIT_S {
        return Err(TokenError::no_channel("email: Email notifications are not enabled on tenant"));
    }
    if person.phone == Phone::Missing {
        return Err(TokenError::no_channel("guardian-push: User does not have push notifications set up"));
    }
    Ok(Request {
        client: client.id.clone(),
        sub,
        binding_message,
        scopes: granted(&asked, client, api),
        audience: audience.map(str::to_owned),
        details,
        expires_in_s,
    })
}

/// Validates the binding message. Allows no whitespace except the space, so that a message displayed on one line cannot
/// differ from the one sent.
fn binding_message(params: &Params) -> Result<String, TokenError> {
    let text =
        params.get("binding_message").ok_or_else(|| TokenError::invalid_request("binding_message is required"))?;
    let fits = |character: char| character.is_ascii_alphanumeric() || " +-_.,:#".contains(character);
    if !text.chars().all(fits) {
        let text = "binding_message can contain only alphanumerics, whitespace and `+-_.,:#` characters";
        return Err(TokenError::invalid_request(text));
    }
    if text.len() > MESSAGE_LIMIT {
        let text = format!("binding_message can have at most {MESSAGE_LIMIT} characters");
        return Err(TokenError::invalid_request(text));
    }
    Ok(text.to_owned())
}

fn expiry(text: Option<&str>) -> Result<i64, TokenError> {
    let Some(text) = text else { return Ok(PUSH_LIMIT_S) };
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let seconds = text.parse().ok().filter(|seconds| plain && (1..=EXPIRY_LIMIT_S).contains(seconds));
    seconds.ok_or_else(|| {
        TokenError::invalid_request(format!("requested_expiry must be an integer from 1 to {EXPIRY_LIMIT_S}"))
    })
}
