//! The MCP server `tasks`, which lists the tasks of the person behind the token, as if behind `AgentCore` Gateway.
//! Must not depend on how tokens are issued: a callback validates them.

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

/// The target's name: a gateway prefixes every tool's name with it, as in `tasks___get_tasks`.
pub const TARGET: &str = "tasks";

/// The scopes for reading and for changing tasks. Every request requires a token with at least one of them.
pub const SCOPES: [&str; 2] = ["tasks:read", "tasks:write"];

/// The settings of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server's URL without a path and a trailing slash; the endpoint is `/mcp` beneath it.
    pub url: String,
    /// The issuer of accepted tokens.
    pub issuer: String,
    /// Clients whose tokens are accepted, by `azp`; empty accepts every client.
    pub clients: Vec<String>,
}

impl Settings {
    /// Returns the endpoint's URL, which is also the `aud` of tokens.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("{}/mcp", self.url)
    }
}

/// The format of a response; a client must accept both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// One JSON document.
    #[default]
    Json,
    /// Server-sent events, with a notification before the response.
    EventStream,
}

/// The supported revisions of MCP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Revisions {
    /// 2026-07-28 and 2025-11-25.
    #[default]
    Both,
    /// 2025-11-25 only: a request without a session is rejected in plain text, as older servers do.
    LegacyOnly,
    /// Only these, newest first: a server that knows 2026-07-28 but was configured without it. It rejects other
    /// revisions with -32022 and lists these.
    Enabled(&'static [&'static str]),
}

/// The server. Clones share all state.
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
    /// Creates a server with a few tasks for each of the demo people.
    #[must_use]
    pub fn new(settings: Settings, authenticate: Authenticate, clock: Clock, sins: Sins) -> Self {
        let (settings, state) = (Arc::new(settings), Arc::default());
        Self { settings, state, authenticate, record: Record::default(), clock, sins }
    }

    /// Returns the routes: `/mcp` and the protected resource metadata.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/mcp", post(endpoint::post).get(endpoint::get).delete(endpoint::delete))
            .route("/.well-known/oauth-protected-resource", get(door::metadata))
            .route("/.well-known/oauth-protected-resource/mcp", get(door::metadata))
            .with_state(self.clone())
    }

    /// Returns the recorded requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.record.all()
    }

    /// Returns a person's tasks, by `sub`.
    #[must_use]
    pub fn of(&self, subject: &str) -> Vec<Task> {
        self.lock().desk.of(subject)
    }

    /// Sets the format of responses from now on.
    pub fn answer_as(&self, form: Form) {
        self.lock().form = form;
    }

    /// Sets the supported revisions from now on.
    pub fn speak(&self, revisions: Revisions) {
        self.lock().revisions = revisions;
    }

    /// Drops every session, like a restarted server.
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
