//! Checks a `SigV4` `Authorization` header. Must not depend on how a signature is computed.

use axum::http::request::Parts;

use sandbox_kit::sigv4::Authorization;

use super::{Denied, incomplete};
use crate::fault::{Fault, Kind};
use crate::settings::Credentials;

pub(super) use sandbox_kit::sigv4::ALGORITHM;

/// The service in the scope of a signature.
const SERVICE: &str = "bedrock";

/// Checks the header's form and, if `credentials` are given, the access key, the region and the signature.
pub(super) fn check(rest: &str, parts: &Parts, body: &[u8], credentials: Option<&Credentials>) -> Result<(), Denied> {
    let authorization = Authorization::parse(rest)
        .filter(|own| own.service == SERVICE)
        .ok_or_else(|| incomplete("Authorization needs Credential, SignedHeaders and Signature, each well-formed."))?;
    let date = parts.headers.get("x-amz-date").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_date(date) || date.get(..8) != Some(authorization.day) {
        return Err(incomplete(
            "X-Amz-Date must be given as YYYYMMDD'T'HHMMSS'Z' and agree with the credential's scope.",
        ));
    }
    let signed: Vec<&str> = authorization.signed_headers.split(';').collect();
    if !signed.is_sorted() || signed.iter().any(|name| !parts.headers.contains_key(*name)) {
        return Err(incomplete("SignedHeaders must be sorted names of headers that were sent."));
    }
    for needed in ["host", "x-amz-date"]
        .into_iter()
        .chain(parts.headers.contains_key("x-amz-security-token").then_some("x-amz-security-token"))
    {
        if !signed.contains(&needed) {
            return Err(incomplete(&format!("'{needed}' must be a 'SignedHeader' in the AWS Authorization.")));
        }
    }
    let Some(known) = credentials else { return Ok(()) };
    if authorization.access_key != known.access_key {
        return Err(stranger(Kind::UnrecognizedClient, "The security token included in the request is invalid."));
    }
    if authorization.region != known.region {
        return Err(stranger(Kind::InvalidSignature, "Credential should be scoped to a valid region."));
    }
    if authorization.is_signed_by(&known.secret_key, date, parts, body) {
        return Ok(());
    }
    Err(stranger(
        Kind::InvalidSignature,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ))
}

fn stranger(kind: Kind, message: &str) -> Denied {
    Denied::Stranger(Fault::new(kind, message))
}

fn is_date(date: &str) -> bool {
    date.len() == 16
        && date.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
}
