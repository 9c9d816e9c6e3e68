//! Our cookies: their names and attributes, and how they are read from and written to headers.

use super::headers::Transport;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};
use tower_sessions::session::Id;

const SESSION: &str = "countersign";

/// Prefix of the name of a pending sign-in's cookie; the state follows.
const SIGN_IN: &str = "countersign-sign-in-";

/// The cookies of this application, as the transport allows them.
#[derive(Debug, Clone, Copy)]
pub struct OwnCookies(pub Transport);

impl OwnCookies {
    /// Returns the session id that a request's cookie names, whether or not that session exists.
    #[must_use]
    pub fn session(self, headers: &HeaderMap) -> Option<Id> {
        let name = self.name(SESSION);
        all(headers).find(|(own, _)| *own == name).and_then(|(_, value)| value.parse().ok())
    }

    /// Sets the session's cookie, with this lifetime.
    pub fn keep_session(self, id: &Id, lifetime: Duration) -> SetCookie {
        self.set(SESSION, id.to_string(), lifetime)
    }

    /// Deletes the session's cookie.
    pub fn forget_session(self) -> SetCookie {
        self.set(SESSION, String::new(), Duration::ZERO)
    }

    /// Returns the pending sign-ins of a request: state and sealed value.
    pub(super) fn sign_ins(self, headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
        let prefix = self.name(SIGN_IN);
        all(headers).filter_map(move |(name, value)| Some((name.strip_prefix(prefix.as_str())?, value)))
    }

    /// Sets the cookie of the pending sign-in with this state.
    pub(super) fn keep_sign_in(self, state: &str, sealed: String, lifetime: Duration) -> SetCookie {
        self.set(&format!("{SIGN_IN}{state}"), sealed, lifetime)
    }

    /// Deletes the cookie of the pending sign-in with this state.
    pub(super) fn forget_sign_in(self, state: &str) -> SetCookie {
        self.set(&format!("{SIGN_IN}{state}"), String::new(), Duration::ZERO)
    }

    /// The `__Host-` prefix ties a cookie to this very host; browsers accept it over TLS only.
    fn name(self, name: &str) -> String {
        if self.0 == Transport::Tls { format!("__Host-{name}") } else { name.to_owned() }
    }

    fn set(self, name: &str, value: String, lifetime: Duration) -> SetCookie {
        let cookie = Cookie::build((self.name(name), value))
            .path("/")
            .secure(self.0 == Transport::Tls)
            .http_only(true)
            // Not `Strict`: the provider's redirect back is cross-site and must carry the cookies.
            .same_site(SameSite::Lax)
            .max_age(lifetime);
        SetCookie(cookie.build().to_string())
    }
}

/// The value of a `Set-Cookie` header. `Debug` hides it, since it holds a secret.
#[must_use]
pub struct SetCookie(String);

impl SetCookie {
    /// Adds the header to an answer.
    pub(super) fn add_to(self, response: &mut Response) {
        match HeaderValue::try_from(self.0) {
            Ok(mut value) => {
                value.set_sensitive(true);
                response.headers_mut().append(header::SET_COOKIE, value);
            }
            Err(_) => tracing::error!("a cookie could not be set: its name or value does not fit a header"),
        }
    }
}

impl std::fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetCookie(..)")
    }
}

/// Returns the cookies of a request by name (RFC 6265 section 4.2.1).
pub(crate) fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_session_cookie_needs_the_right_name_and_shape() {
        let id = Id::default();
        let rows = [
            (format!("countersign={id}"), Some(id), None),
            (format!("a=b; countersign={id};c"), Some(id), None),
            (format!("__Host-countersign={id}"), None, Some(id)),
            (format!("Countersign={id}; countersign ={id}"), None, None),
            (format!("countersign=\"{id}\""), None, None),
            (format!("countersign={id}x"), None, None),
            ("countersign=".to_owned(), None, None),
            ("=;;;".to_owned(), None, None),
        ];
        for (cookie, loopback, tls) in rows {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(&cookie).unwrap())]);
            assert_eq!(OwnCookies(Transport::Loopback).session(&headers), loopback, "{cookie}");
            assert_eq!(OwnCookies(Transport::Tls).session(&headers), tls, "{cookie}");
        }
    }

    #[test]
    fn cookies_are_hidden_from_scripts_and_other_hosts_and_expire() {
        let cookies = OwnCookies(Transport::Tls);
        let attributes = "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=";
        let id = Id::default();
        let rows = [
            (cookies.keep_session(&id, Duration::hours(1)), format!("__Host-countersign={id}; {attributes}3600")),
            (cookies.forget_session(), format!("__Host-countersign=; {attributes}0")),
            (
                cookies.keep_sign_in("s-1", "k.v".to_owned(), Duration::MINUTE),
                format!("__Host-countersign-sign-in-s-1=k.v; {attributes}60"),
            ),
            (cookies.forget_sign_in("s-1"), format!("__Host-countersign-sign-in-s-1=; {attributes}0")),
        ];
        for (cookie, expected) in rows {
            assert_eq!(cookie.0, expected);
        }
    }
}
