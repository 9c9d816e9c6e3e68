//! Pending sign-ins, kept by the browser that began them: each in a sealed cookie, bound to its state, short-lived and
//! limited in number. An unauthenticated request therefore stores nothing on the server. A state is valid only in its
//! own browser. That it is used only once is ensured by the provider's authorization code, since two callbacks at the
//! same time bring the same cookie.

use super::cookies::{OwnCookies, SetCookie};
use super::return_to::ReturnTo;
use agent::ports::{Millis, Unavailable};
use axum::http::HeaderMap;
use oidc::PendingSignIn;
use sealing::Keyring;
use serde::{Deserialize, Serialize};
use time::Duration;

/// Longest time that a person may take at the provider, in milliseconds.
const LIFETIME_MS: Millis = 15 * 60 * 1000;

/// Most pending sign-ins of one browser; a further one replaces the oldest.
const MOST_PENDING: usize = 8;

/// Largest value of a cookie, in bytes: eight of them fit into the headers that servers accept.
const LARGEST_COOKIE: usize = 1024;

/// A pending sign-in, and the page to which it returns.
#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) pending: PendingSignIn,
    pub(super) return_to: String,
    until: Millis,
}

/// Seals and opens the pending sign-ins of a browser.
pub(super) struct Attempts<'a> {
    pub(super) keyring: &'a Keyring,
    pub(super) cookies: OwnCookies,
    pub(super) now: Millis,
}

impl Attempts<'_> {
    /// Returns the cookies that keep a pending sign-in, and those that delete surplus and expired ones.
    ///
    /// # Errors
    /// [`Unavailable`] without randomness, or when the sign-in is too large for a cookie.
    pub(super) fn keep(
        &self,
        headers: &HeaderMap,
        pending: PendingSignIn,
        return_to: &ReturnTo,
    ) -> Result<Vec<SetCookie>, Unavailable> {
        let failed = |cause: String| Unavailable::new("this server", cause);
        let state = pending.state.clone();
        let until = self.now + LIFETIME_MS;
        let attempt = Attempt { pending, return_to: return_to.as_str().to_owned(), until };
        let plain = serde_json::to_vec(&attempt).map_err(|error| failed(error.to_string()))?;
        let sealed = self.keyring.seal_cookie(&place(&state), &plain)?;
        if sealed.len() > LARGEST_COOKIE {
            return Err(failed(format!(
                "a pending sign-in takes {} bytes; a cookie holds {LARGEST_COOKIE}",
                sealed.len()
            )));
        }
        let mut brought: Vec<_> = self.cookies.sign_ins(headers).collect();
        // A cookie that cannot be decrypted has no expiry, and is deleted first.
        brought.sort_by_cached_key(|(state, value)| {
            std::cmp::Reverse(self.open(state, value).map(|attempt| attempt.until))
        });
        let living = brought.iter().filter(|(state, value)| self.open(state, value).is_some()).count();
        let surplus =
            brought.iter().skip(living.min(MOST_PENDING - 1)).map(|(own, _)| self.cookies.forget_sign_in(own));
        Ok(surplus.chain([self.cookies.keep_sign_in(&state, sealed, Duration::milliseconds(LIFETIME_MS))]).collect())
    }

    /// Returns the pending sign-in with this state, if this browser began it recently. The caller must delete its
    /// cookie.
    pub(super) fn find(&self, headers: &HeaderMap, state: &str) -> Option<Attempt> {
        let (_, value) = self.cookies.sign_ins(headers).find(|(own, _)| *own == state)?;
        self.open(state, value)
    }

    fn open(&self, state: &str, value: &str) -> Option<Attempt> {
        let plain = self.keyring.open_cookie(&place(state), value).filter(|_| value.len() <= LARGEST_COOKIE)?;
        let attempt: Attempt = serde_json::from_slice(&plain).ok()?;
        (attempt.pending.state == state && self.now < attempt.until).then_some(attempt)
    }
}

fn place(state: &str) -> String {
    format!("sign-in {state}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::headers::Transport;
    use axum::http::{HeaderValue, header};
    use axum::response::Response;
    use std::collections::BTreeMap;

    const NOW: Millis = 1_795_353_600_000;

    fn keyring() -> Keyring {
        let secret = r#"{"current":"k1","keys":{"k1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}"#;
        Keyring::parse(secret).unwrap()
    }

    fn pending(state: &str) -> PendingSignIn {
        let value = serde_json::json!({"state": state, "nonce": "n", "verifier": "v", "organization": null});
        serde_json::from_value(value).unwrap()
    }

    /// A browser's cookies by name.
    #[derive(Default)]
    struct Jar(BTreeMap<String, String>);

    impl Jar {
        fn headers(&self) -> HeaderMap {
            let cookies: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
            HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(cookies.join("; ")).unwrap())])
        }

        fn begin(&mut self, state: &str, now: Millis) {
            let keyring = keyring();
            let attempts = Attempts { keyring: &keyring, cookies: OwnCookies(Transport::Tls), now };
            let mut answer = Response::default();
            let return_to = ReturnTo::parse(Some("/tools"));
            for cookie in attempts.keep(&self.headers(), pending(state), &return_to).unwrap() {
                cookie.add_to(&mut answer);
            }
            for cookie in answer.headers().get_all(header::SET_COOKIE) {
                let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                self.0.insert(name.to_owned(), value.to_owned());
            }
            self.0.retain(|_, value| !value.is_empty());
        }

        fn finds(&self, state: &str, now: Millis) -> bool {
            let keyring = keyring();
            let attempts = Attempts { keyring: &keyring, cookies: OwnCookies(Transport::Tls), now };
            attempts.find(&self.headers(), state).is_some_and(|attempt| attempt.return_to == "/tools")
        }
    }

    #[test]
    fn a_moved_changed_or_old_cookie_is_rejected() {
        let mut jar = Jar::default();
        jar.begin("s1", NOW);
        jar.begin("s2", NOW);
        for (state, now, found) in [
            ("s1", NOW, true),
            ("s2", NOW + LIFETIME_MS - 1, true),
            ("s1", NOW + LIFETIME_MS, false),
            ("s3", NOW, false),
            ("", NOW, false),
        ] {
            assert_eq!(jar.finds(state, now), found, "{state} at {now}");
        }
        let name = |state: &str| format!("__Host-countersign-sign-in-{state}");
        let own = jar.0[&name("s1")].clone();
        jar.0.insert(name("s3"), own.clone());
        assert!(!jar.finds("s3", NOW), "moved to another state");
        for place in 0..own.len() {
            let changed = if own.as_bytes()[place] == b'A' { "B" } else { "A" };
            let mut value = own.clone();
            value.replace_range(place..=place, changed);
            jar.0.insert(name("s1"), value);
            assert!(!jar.finds("s1", NOW), "character {place} changed");
        }
    }

    #[test]
    fn a_browser_keeps_only_its_newest_sign_ins() {
        let mut jar = Jar::default();
        jar.0.insert("__Host-countersign-sign-in-planted".to_owned(), "k.v".to_owned());
        for number in 0..20 {
            jar.begin(&format!("state-{number}"), NOW + number);
        }
        assert_eq!(jar.0.len(), MOST_PENDING);
        let found: Vec<_> = (0..20).filter(|number| jar.finds(&format!("state-{number}"), NOW + 20)).collect();
        assert_eq!(found, (12..20).collect::<Vec<_>>());
        assert!(jar.0.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() < 4096, "{:?}", jar.0);
        jar.begin("later", NOW + 20 + LIFETIME_MS);
        assert_eq!(jar.0.len(), 1, "expired sign-ins are dropped");
    }
}
