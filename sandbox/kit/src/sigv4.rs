//! Parses the `Authorization` header of Signature Version 4, or the same members of a presigned query, and verifies the
//! signature. Must not decide which access keys or regions are accepted.

use aws_lc_rs::{constant_time, digest, hmac};
use axum::http::request::Parts;

/// The algorithm, with which the header begins.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The `Authorization` header's value after the algorithm, parsed.
#[derive(Debug)]
pub struct Authorization<'a> {
    /// The access key id.
    pub access_key: &'a str,
    /// `<day>/<region>/<service>/aws4_request`.
    pub scope: &'a str,
    /// The day, `YYYYMMDD`.
    pub day: &'a str,
    /// The region.
    pub region: &'a str,
    /// The service.
    pub service: &'a str,
    /// Header names in lower case, sorted and separated by semicolons.
    pub signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Parses the value after the algorithm; `None` if it is malformed.
    #[must_use]
    pub fn parse(rest: &'a str) -> Option<Self> {
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
        let [day, region, service, "aws4_request"] = scope.split('/').collect::<Vec<_>>()[..] else { return None };
        let signature = signature?;
        let sound = !access_key.is_empty()
            && !region.is_empty()
            && !service.is_empty()
            && signature.len() == 64
            && signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        sound.then_some(Self { access_key, scope, day, region, service, signed_headers: signed_headers?, signature })
    }

    /// Returns true if `secret` produces the signature for this request. `date` is the value of `x-amz-date`.
    #[must_use]
    pub fn is_signed_by(&self, secret: &str, date: &str, parts: &Parts, body: &[u8]) -> bool {
        let canonical = canonical(self.signed_headers, parts, body);
        let to_sign = format!("{ALGORITHM}\n{date}\n{}\n{}", self.scope, sha256(canonical.as_bytes()));
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [self.day, self.region, self.service, "aws4_request"] {
            key = sign(&key, part);
        }
        let computed = hex(&sign(&key, &to_sign));
        constant_time::verify_slices_are_equal(computed.as_bytes(), self.signature.as_bytes()).is_ok()
    }
}

fn canonical(signed_headers: &str, parts: &Parts, body: &[u8]) -> String {
    let headers: String = signed_headers.split(';').map(|name| format!("{name}:{}\n", header(name, parts))).collect();
    let path = encoded(parts.uri.path());
    // The signature of a presigned request covers its other parameters.
    let query = parts.uri.query().unwrap_or_default().split('&');
    let mut query: Vec<&str> = query.filter(|pair| !pair.starts_with("X-Amz-Signature=")).collect();
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
