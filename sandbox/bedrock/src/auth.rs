//! Authentication of a request: a bearer token or a `SigV4` signature (service `bedrock`).
//!
//! Must not depend on the operation, nor compare a signature's time with the sandbox's clock: tests move that clock,
//! while clients sign with the real time.

mod sigv4;

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::fault::{Fault, Kind};
use crate::settings::Credentials;

/// The reason for rejecting a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Malformed authentication, which no correct client sends; recorded as a protocol violation.
    Malformed(Fault),
    /// Well-formed authentication with credentials that the sandbox doesn't know.
    Stranger(Fault),
}

impl Denied {
    pub(crate) fn fault(self) -> Fault {
        match self {
            Self::Malformed(fault) | Self::Stranger(fault) => fault,
        }
    }
}

/// Accepts the request if its `Authorization` header is well-formed and, where `credentials` are configured, matches
/// them.
pub(crate) fn check(parts: &Parts, body: &[u8], credentials: Option<&Credentials>) -> Result<(), Denied> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let (value, more) = (values.next(), values.next());
    let Some(value) = value.and_then(|value| value.to_str().ok()) else {
        return Err(Denied::Malformed(Fault::new(Kind::AccessDenied, "Missing Authentication Token")));
    };
    if more.is_some() {
        return Err(incomplete("Authorization was sent twice."));
    }
    match value.split_once(' ') {
        Some(("Bearer", token)) => bearer(token.trim(), credentials),
        Some((sigv4::ALGORITHM, rest)) => sigv4::check(rest, parts, body, credentials),
        _ => Err(incomplete("Authorization is neither AWS4-HMAC-SHA256 nor Bearer.")),
    }
}

fn bearer(token: &str, credentials: Option<&Credentials>) -> Result<(), Denied> {
    if token.is_empty() {
        return Err(incomplete("The bearer token is empty."));
    }
    match credentials {
        Some(known) if known.bearer.as_deref() != Some(token) => Err(Denied::Stranger(Fault::new(
            Kind::AccessDenied,
            "Authentication failed: Please make sure your API Key is valid.",
        ))),
        _ => Ok(()),
    }
}

fn incomplete(message: &str) -> Denied {
    Denied::Malformed(Fault::new(Kind::IncompleteSignature, message))
}
