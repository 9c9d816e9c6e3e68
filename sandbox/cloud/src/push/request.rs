//! The headers of a request to a push service: the token (RFC 8292), and the rest (RFC 8030, section 5).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Longest lifetime of a token, in seconds (RFC 8292, section 2).
const DAY_S: i64 = 86_400;

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// The violation; `None` if the client did nothing wrong.
    pub(super) sin: Option<String>,
}

impl Refusal {
    pub(super) fn of(status: StatusCode, why: &str) -> Self {
        Self { status, sin: Some(why.to_owned()) }
    }

    pub(super) const fn gone(status: StatusCode) -> Self {
        Self { status, sin: None }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Checks the header `Authorization`, and returns the sender's contact.
pub(super) fn authorized(headers: &HeaderMap, origin: &str, sender: &str, now: i64) -> Result<String, Refusal> {
    let unsigned = |why: &str| Refusal::of(StatusCode::UNAUTHORIZED, why);
    let header = text(headers, "authorization").and_then(|header| header.strip_prefix("vapid "));
    let header = header.ok_or_else(|| unsigned("the request has no VAPID token"))?;
    let parameter = |name: &str| header.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let (token, key) = parameter("t").zip(parameter("k")).ok_or_else(|| unsigned("the header lacks t or k"))?;
    if key != sender {
        return Err(Refusal::of(StatusCode::FORBIDDEN, "the key is not the one that the browser subscribed with"));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(|| unsigned("the token is no JWT"))?;
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| unsigned("a part is not base64url"));
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key)?);
    let verified = public.verify(signed.as_bytes(), &bytes(signature)?);
    verified.map_err(|_| unsigned("the signature of the token is invalid"))?;
    let (head, claims) = signed.split_once('.').ok_or_else(|| unsigned("the token is no JWT"))?;
    let json = |part: &str| {
        serde_json::from_slice::<Value>(&bytes(part)?).map_err(|_| unsigned("a part of the token is not JSON"))
    };
    let (head, claims) = (json(head)?, json(claims)?);
    let lifetime = claims["exp"].as_i64().map(|end| end - now);
    let contact = claims["sub"].as_str().unwrap_or_default();
    let wrong = [
        (head["alg"] != "ES256", "the token is not signed with ES256"),
        (claims["aud"] != origin, "the audience of the token is another service"),
        (!lifetime.is_some_and(|left| (1..=DAY_S).contains(&left)), "the token has expired or lives over 24 hours"),
        (!contact.starts_with("mailto:") && !contact.starts_with("https:"), "the token names no contact"),
    ];
    match wrong.iter().find(|(is_wrong, _)| *is_wrong) {
        Some((_, why)) => Err(unsigned(why)),
        None => Ok(contact.to_owned()),
    }
}

/// The headers besides the token.
#[derive(Debug)]
pub(super) struct Headers {
    pub(super) ttl_s: u32,
    pub(super) topic: Option<String>,
    pub(super) urgency: String,
}

impl Headers {
    pub(super) fn parse(headers: &HeaderMap) -> Result<Self, Refusal> {
        let bad = |why: &str| Refusal::of(StatusCode::BAD_REQUEST, why);
        let ttl_s = text(headers, "ttl").and_then(|ttl| ttl.parse().ok());
        let ttl_s = ttl_s.ok_or_else(|| bad("the header TTL is missing or no number of seconds"))?;
        let topic = text(headers, "topic").map(str::to_owned);
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if topic.as_ref().is_some_and(|own| own.len() > 32 || !own.chars().all(is_token)) {
            return Err(bad("the topic is not up to 32 letters of base64url"));
        }
        let urgency = text(headers, "urgency").unwrap_or("normal").to_owned();
        if !["very-low", "low", "normal", "high"].contains(&urgency.as_str()) {
            return Err(bad("the urgency is unknown"));
        }
        if text(headers, "content-encoding") != Some("aes128gcm") {
            return Err(bad("the content coding is not aes128gcm"));
        }
        Ok(Self { ttl_s, topic, urgency })
    }
}
