//! The form of a presigned `GetCallerIdentity` (AWS Signature Version 4, query parameters). Everything that is not expected
//! is refused before anything is sent.

use crate::rejection::InvalidToken;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use time::{Date, Month, PrimitiveDateTime, Time};
use url::Url;

/// The beginning of a token that holds a presigned request.
pub(crate) const PREFIX: &str = "cs-aws-v1.";

/// The header that binds the signature to one door.
pub(crate) const AUDIENCE_HEADER: &str = "x-countersign-audience";

/// Largest accepted token in bytes.
const LARGEST_TOKEN: usize = 4096;

/// Longest accepted lifetime in seconds, and so the greatest age.
pub(crate) const LONGEST_S: i64 = 900;

/// Largest accepted difference of a clock that is ahead of ours, in seconds.
const AHEAD_S: i64 = 60;

/// The parameters that must occur; the session token may.
const REQUIRED: [&str; 8] = [
    "action",
    "version",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-signature",
    "x-amz-signedheaders",
];

/// The parameter with the session token of temporary credentials.
const SESSION_TOKEN: &str = "x-amz-security-token";

/// A presigned request whose form and time are right. Its signature can be judged by AWS STS alone.
pub(crate) struct Presigned {
    pub(crate) url: SecretString,
    pub(crate) signature: String,
    /// The time of signing, in seconds since 1970.
    pub(crate) signed_at: i64,
    /// The end of its validity, in seconds since 1970.
    pub(crate) expires_at: i64,
}

impl Presigned {
    /// Parses a token at `now`, in seconds since 1970.
    ///
    /// # Errors
    /// The first check that failed.
    pub(crate) fn parse(token: &str, hosts: &BTreeSet<String>, now: i64) -> Result<Self, InvalidToken> {
        let url = address(token, hosts)?;
        let query = query(&url)?;
        let value = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let fixed =
            [("action", "GetCallerIdentity"), ("version", "2011-06-15"), ("x-amz-algorithm", "AWS4-HMAC-SHA256")];
        if fixed.iter().any(|(name, expected)| value(name) != *expected) {
            return Err(InvalidToken::PresignedQuery);
        }
        let signature = value("x-amz-signature");
        // One spelling alone, so that a used signature is recognized.
        if signature.len() != 64 || !signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(InvalidToken::PresignedQuery);
        }
        let signed: BTreeSet<&str> = value("x-amz-signedheaders").split(';').collect();
        if signed != BTreeSet::from(["host", AUDIENCE_HEADER]) {
            return Err(InvalidToken::PresignedHeaders);
        }
        let (signed_at, expires_at) = times(value("x-amz-date"), value("x-amz-expires"), now)?;
        Ok(Self { signature: signature.to_owned(), url: String::from(url).into(), signed_at, expires_at })
    }
}

impl fmt::Debug for Presigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigned").field("signed_at", &self.signed_at).finish_non_exhaustive()
    }
}

/// Decodes the URL. Its host must be one of AWS STS, so that the request goes nowhere else.
fn address(token: &str, hosts: &BTreeSet<String>) -> Result<Url, InvalidToken> {
    let encoded = token.strip_prefix(PREFIX).filter(|_| token.len() <= LARGEST_TOKEN);
    let bytes = URL_SAFE_NO_PAD.decode(encoded.ok_or(InvalidToken::PresignedForm)?);
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(InvalidToken::PresignedForm)?;
    // A URL parser skips blanks and takes backslashes for slashes.
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err(InvalidToken::PresignedForm);
    }
    let url = Url::parse(&text).map_err(|_| InvalidToken::PresignedForm)?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_listed = url.host_str().is_some_and(|host| hosts.contains(host));
    // The parser drops 443, the default port.
    if url.scheme() == "https" && is_plain && is_listed && url.port().is_none() && url.path() == "/" {
        Ok(url)
    } else {
        Err(InvalidToken::PresignedAddress)
    }
}

/// Reads the parameters. Names are compared without case, as AWS does, so each may occur in one spelling only
/// (CVE-2022-2385).
fn query(url: &Url) -> Result<BTreeMap<String, String>, InvalidToken> {
    let mut query = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        let name = name.to_ascii_lowercase();
        let is_known = REQUIRED.contains(&name.as_str()) || name == SESSION_TOKEN;
        if !is_known || query.insert(name, value.into_owned()).is_some() {
            return Err(InvalidToken::PresignedQuery);
        }
    }
    if REQUIRED.iter().all(|name| query.contains_key(*name)) { Ok(query) } else { Err(InvalidToken::PresignedQuery) }
}

/// Returns the time of signing and the end of validity. AWS STS does not enforce the latter. Since a request is valid for
/// at most fifteen minutes, one that still is was signed within them.
fn times(date: &str, expires: &str, now: i64) -> Result<(i64, i64), InvalidToken> {
    let signed_at = seconds(date).ok_or(InvalidToken::PresignedTime)?;
    let is_number = !expires.is_empty() && expires.len() <= 3 && expires.bytes().all(|byte| byte.is_ascii_digit());
    let lifetime: i64 = expires.parse().ok().filter(|_| is_number).ok_or(InvalidToken::PresignedTime)?;
    let expires_at = signed_at + lifetime;
    let is_current = signed_at <= now + AHEAD_S && expires_at >= now;
    if (1..=LONGEST_S).contains(&lifetime) && is_current {
        Ok((signed_at, expires_at))
    } else {
        Err(InvalidToken::PresignedTime)
    }
}

/// Parses `20261127T120000Z` to seconds since 1970.
fn seconds(date: &str) -> Option<i64> {
    let (day, time) = date.strip_suffix('Z')?.split_once('T')?;
    if day.len() != 8 || time.len() != 6 || !day.bytes().chain(time.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let month = Month::try_from(day[4..6].parse::<u8>().ok()?).ok()?;
    let day = Date::from_calendar_date(day[..4].parse().ok()?, month, day[6..].parse().ok()?).ok()?;
    let time = Time::from_hms(time[..2].parse().ok()?, time[2..4].parse().ok()?, time[4..].parse().ok()?).ok()?;
    Some(PrimitiveDateTime::new(day, time).assume_utc().unix_timestamp())
}
