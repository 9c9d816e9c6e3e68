//! What the server functions need of the server. A backend is already bound to its caller, so a server function
//! cannot forget to ask who is calling; signed out, there is none.

use crate::Visitor;
use crate::wire::{ApiError, Chat, Frame, Posted};
use async_trait::async_trait;
use futures::stream::BoxStream;
use leptos::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// The server, for one caller.
#[async_trait]
pub trait Backend: Send + Sync {
    /// The page of a conversation, or of a new one: its last turns, or those before event number `before`; and the list of
    /// conversations, from its first one on, or from the place `older`.
    async fn load(
        &self,
        conversation: Option<String>,
        before: Option<u64>,
        older: Option<String>,
    ) -> Result<Chat, ApiError>;
    /// Begins a conversation with a message.
    async fn start(&self, conversation: String, text: String, client_id: String) -> Result<Posted, ApiError>;
    /// Posts a message in a conversation.
    async fn post(&self, conversation: String, text: String, client_id: String) -> Result<Posted, ApiError>;
    /// Takes a waiting message back.
    async fn withdraw(&self, conversation: String, said: u64) -> Result<(), ApiError>;
    /// Stops the turn that runs.
    async fn stop(&self, conversation: String) -> Result<(), ApiError>;
    /// Takes back the question about a call.
    async fn cancel(&self, conversation: String, call: String) -> Result<(), ApiError>;
    /// Follows a conversation after a number.
    async fn watch(&self, conversation: String, after: u64) -> Result<BoxStream<'static, Frame>, ApiError>;
}

/// A message that was posted and not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Set for a message that was to begin a conversation.
    pub begins: bool,
    /// The conversation as the form named it.
    pub conversation: String,
    /// The key as the form named it, by which a repeated post is the same post.
    pub client_id: String,
    /// The text.
    pub text: String,
    /// The reason.
    pub error: ApiError,
}

/// The place where a server function leaves a message that was not taken. The server answers a plain form with it, which has
/// no script to keep its text.
#[derive(Debug, Clone, Default)]
pub struct UnsentMessage(Arc<Mutex<Option<Unsent>>>);

impl UnsentMessage {
    /// Takes the message out.
    #[must_use]
    pub fn take(&self) -> Option<Unsent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn leave(&self, unsent: Unsent) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(unsent);
    }
}

/// The backend of this request.
///
/// # Errors
/// [`ApiError::SignedOut`] when there is none.
pub fn backend() -> Result<Arc<dyn Backend>, ApiError> {
    // Each request says for itself whether somebody is known, so nothing that another one left behind can stand in for it.
    match use_context::<Visitor>() {
        Some(Visitor::Known) => use_context::<Arc<dyn Backend>>().ok_or(ApiError::SignedOut),
        _ => Err(ApiError::SignedOut),
    }
}

/// Whether the caller is a plain form, which wants a page and not a status.
fn plain_form() -> bool {
    use_context::<http::request::Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
        accept.is_some_and(|accept| accept.contains("text/html"))
    })
}

/// Gives an error the status that belongs to it, unless a plain form asks: its redirect would be lost.
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
        ApiError::Foreign => http::StatusCode::FORBIDDEN,
        ApiError::Internal { .. } | ApiError::Damaged | ApiError::Transport => http::StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Gives a message that was not taken back to a plain form.
pub fn give_back(unsent: Unsent) {
    if let (true, Some(place)) = (plain_form(), use_context::<UnsentMessage>()) {
        place.leave(unsent);
    }
}
