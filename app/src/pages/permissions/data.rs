//! The data of the pages of permissions, of help and of the inbox, and the trait by which they ask the server for it. Only
//! the server renders these pages, so nothing here is a wire type.

use crate::backend::of_request;
use crate::wire::ApiError;
use async_trait::async_trait;
use std::sync::Arc;

/// The server, on behalf of one caller, for the pages about permissions.
#[async_trait]
pub trait PermissionsBackend: Send + Sync {
    /// Returns what the caller may do, tool by tool, with the reason where they may not, and their requests.
    async fn permissions(&self) -> Result<PermissionsPage, ApiError>;
    /// Returns up to four things that the caller can ask for. Never fails: with less knowledge it promises less.
    async fn suggestions(&self) -> Vec<Suggestion>;
    /// Returns other people's requests that wait for the caller, and grants that the caller may revoke, oldest first.
    async fn requests_to_answer(&self) -> Result<Vec<RequestToAnswer>, ApiError>;
    /// Returns what the holder of a grant loses without it. The caller is its holder or may revoke it.
    async fn revocation_preview(&self, request: String) -> Result<RevocationPreview, ApiError>;
}

/// Returns the backend of this request for the pages about permissions.
///
/// # Errors
/// [`ApiError::SignedOut`] if the request is not signed in.
pub fn permissions_backend() -> Result<Arc<dyn PermissionsBackend>, ApiError> {
    of_request()
}

/// The page of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionsPage {
    /// The tools, by name.
    pub abilities: Vec<Ability>,
    /// The caller's requests and grants, oldest first.
    pub requests: Vec<OwnRequest>,
}

/// A tool and what it can do for the caller now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ability {
    /// The tool's name, which `POST /access/ask` takes.
    pub tool: String,
    /// The system that it concerns. `None` for tools of other servers.
    pub system: Option<String>,
    /// A request in everyday words; it ends with `…` if the person must complete it.
    pub example: Option<String>,
    /// The answer.
    pub state: AbilityState,
    /// The object of a call decides as well, such as the user whose password is reset.
    pub depends_on_object: bool,
}

/// The state of a tool for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbilityState {
    /// Works at once.
    Works,
    /// Works after the caller has approved it.
    NeedsConfirmation,
    /// An account must be connected first.
    NeedsAccount {
        /// The provider's id, which `POST /connections/connect` takes.
        provider: String,
        /// Its name.
        name: String,
    },
    /// A permission is missing.
    NotPermitted(MissingPermission),
    /// The arguments of a call decide.
    DependsOnArguments,
    /// A service did not answer: nothing is promised.
    Unknown,
}

/// A permission that the caller lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPermission {
    /// The relation.
    pub relation: String,
    /// The object.
    pub object: String,
    /// The reason, in whole sentences. Empty if it is unknown right now.
    pub why: Vec<String>,
    /// Principals of people who can grant it. Empty if nobody can, or if it is unknown right now.
    pub administrators: Vec<String>,
    /// There are more of them.
    pub more_administrators: bool,
    /// The caller can ask for access.
    pub can_ask: bool,
}

/// Something that the caller can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The system that it concerns.
    pub system: String,
    /// The request; it ends with `…` if the person must complete it.
    pub text: String,
    /// The next thing that happens.
    pub expect: Expectation,
}

/// The next thing that happens when the caller asks for a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// It is answered at once.
    AnswersRightAway,
    /// The caller is asked to approve it.
    YouConfirm,
    /// The caller is asked to connect an account at the provider of this name.
    ConnectFirst(String),
    /// Unknown right now.
    Unknown,
}

/// The state of a request. Times are in the reader's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestState {
    /// It waits for an answer.
    Open,
    /// Granted until this time.
    Granted {
        /// The administrator's name.
        by: String,
        /// The end.
        until: String,
    },
    /// The granted time is over.
    Ended {
        /// The end.
        at: String,
    },
    /// Declined.
    Declined {
        /// The administrator's name.
        by: String,
        /// The reason, as the administrator wrote it.
        reason: String,
    },
    /// The caller withdrew it.
    Withdrawn,
    /// The caller had the permission when it was to be granted.
    NotNeeded,
    /// Granted, and then taken back.
    Revoked {
        /// The name of the person who revoked it.
        by: String,
    },
}

/// One of the caller's requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRequest {
    /// Its id, as in `/access/{id}/withdraw` and `/access/{id}/revoke`.
    pub id: String,
    /// The relation.
    pub relation: String,
    /// The object.
    pub object: String,
    /// The tool.
    pub tool: String,
    /// The caller's reason.
    pub reason: String,
    /// The requested time: `1 hour`.
    pub duration: String,
    /// The time of the request.
    pub asked_at: String,
    /// The conversation that goes on once access is granted.
    pub conversation: Option<String>,
    /// Its state.
    pub state: RequestState,
}

/// A request of somebody else about an object that the caller administers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestToAnswer {
    /// Its id, as in `/access/{id}/grant`, `/access/{id}/decline` and `/access/{id}/revoke`.
    pub id: String,
    /// The name of the person who asks.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The relation.
    pub relation: String,
    /// The object.
    pub object: String,
    /// The tool.
    pub tool: String,
    /// Their reason, as they wrote it.
    pub reason: String,
    /// The durations that may be granted, shortest first; the last one is the requested one.
    pub durations: Vec<Duration>,
    /// The time of the request.
    pub asked_at: String,
    /// The reason why they lack the permission, in whole sentences. Empty if it is unknown right now.
    pub why: Vec<String>,
    /// Its state: open, or granted.
    pub state: RequestState,
}

/// A duration that a form offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duration {
    /// The form's value: `1h`, `8h` or `7d`.
    pub value: &'static str,
    /// The text: `1 hour`.
    pub text: String,
}

/// The permissions of the holder of a grant, with it and without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationPreview {
    /// Their permissions now, as `relation on object`.
    pub before: Vec<String>,
    /// Their permissions without the grant.
    pub after: Vec<String>,
    /// The tools that no longer work for them.
    pub lost: Vec<String>,
}
