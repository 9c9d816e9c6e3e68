//! `tasks`: the tasks that are assigned to whoever the token speaks for, as an MCP server behind `AgentCore` Gateway.
//! It must never know how tokens are made: a callback vouches for them.

mod desk;
mod door;
mod endpoint;
mod sessions;
mod tools;
mod transport;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::{get, post};
use sandbox_kit::{Clock, Sins};

pub use desk::Task;
pub use door::{Authenticate, Caller, Refused};

use crate::record::{Record, Recorded};
use desk::Desk;
use sessions::Sessions;

/// The target's name, the first half of every tool's name at a gateway: `tasks___get_tasks`.
pub const TARGET: &str = "tasks";

/// The scopes, reading and changing. A token needs one of them to be let in at all.
pub const SCOPES: [&str; 2] = ["tasks:read", "tasks:write"];

/// What the server is told at start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its address without a path and a trailing slash; the endpoint is `/mcp` beneath it.
    pub url: String,
    /// The issuer whose tokens it takes.
    pub issuer: String,
    /// The clients that may have asked for a token, by `azp`; every one when it is empty.
    pub clients: Vec<String>,
}

impl Settings {
    /// The endpoint, which is the `aud` of tokens as well.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("{}/mcp", self.url)
    }
}

/// How a request is answered; a client must take both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// As one JSON document.
    #[default]
    Json,
    /// As server-sent events, with a notification before the answer.
    EventStream,
}

/// Which revisions are spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Revisions {
    /// 2026-07-28 and 2025-11-25.
    #[default]
    Both,
    /// 2025-11-25 alone: whatever comes without a session is refused, in plain text as older servers do.
    LegacyOnly,
    /// These alone, newest first, of a server that knows 2026-07-28 and was told not to speak it: it answers -32022 and
    /// names them.
    Enabled(&'static [&'static str]),
}

/// The server. Clones share everything.
#[derive(Clone)]
pub struct Tasks {
    settings: Arc<Settings>,
    state: Arc<Mutex<State>>,
    authenticate: Authenticate,
    record: Record,
    clock: Clock,
    sins: Sins,
}

#[derive(Default)]
struct State {
    desk: Desk,
    sessions: Sessions,
    form: Form,
    revisions: Revisions,
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Tasks {
    /// A server with a few tasks for each of the demo people.
    #[must_use]
    pub fn new(settings: Settings, authenticate: Authenticate, clock: Clock, sins: Sins) -> Self {
        let (settings, state) = (Arc::new(settings), Arc::default());
        Self { settings, state, authenticate, record: Record::default(), clock, sins }
    }

    /// `/mcp` and the metadata of the protected resource.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/mcp", post(endpoint::post).get(endpoint::get).delete(endpoint::delete))
            .route("/.well-known/oauth-protected-resource", get(door::metadata))
            .route("/.well-known/oauth-protected-resource/mcp", get(door::metadata))
            .with_state(self.clone())
    }

    /// The requests so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.record.all()
    }

    /// The tasks of a person, by `sub`.
    #[must_use]
    pub fn of(&self, subject: &str) -> Vec<Task> {
        self.lock().desk.of(subject)
    }

    /// Answers in this form from now on.
    pub fn answer_as(&self, form: Form) {
        self.lock().form = form;
    }

    /// Speaks these revisions from now on.
    pub fn speak(&self, revisions: Revisions) {
        self.lock().revisions = revisions;
    }

    /// Forgets every session, as a restarted server does.
    pub fn forget_sessions(&self) {
        self.lock().sessions = Sessions::default();
    }

    fn sin(&self, what: impl Into<String>) {
        self.sins.commit("mcp", what);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
