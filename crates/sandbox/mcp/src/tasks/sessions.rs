//! The sessions of clients of the older revision: bound to the subject of the token that began them, never a substitute
//! for a token.

use std::collections::BTreeMap;

/// How long a session lives from `initialize` on, in seconds: Gateway's default.
const LIFETIME_S: i64 = 3600;

struct Session {
    subject: String,
    begun: i64,
    version: &'static str,
    stage: Stage,
}

/// How far a client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// `initialize` was answered.
    Greeted,
    /// `notifications/initialized` has come.
    Ready,
}

#[derive(Default)]
pub(super) struct Sessions(BTreeMap<String, Session>);

impl Sessions {
    pub(super) fn begin(&mut self, id: String, subject: &str, version: &'static str, now: i64) {
        self.0.insert(id, Session { subject: subject.to_owned(), begun: now, version, stage: Stage::Greeted });
    }

    /// The revision that was agreed on.
    pub(super) fn version(&self, id: &str) -> Option<&'static str> {
        self.0.get(id).map(|session| session.version)
    }

    /// How far this session has come; `None` when there is none, it is over, or it is somebody else's.
    pub(super) fn stage(&self, id: &str, subject: &str, now: i64) -> Option<Stage> {
        self.own(id, subject, now).then(|| self.0.get(id).map(|session| session.stage))?
    }

    pub(super) fn ready(&mut self, id: &str) {
        if let Some(session) = self.0.get_mut(id) {
            session.stage = Stage::Ready;
        }
    }

    /// Ends a session; `None` as above.
    pub(super) fn end(&mut self, id: &str, subject: &str, now: i64) -> Option<()> {
        self.own(id, subject, now).then(|| self.0.remove(id).map(drop))?
    }

    fn own(&self, id: &str, subject: &str, now: i64) -> bool {
        self.0.get(id).is_some_and(|session| session.subject == subject && now - session.begun < LIFETIME_S)
    }
}
