//! Sessions of revision 2025-11-25. A session is bound to the subject of the token that began it, and never replaces a
//! token.

use std::collections::BTreeMap;

/// Lifetime of a session from `initialize` on, in seconds: the default of `AgentCore` Gateway.
const LIFETIME_S: i64 = 3600;

struct Session {
    subject: String,
    begun: i64,
    version: &'static str,
    stage: Stage,
}

/// A client's progress in the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The server answered `initialize`.
    Greeted,
    /// The client sent `notifications/initialized`.
    Ready,
}

#[derive(Default)]
pub(super) struct Sessions(BTreeMap<String, Session>);

impl Sessions {
    pub(super) fn begin(&mut self, id: String, subject: &str, version: &'static str, now: i64) {
        self.0.insert(id, Session { subject: subject.to_owned(), begun: now, version, stage: Stage::Greeted });
    }

    /// Returns the negotiated revision.
    pub(super) fn version(&self, id: &str) -> Option<&'static str> {
        self.0.get(id).map(|session| session.version)
    }

    /// Returns the session's stage; `None` if it doesn't exist, has expired, or belongs to another subject.
    pub(super) fn stage(&self, id: &str, subject: &str, now: i64) -> Option<Stage> {
        self.own(id, subject, now).then(|| self.0.get(id).map(|session| session.stage))?
    }

    pub(super) fn ready(&mut self, id: &str) {
        if let Some(session) = self.0.get_mut(id) {
            session.stage = Stage::Ready;
        }
    }

    /// Ends a session; `None` in the same cases as for [`Self::stage`].
    pub(super) fn end(&mut self, id: &str, subject: &str, now: i64) -> Option<()> {
        self.own(id, subject, now).then(|| self.0.remove(id).map(drop))?
    }

    fn own(&self, id: &str, subject: &str, now: i64) -> bool {
        self.0.get(id).is_some_and(|session| session.subject == subject && now - session.begun < LIFETIME_S)
    }
}
