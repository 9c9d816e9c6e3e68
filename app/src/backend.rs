//! The server's side of the server functions. A backend is already bound to its caller, so a server function cannot
//! forget to authenticate; a signed-out request has no backend.

use crate::Visitor;
use crate::pages::accounts::Provider;
use crate::pages::activity::{Activity, EntryPage, Whose};
use crate::pages::conversations::{Conversations, Deleted};
use crate::pages::inbox::Notifications;
use crate::pages::tools::Server;
use crate::pages::{PageFailure, StandingItem, Waiting};
use crate::wire::{ApiError, Chat, Frame, Posted, Rail, Role};
use async_trait::async_trait;
use futures::stream::BoxStream;
use leptos::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// A place in a conversation, by the number of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The turns before the event.
    Before(u64),
    /// The turns up to that of the event.
    At(u64),
}

/// The server, on behalf of one caller.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Returns the data of the page of a conversation, or of a new one: the latest turns, or those at `place`; and the
    /// list of conversations, from the start or from the cursor `older`.
    async fn load(
        &self,
        conversation: Option<String>,
        place: Option<Place>,
        older: Option<String>,
    ) -> Result<Chat, ApiError>;
    /// Returns the person, as a request to an administrator names them: name and e-mail address.
    fn asker(&self) -> String;
    /// Returns the roles by which links are shown. A hint: the pages check the roles again.
    async fn roles(&self) -> Vec<Role>;
    /// Returns the data that every page shows.
    async fn rail(&self) -> Result<Rail, ApiError>;
    /// Returns recorded actions, filtered by the query string `query`.
    async fn activity(&self, whose: Whose, query: &str) -> Result<Activity, PageFailure>;
    /// Returns a recorded action: the caller's own or, for an auditor, anybody's in the organization. To other callers,
    /// somebody else's is reported like a missing one.
    async fn activity_entry(&self, id: &str) -> Result<EntryPage, PageFailure>;
    /// Returns the providers of accounts with the person's own.
    async fn accounts(&self) -> Result<Vec<Provider>, ApiError>;
    /// Returns the requests for approval that the person may answer on a page: their own, and those of others.
    async fn approvals(&self) -> Result<Vec<Waiting>, ApiError>;
    /// Returns the standing approvals that the person gave and that have not ended.
    async fn standing_approvals(&self) -> Result<Vec<StandingItem>, ApiError>;
    /// Returns the settings of the person's notifications; `None` if notifications are off.
    async fn notifications(&self) -> Result<Option<Notifications>, ApiError>;
    /// Returns the MCP servers and their tools, for an operator.
    async fn remote_tools(&self) -> Result<Vec<Server>, PageFailure>;
    /// Starts a conversation with its first message.
    async fn start(&self, conversation: String, text: String, client_id: String) -> Result<Posted, ApiError>;
    /// Posts a message to a conversation. It may replace an earlier one, which the model then no longer receives.
    async fn post(
        &self,
        conversation: String,
        text: String,
        client_id: String,
        replaces: Option<u64>,
    ) -> Result<Posted, ApiError>;
    /// Posts an answered message again, in its own place.
    async fn resend(&self, conversation: String, said: u64) -> Result<Posted, ApiError>;
    /// Withdraws a waiting message.
    async fn withdraw(&self, conversation: String, said: u64) -> Result<(), ApiError>;
    /// Stops the running turn.
    async fn stop(&self, conversation: String) -> Result<(), ApiError>;
    /// Withdraws the approval or account request of a call.
    async fn cancel(&self, conversation: String, call: String) -> Result<(), ApiError>;
    /// Gives a conversation a title.
    async fn rename(&self, conversation: String, title: String) -> Result<(), ApiError>;
    /// Deletes a conversation; it can be restored for a short time.
    async fn delete(&self, conversation: String) -> Result<Deleted, ApiError>;
    /// Restores a deleted conversation.
    async fn restore(&self, conversation: String) -> Result<(), ApiError>;
    /// Returns a page of all conversations, or of those that the query string selects.
    async fn conversations(&self, query: &str) -> Result<Conversations, ApiError>;
    /// Streams a conversation's frames after event number `after`.
    async fn watch(&self, conversation: String, after: u64) -> Result<BoxStream<'static, Frame>, ApiError>;
}

/// A posted message that was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// `true` if the message was to start a conversation.
    pub begins: bool,
    /// The conversation id of the form.
    pub conversation: String,
    /// The form's idempotency key: a retry with the same key is the same message.
    pub client_id: String,
    /// The text.
    pub text: String,
    /// The message that it was to replace.
    pub replaces: Option<u64>,
    /// The reason.
    pub error: ApiError,
}

/// Holds the rejected message of a request. For a plain form, which has no script to keep the text, the server renders
/// it back.
#[derive(Debug, Clone, Default)]
pub struct UnsentMessage(Arc<Mutex<Option<Unsent>>>);

impl UnsentMessage {
    /// Removes and returns the message.
    #[must_use]
    pub fn take(&self) -> Option<Unsent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn leave(&self, unsent: Unsent) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(unsent);
    }
}

/// Returns the backend of this request.
///
/// # Errors
/// [`ApiError::SignedOut`] if the request is not signed in.
pub fn backend() -> Result<Arc<dyn Backend>, ApiError> {
    of_request()
}

/// Returns a service that the request provides for its signed-in caller.
pub(crate) fn of_request<T: ?Sized + Send + Sync + 'static>() -> Result<Arc<T>, ApiError> {
    // Each request provides its own `Visitor`, so a backend left over from another request is never used.
    match use_context::<Visitor>() {
        Some(Visitor::Known) => use_context::<Arc<T>>().ok_or(ApiError::SignedOut),
        _ => Err(ApiError::SignedOut),
    }
}

/// Returns `true` if a plain form made the request: it expects a page, not an error status.
fn plain_form() -> bool {
    use_context::<http::request::Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
        accept.is_some_and(|accept| accept.contains("text/html"))
    })
}

/// Sets the HTTP status of an error, except for a plain form, whose redirect the status would override.
pub async fn answer<T>(work: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    let result = work.await;
    if let Err(error) = &result
        && !plain_form()
        && let Some(options) = use_context::<leptos_axum::ResponseOptions>()
    {
        options.set_status(status(error));
        if let ApiError::Limited { retry_after_s, .. } = error {
            options.insert_header(http::header::RETRY_AFTER, http::HeaderValue::from(*retry_after_s));
        }
    }
    result
}

/// The HTTP status of an error.
#[must_use]
pub fn status(error: &ApiError) -> http::StatusCode {
    match error {
        ApiError::SignedOut => http::StatusCode::UNAUTHORIZED,
        ApiError::NotFound => http::StatusCode::NOT_FOUND,
        ApiError::Invalid(_) => http::StatusCode::UNPROCESSABLE_ENTITY,
        ApiError::NotNow { .. } => http::StatusCode::SERVICE_UNAVAILABLE,
        ApiError::Limited { .. } => http::StatusCode::TOO_MANY_REQUESTS,
        ApiError::Foreign | ApiError::OtherPerson => http::StatusCode::FORBIDDEN,
        ApiError::Internal { .. } | ApiError::Damaged | ApiError::Transport | ApiError::Outdated => {
            http::StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// Keeps a rejected message for the page, if a plain form posted it.
pub fn give_back(unsent: Unsent) {
    if let (true, Some(place)) = (plain_form(), use_context::<UnsentMessage>()) {
        place.leave(unsent);
    }
}
