//! Conversations through the server functions, as our own page calls them.

use super::browser::{Answer, Browser};
use super::frames::Watch;
use app::pages::conversations::Deleted;
use app::wire::{ApiError, Chat, Event, Posted};
use serde::de::DeserializeOwned;

/// The error of a server function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) error: ApiError,
}

impl Answer {
    /// Returns the value of a server function, or its error.
    pub(crate) fn value<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        if self.status == 200 {
            return Ok(serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body)));
        }
        let read = serde_json::from_str(&self.body);
        let error = read.unwrap_or_else(|error| panic!("{} {error}: {:?}", self.status, self.body));
        Err(Failure { status: self.status, error })
    }
}

impl Browser {
    pub(crate) async fn load(&self, conversation: Option<&str>) -> Result<Chat, Failure> {
        let query: Vec<_> = conversation.iter().map(|id| ("conversation", *id)).collect();
        self.send(self.read("/api/chat/load", &query)).await.value()
    }

    /// Starts a conversation.
    pub(crate) async fn begin(&self, text: &str) -> Result<Posted, Failure> {
        let page = self.load(None).await?;
        self.call(
            "/api/chat/start",
            &[("conversation", &page.talk.fresh), ("text", text), ("client_id", &page.talk.client_id)],
        )
        .await
        .value()
    }

    pub(crate) async fn post(&self, conversation: &str, text: &str, client_id: &str) -> Result<Posted, Failure> {
        let fields = [("conversation", conversation), ("text", text), ("client_id", client_id)];
        self.call("/api/chat/post", &fields).await.value()
    }

    /// Posts a message that replaces the one with number `said`.
    pub(crate) async fn replace(
        &self,
        conversation: &str,
        text: &str,
        client: &str,
        said: u64,
    ) -> Result<Posted, Failure> {
        let said = said.to_string();
        let fields = [("conversation", conversation), ("text", text), ("client_id", client), ("replaces", &said)];
        self.call("/api/chat/post", &fields).await.value()
    }

    pub(crate) async fn withdraw(&self, conversation: &str, said: u64) -> Result<(), Failure> {
        let fields = [("conversation", conversation), ("said", &said.to_string())];
        self.call("/api/chat/withdraw", &fields).await.value()
    }

    pub(crate) async fn stop(&self, conversation: &str) -> Result<(), Failure> {
        self.call("/api/chat/stop", &[("conversation", conversation)]).await.value()
    }

    pub(crate) async fn cancel(&self, conversation: &str, call: &str) -> Result<(), Failure> {
        self.call("/api/chat/cancel", &[("conversation", conversation), ("call", call)]).await.value()
    }

    pub(crate) async fn rename(&self, conversation: &str, title: &str) -> Result<(), Failure> {
        self.call("/api/chat/rename", &[("conversation", conversation), ("title", title)]).await.value()
    }

    pub(crate) async fn delete(&self, conversation: &str) -> Result<Deleted, Failure> {
        self.call("/api/chat/delete", &[("conversation", conversation)]).await.value()
    }

    pub(crate) async fn restore(&self, conversation: &str) -> Result<(), Failure> {
        self.call("/api/chat/restore", &[("conversation", conversation)]).await.value()
    }

    /// Returns the titles of the list, the most recently used conversation first.
    pub(crate) async fn titles(&self) -> Vec<String> {
        self.load(None).await.unwrap().rail.heads.into_iter().map(|head| head.title).collect()
    }

    /// Follows a conversation after an event.
    pub(crate) async fn watch(&self, conversation: &str, after: u64) -> Watch {
        let query = [("conversation", conversation), ("after", &after.to_string())];
        let answer = self.open(self.read("/api/chat/watch", &query)).await;
        assert_eq!(answer.status().as_u16(), 200, "{conversation} can be watched");
        Watch::new(answer, after)
    }

    /// Starts a conversation and waits for the answer.
    pub(crate) async fn ask(&self, text: &str) -> (String, Vec<Event>) {
        let posted = self.begin(text).await.unwrap();
        let events = self.watch(&posted.conversation, 0).await.turn().await;
        (posted.conversation, events)
    }

    /// Asks in an existing conversation and waits for the answer.
    pub(crate) async fn ask_on(&self, conversation: &str, text: &str) -> Vec<Event> {
        let page = self.load(Some(conversation)).await.unwrap();
        let posted = self.post(conversation, text, &page.talk.client_id).await.unwrap();
        self.watch(conversation, posted.said - 1).await.turn().await
    }
}
