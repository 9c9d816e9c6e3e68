//! Computes `SigV4` signatures. Must not decide which access keys or regions are accepted.

use aws_lc_rs::{constant_time, digest, hmac};
use axum::http::request::Parts;

use super::sigv4::{ALGORITHM, Authorization};

/// Returns true if `signature` is the one that `secret` produces for this request. `date` is the value of
/// `x-amz-date`.
pub(super) fn verify(
    authorization: &Authorization<'_>,
    secret: &str,
    date: &str,
    parts: &Parts,
    body: &[u8],
    signature: &str,
) -> bool {
    let canonical = canonical(authorization.signed_headers, parts, body);
    let to_sign = format!("{ALGORITHM}\n{date}\n{}\n{}", authorization.scope, sha256(canonical.as_bytes()));
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [authorization.day, authorization.region, "bedrock", "aws4_request"] {
        key = sign(&key, part);
    }
    let computed = hex(&sign(&key, &to_sign));
    constant_time::verify_slices_are_equal(computed.as_bytes(), signature.as_bytes()).is_ok()
}

fn canonical(signed_headers: &str, parts: &Parts, body: &[u8]) -> String {
    let headers: String = signed_headers.split(';').map(|name| format!("{name}:{}\n", header(name, parts))).collect();
    let path = encoded(parts.uri.path());
    let mut query: Vec<&str> = parts.uri.query().unwrap_or_default().split('&').collect();
    query.sort_unstable();
    format!("{}\n{path}\n{}\n{headers}\n{signed_headers}\n{}", parts.method, query.join("&"), sha256(body))
}

/// Percent-encodes the path once more than it was sent, as `SigV4` requires for every service but S3.
fn encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

/// Returns a header's values joined by commas, each trimmed and with inner white space collapsed to one space.
fn header(name: &str, parts: &Parts) -> String {
    let value = |bytes: &[u8]| String::from_utf8_lossy(bytes).split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    parts.headers.get_all(name).iter().map(|header| value(header.as_bytes())).collect::<Vec<_>>().join(",")
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
