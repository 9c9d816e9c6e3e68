//! The token and the session of a socket. A page cannot set headers of a WebSocket, so both have a second place.

use super::Session;
use crate::doors::refusal::Refusal;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The subprotocol that is chosen for a caller whose token is in another one.
pub(super) const PROTOCOL: &str = "base64UrlBearerAuthorization";

const WITH_TOKEN: &str = "base64UrlBearerAuthorization.";

/// Moves a token from the subprotocols to `Authorization`, where the authorizer reads it.
///
/// # Errors
/// There are two tokens, or the text is no base64url.
pub(super) fn token(headers: &mut HeaderMap) -> Result<(), Refusal> {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let mut tokens = offered.flat_map(|value| value.split(',')).filter_map(|own| own.trim().strip_prefix(WITH_TOKEN));
    let Some(encoded) = tokens.next() else { return Ok(()) };
    if tokens.next().is_some() || headers.contains_key(header::AUTHORIZATION) {
        return Err(Refusal::Malformed("The request carries more than one token."));
    }
    let token = URL_SAFE_NO_PAD.decode(encoded).ok().and_then(|token| String::from_utf8(token).ok());
    let value = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
    let mut value = value.ok_or(Refusal::Malformed("The subprotocol holds no token in base64url."))?;
    value.set_sensitive(true);
    headers.insert(header::AUTHORIZATION, value);
    headers.remove(header::SEC_WEBSOCKET_PROTOCOL);
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    Ok(())
}

/// Returns the session of the header or of the query, which must be one.
pub(super) fn session(parts: &Parts) -> Result<Session, Refusal> {
    let headers = parts.headers.get_all(Session::HEADER).iter();
    let headers = headers.map(|id| id.to_str().unwrap_or_default().to_owned());
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let query = query.filter(|(name, _)| name.eq_ignore_ascii_case(Session::HEADER)).map(|(_, id)| id.into_owned());
    let mut given = headers.chain(query);
    match (given.next(), given.next()) {
        (Some(id), None) => Session::parse(&id),
        _ => None,
    }
    .ok_or(Refusal::Malformed(
        "One X-Amzn-Bedrock-AgentCore-Runtime-Session-Id of 33 to 256 characters is needed, in a header or in the query.",
    ))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use axum::http::Request;

    #[test]
    fn the_token_of_a_page_is_in_its_subprotocol_once() {
        for (protocols, authorization, expected) in [
            ("", None, Some(None)),
            ("chat", None, Some(None)),
            ("base64UrlBearerAuthorization.YS5i, base64UrlBearerAuthorization", None, Some(Some("Bearer a.b"))),
            ("chat,base64UrlBearerAuthorization.YS5i", None, Some(Some("Bearer a.b"))),
            ("base64UrlBearerAuthorization.YS5i", Some("Bearer c"), None),
            ("base64UrlBearerAuthorization.YS5i,base64UrlBearerAuthorization.YS5i", None, None),
            ("base64UrlBearerAuthorization.YS5i==", None, None),
            ("base64UrlBearerAuthorization.YQpi", None, None),
            ("base64UrlBearerAuthorization./+", None, None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_str(protocols).unwrap());
            authorization.map(|own| headers.insert(header::AUTHORIZATION, HeaderValue::from_static(own)));
            let read = token(&mut headers).ok();
            let read = read.map(|()| headers.get(header::AUTHORIZATION).map(|own| own.to_str().unwrap()));
            assert_eq!(read, expected, "{protocols}");
            if read.flatten().is_some() {
                assert_eq!(headers[header::SEC_WEBSOCKET_PROTOCOL], PROTOCOL, "no token is left there");
            }
        }
    }

    #[test]
    fn a_session_comes_from_one_place() {
        let (one, two) = ("a".repeat(33), "b".repeat(33));
        let query = |id: &str| format!("/ws?X-Amzn-Bedrock-AgentCore-Runtime-Session-Id={id}");
        for (uri, header, expected) in [
            ("/ws".to_owned(), Some(&one), Some(&one)),
            (query(&one), None, Some(&one)),
            (query(&two).to_lowercase(), None, Some(&two)),
            (query(&two), Some(&one), None),
            (format!("{}&{}", query(&one), &query(&two)[4..]), None, None),
            (query("short"), None, None),
            ("/ws".to_owned(), None, None),
        ] {
            let mut request = Request::get(&uri);
            if let Some(id) = header {
                request = request.header(Session::HEADER, id);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let read = session(&parts).ok();
            assert_eq!(read.as_ref().map(Session::as_str), expected.map(String::as_str), "{uri}");
        }
    }
}
