//! Parses and checks a `SigV4` `Authorization` header. Must not depend on how a signature is computed.

use axum::http::request::Parts;

use super::{Denied, incomplete, signature};
use crate::fault::{Fault, Kind};
use crate::settings::Credentials;

pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The `Authorization` header's value after the algorithm, parsed.
#[derive(Debug)]
pub(super) struct Authorization<'a> {
    access_key: &'a str,
    /// `<day>/<region>/bedrock/aws4_request`.
    pub(super) scope: &'a str,
    pub(super) day: &'a str,
    pub(super) region: &'a str,
    /// Header names in lower case, sorted and separated by semicolons.
    pub(super) signed_headers: &'a str,
    signature: &'a str,
}

/// Checks the header's form and, if `credentials` are given, the access key, the region and the signature.
pub(super) fn check(rest: &str, parts: &Parts, body: &[u8], credentials: Option<&Credentials>) -> Result<(), Denied> {
    let authorization = parse(rest)
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
    if signature::verify(&authorization, &known.secret_key, date, parts, body, authorization.signature) {
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

fn parse(rest: &str) -> Option<Authorization<'_>> {
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for member in rest.split(',') {
        let (name, value) = member.trim().split_once('=')?;
        let place = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    let (access_key, scope) = credential?.split_once('/')?;
    let [day, region, "bedrock", "aws4_request"] = scope.split('/').collect::<Vec<_>>()[..] else { return None };
    let signature = signature?;
    let sound = !access_key.is_empty()
        && !region.is_empty()
        && signature.len() == 64
        && signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    sound.then_some(Authorization { access_key, scope, day, region, signed_headers: signed_headers?, signature })
}

fn is_date(date: &str) -> bool {
    date.len() == 16
        && date.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
}
