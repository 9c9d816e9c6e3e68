//! The server functions. Each is a public HTTP endpoint with a stable path.
#![expect(missing_docs, reason = "the macro makes a struct of each function's arguments, which cannot carry docs")]

use crate::pages::conversations::Deleted;
use crate::wire::{self, ApiError, Chat, Posted};
use leptos::prelude::*;
use leptos::server_fn::codec::{ByteStream, GetUrl, Json, Streaming};

/// Loads the chat page: the latest turns of a conversation, those before event number `before`, or those up to
/// event number `at`; and the list of conversations, from the start or from the cursor `older`.
///
/// # Errors
/// See [`ApiError`].
#[server(prefix = "/api", endpoint = "chat/load", input = GetUrl, output = Json)]
pub async fn load(
    #[server(default)] conversation: Option<String>,
    #[server(default)] before: Option<u64>,
    #[server(default)] at: Option<u64>,
    #[server(default)] older: Option<String>,
) -> Result<Chat, ApiError> {
    use crate::backend::{Place, answer, backend};
    let place = at.map(Place::At).or(before.map(Place::Before));
    answer(async { backend()?.load(conversation, place, older).await }).await
}

/// Loads the turns before event number `before` for an open page.
///
/// # Errors
/// See [`ApiError`].
#[server(prefix = "/api", endpoint = "chat/earlier", input = GetUrl, output = Json)]
pub async fn earlier(conversation: String, before: u64) -> Result<wire::Earlier, ApiError> {
    use crate::backend::{Place, answer, backend};
    answer(async {
        let chat = backend()?.load(Some(conversation), Some(Place::Before(before)), None).await?;
        Ok(crate::ui::earlier_of(chat.talk))
    })
    .await
}

/// Starts a conversation with its first message and redirects to its page.
///
/// # Errors
/// See [`ApiError`]; the rejected text is kept for the page.
#[server(prefix = "/api", endpoint = "chat/start")]
pub async fn start(conversation: String, text: String, client_id: String) -> Result<Posted, ApiError> {
    use crate::backend::{Unsent, answer, backend, give_back};
    answer(async {
        let started = async { backend()?.start(conversation.clone(), text.clone(), client_id.clone()).await }.await;
        match &started {
            Ok(posted) => leptos_axum::redirect(&format!("/c/{}", posted.conversation)),
            Err(error) => {
                give_back(Unsent { begins: true, conversation, client_id, text, replaces: None, error: error.clone() })
            }
        }
        started
    })
    .await
}

/// Posts a message. A retry with the same `client_id`, an idempotency key, is the same message. It may replace the earlier
/// message `replaces`, which the model then no longer receives.
///
/// # Errors
/// See [`ApiError`]; the rejected text is kept for the page.
#[server(prefix = "/api", endpoint = "chat/post")]
pub async fn post(
    conversation: String,
    text: String,
    client_id: String,
    #[server(default)] replaces: Option<u64>,
) -> Result<Posted, ApiError> {
    use crate::backend::{Unsent, answer, backend, give_back};
    answer(async {
        let posted =
            async { backend()?.post(conversation.clone(), text.clone(), client_id.clone(), replaces).await }.await;
        match &posted {
            // The page of a message that is being edited must not offer to edit it once more.
            Ok(posted) if replaces.is_some() => leptos_axum::redirect(&format!("/c/{}", posted.conversation)),
            Ok(_) => {}
            Err(error) => {
                give_back(Unsent { begins: false, conversation, client_id, text, replaces, error: error.clone() })
            }
        }
        posted
    })
    .await
}

/// Posts an answered message again, in its own place: see `replaces` of [`post`]. Redirects to the conversation.
///
/// # Errors
/// See [`ApiError`].
#[server(prefix = "/api", endpoint = "chat/resend")]
pub async fn resend(conversation: String, said: u64) -> Result<(), ApiError> {
    use crate::backend::{answer, backend};
    answer(async {
        let posted = backend()?.resend(conversation, said).await?;
        leptos_axum::redirect(&format!("/c/{}", posted.conversation));
        Ok(())
    })
    .await
}

/// Withdraws a waiting message.
///
/// # Errors
/// See [`ApiError`].
#[server(prefix = "/api", endpoint = "chat/withdraw")]
pub async fn withdraw(conversation: String, said: u64) -> Result<(), ApiError> {
    use crate::backend::{answer, backend};
    answer(async { backend()?.withdraw(conversation, said).await }).await
}

/// Stops the running turn.
///
/// # Errors
/// See [`ApiError`].
#[server(prefix = "/api", endpoint = "chat/stop")]
pub async fn stop(conversation: String) -> Result<(), ApiError> {
    use crate::backend::{answer, backend};
    answer(async { backend()?.stop(conversation).await }).await
}

/// Withdraws the approval or account request of a call.
///
/// # Errors
/// See [`ApiError`].
#[server(prefix = "/api", endpoint = "chat/cancel")]
pub async fn cancel(conversation: String, call: String) -> Result<(), ApiError> {
    use crate::backend::{answer, backend};
    answer(async { backend()?.cancel(conversation, call).await }).await
}

/// Gives a conversation a title, which no call replaces.
///
/// # Errors
/// See [`ApiError`].
#[server(prefix = "/api", endpoint = "chat/rename")]
pub async fn rename(conversation: String, title: String) -> Result<(), ApiError> {
    use crate::backend::{answer, backend};
    answer(async { backend()?.rename(conversation, title).await }).await
}

/// Deletes a conversation and redirects to the list, which offers to restore it.
///
/// # Errors
/// See [`ApiError`].
#[server(prefix = "/api", endpoint = "chat/delete")]
pub async fn delete(conversation: String) -> Result<Deleted, ApiError> {
    use crate::backend::{answer, backend};
    answer(async {
        let deleted = backend()?.delete(conversation).await?;
        // The id is valid now, so it needs no escaping.
        leptos_axum::redirect(&format!("/conversations?deleted={}", deleted.conversation));
        Ok(deleted)
    })
    .await
}

/// Restores a deleted conversation and redirects to its page.
///
/// # Errors
/// See [`ApiError`]; it is not found once its time is over.
#[server(prefix = "/api", endpoint = "chat/restore")]
pub async fn restore(conversation: String) -> Result<(), ApiError> {
    use crate::backend::{answer, backend};
    answer(async {
        let page = format!("/c/{conversation}");
        backend()?.restore(conversation).await?;
        leptos_axum::redirect(&page);
        Ok(())
    })
    .await
}

/// Streams a conversation after event number `after`, as lines of [`crate::wire::Frame`].
///
/// # Errors
/// See [`ApiError`]; later errors arrive as frames.
#[server(prefix = "/api", endpoint = "chat/watch", input = GetUrl, output = Streaming)]
pub async fn watch(conversation: String, after: u64) -> Result<ByteStream<ApiError>, ApiError> {
    use crate::backend::{answer, backend};
    use futures::StreamExt;
    answer(async {
        let frames = backend()?.watch(conversation, after).await?;
        Ok(ByteStream::new(frames.map(|frame| Ok(frame.line()))))
    })
    .await
}

/// Streams what changes on the page of a conversation, as lines of [`crate::wire::Update`]. The page shows everything up to
/// event number `after`, and nothing up to `settled` changes any more: see [`crate::wire::Now`].
///
/// # Errors
/// See [`ApiError`]; later errors arrive as updates.
#[server(prefix = "/api", endpoint = "chat/live", input = GetUrl, output = Streaming)]
pub async fn live(conversation: String, settled: u64, after: u64) -> Result<ByteStream<ApiError>, ApiError> {
    use crate::backend::{answer, backend};
    use crate::ui::page::Page;
    use futures::{StreamExt, future};
    answer(async {
        let (backend, settled) = (backend()?, settled.min(after));
        let page = Page { conversation: conversation.clone(), asker: backend.asker(), ..Page::default() };
        let mut live = crate::Live::new(page, crate::texts(), settled, after);
        let frames = backend.watch(conversation, settled).await?;
        let lines = frames.map(move |frame| live.take(frame).iter().map(crate::wire::Update::line).collect::<String>());
        Ok(ByteStream::new(lines.filter(|lines| future::ready(!lines.is_empty())).map(Ok)))
    })
    .await
}
