//! The provider's own sessions: who is signed in, in which browser, and at which clients. It must never know tokens.

use std::collections::{BTreeSet, HashMap};

use axum::http::HeaderMap;
use sandbox_kit::canary;

use crate::http;

/// The cookie of the session, named as Auth0's.
const COOKIE: &str = "auth0";
/// A session unused for three days is over; Auth0's default.
const IDLE_S: i64 = 259_200;
/// A session older than a week is over; Auth0's default.
const ABSOLUTE_S: i64 = 604_800;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) sid: String,
    pub(crate) sub: String,
    pub(crate) auth_time: i64,
    /// The clients that got tokens in this session.
    pub(crate) clients: BTreeSet<String>,
    started: i64,
    used: i64,
}

/// Sessions by the value of their cookie.
#[derive(Default)]
pub(crate) struct Sessions(HashMap<String, Session>);

impl Sessions {
    /// The live session of this browser, marked as used now.
    pub(crate) fn of(&mut self, headers: &HeaderMap, now: i64) -> Option<&mut Session> {
        self.0.retain(|_, session| now < session.used + IDLE_S && now < session.started + ABSOLUTE_S);
        let session = self.0.get_mut(http::cookie(headers, COOKIE)?)?;
        session.used = now;
        Some(session)
    }

    /// Signs `sub` in and returns the session with the new value of the cookie.
    /// The same person keeps the session id; another person gets another session.
    pub(crate) fn sign_in(&mut self, headers: &HeaderMap, sub: &str, now: i64) -> (&mut Session, String) {
        let old = http::cookie(headers, COOKIE).and_then(|value| self.0.remove(value));
        let session = match old.filter(|old| old.sub == sub) {
            Some(old) => Session { auth_time: now, used: now, ..old },
            None => Session {
                sid: canary::random(24),
                sub: sub.to_owned(),
                auth_time: now,
                clients: BTreeSet::new(),
                started: now,
                used: now,
            },
        };
        let value = canary::secret("sso");
        (self.0.entry(value.clone()).or_insert(session), value)
    }

    /// Ends the sessions that `wanted` picks and returns them.
    pub(crate) fn end(&mut self, wanted: impl Fn(&Session) -> bool) -> Vec<Session> {
        self.0.extract_if(|_, session| wanted(session)).map(|(_, session)| session).collect()
    }
}

/// The `Set-Cookie` of a session below the issuer's path.
pub(crate) fn set_cookie(value: &str, issuer: &str) -> String {
    cookie(COOKIE, value, IDLE_S, issuer)
}

/// The `Set-Cookie` of any cookie below the issuer's path.
pub(crate) fn cookie(name: &str, value: &str, max_age_s: i64, issuer: &str) -> String {
    format!("{name}={value}; Max-Age={max_age_s}; {}", attributes(issuer))
}

/// The `Set-Cookie` that takes the cookie away.
pub(crate) fn clear_cookie(issuer: &str) -> String {
    format!("{COOKIE}=; Max-Age=0; {}", attributes(issuer))
}

fn attributes(issuer: &str) -> String {
    let secure = if issuer.starts_with("https:") { "; Secure" } else { "" };
    format!("Path={}; HttpOnly; SameSite=Lax{secure}", crate::pages::path(issuer, ""))
}
