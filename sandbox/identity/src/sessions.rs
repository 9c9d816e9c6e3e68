//! The provider's own browser sessions: person, browser and clients. Must not depend on tokens.

use std::collections::{BTreeSet, HashMap};

use axum::http::HeaderMap;
use sandbox_kit::canary;

use crate::http;

/// Name of the session cookie, the same as Auth0's.
const COOKIE: &str = "auth0";
/// Idle timeout in seconds: three days, Auth0's default.
const IDLE_S: i64 = 259_200;
/// Absolute session lifetime in seconds: seven days, Auth0's default.
const ABSOLUTE_S: i64 = 604_800;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) sid: String,
    pub(crate) sub: String,
    pub(crate) auth_time: i64,
    /// Clients that received tokens in this session.
    pub(crate) clients: BTreeSet<String>,
    started: i64,
    used: i64,
}

/// Sessions by cookie value.
#[derive(Default)]
pub(crate) struct Sessions(HashMap<String, Session>);

impl Sessions {
    /// Returns this browser's unexpired session and marks it as used.
    pub(crate) fn of(&mut self, headers: &HeaderMap, now: i64) -> Option<&mut Session> {
        self.0.retain(|_, session| now < session.used + IDLE_S && now < session.started + ABSOLUTE_S);
        let session = self.0.get_mut(http::cookie(headers, COOKIE)?)?;
        session.used = now;
        Some(session)
    }

    /// Signs `sub` in and returns the session and its new cookie value. The same person keeps the session id; another
    /// person gets a new session.
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

    /// Ends and returns the matching sessions.
    pub(crate) fn end(&mut self, wanted: impl Fn(&Session) -> bool) -> Vec<Session> {
        self.0.extract_if(|_, session| wanted(session)).map(|(_, session)| session).collect()
    }
}

/// Returns the `Set-Cookie` value for a session, limited to the issuer's path.
pub(crate) fn set_cookie(value: &str, issuer: &str) -> String {
    cookie(COOKIE, value, IDLE_S, issuer)
}

/// Returns the `Set-Cookie` value for any cookie, limited to the issuer's path.
pub(crate) fn cookie(name: &str, value: &str, max_age_s: i64, issuer: &str) -> String {
    format!("{name}={value}; Max-Age={max_age_s}; {}", attributes(issuer))
}

/// Returns the `Set-Cookie` value that deletes the session cookie.
pub(crate) fn clear_cookie(issuer: &str) -> String {
    format!("{COOKIE}=; Max-Age=0; {}", attributes(issuer))
}

fn attributes(issuer: &str) -> String {
    let secure = if issuer.starts_with("https:") { "; Secure" } else { "" };
    format!("Path={}; HttpOnly; SameSite=Lax{secure}", crate::pages::path(issuer, ""))
}
