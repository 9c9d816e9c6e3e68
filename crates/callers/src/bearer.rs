//! The bearer token of a request (RFC 6750 section 2.1), which is accepted in one header and nowhere else.

use crate::rejection::{BadRequest, InvalidToken, Reason};
use http::header::AUTHORIZATION;
use http::request::Parts;

/// Largest accepted token in bytes.
const LARGEST_TOKEN: usize = 16 * 1024;

/// Returns the token. A token in the query is refused and never read, because URLs end up in logs (RFC 6750 section 2.3,
/// RFC 9700 section 4.3.2).
pub(crate) fn read(request: &Parts) -> Result<&str, Reason> {
    let query = request.uri.query().unwrap_or_default();
    if url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name.eq_ignore_ascii_case("access_token")) {
        return Err(Reason::BadRequest(BadRequest::TokenInQuery));
    }
    let mut headers = request.headers.get_all(AUTHORIZATION).iter();
    let header = match (headers.next(), headers.next()) {
        (None, _) => return Err(Reason::NoCredentials),
        (Some(header), None) => header.as_bytes(),
        (Some(_), Some(_)) => return Err(Reason::BadRequest(BadRequest::SeveralHeaders)),
    };
    let end = header.iter().position(|byte| *byte == b' ').unwrap_or(header.len());
    let (scheme, token) = header.split_at(end);
    // A scheme that is not supported counts as no credentials (RFC 6750 section 3.1).
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(Reason::NoCredentials);
    }
    let token = token.trim_ascii();
    if token.len() > LARGEST_TOKEN {
        return Err(Reason::InvalidToken(InvalidToken::Length));
    }
    let token = std::str::from_utf8(token).map_err(|_| InvalidToken::Form)?;
    if token.is_empty() { Err(InvalidToken::Form.into()) } else { Ok(token) }
}
