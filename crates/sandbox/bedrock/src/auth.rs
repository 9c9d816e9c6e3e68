//! Who asks: a bearer token or a signature (`SigV4`, service `bedrock`). It must never know what is asked,
//! nor compare the time of a signature with the sandbox's clock: tests move that one, and clients sign by the real one.

mod signature;
mod sigv4;

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::fault::{Fault, Kind};
use crate::settings::Credentials;

/// Why a request isn't let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No correct client sends this.
    Malformed(Fault),
    /// Well-formed, from somebody whom the sandbox doesn't know.
    Stranger(Fault),
}

impl Denied {
    pub(crate) fn fault(self) -> Fault {
        match self {
            Self::Malformed(fault) | Self::Stranger(fault) => fault,
        }
    }
}

/// Lets the request in if its `Authorization` is sound and, where `credentials` are given, theirs.
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
