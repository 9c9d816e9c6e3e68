//! Calls that clients of doors ask for: alone while nobody is needed, and otherwise in a conversation of exactly that call,
//! where it can wait for a person while its client is gone.

use super::posting::{Decided, Next};
use super::{PostError, Turns};
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{ReadError, Unavailable};
use agent::turn::{AloneEnd, Event};
use agent::via::{Arrival, RequestedCall};
use agent::{Actor, Place};

/// A call that counts as work of this instance until it is dropped, also if it panics.
struct CountedCall(Turns);

impl CountedCall {
    fn begin(turns: &Turns) -> Self {
        turns.work().begin_call(turns.now());
        Self(turns.clone())
    }
}

impl Drop for CountedCall {
    fn drop(&mut self) {
        self.0.work().end_call(self.0.now());
    }
}

impl Turns {
    /// Runs one call without a conversation. It goes on if the caller stops waiting.
    ///
    /// # Errors
    /// [`Unavailable`] while the server shuts down, or if the call panicked: then its outcome is unknown.
    pub async fn call_alone(&self, actor: &Actor, place: Place, call: RequestedCall) -> Result<AloneEnd, Unavailable> {
        if self.closing().is_cancelled() {
            return Err(Unavailable::new("this server", "it is shutting down"));
        }
        let (turns, actor, counted) = (self.clone(), actor.clone(), CountedCall::begin(self));
        let run = async move {
            let _counted = counted;
            let _place = turns.admission().turn(&actor).await;
            turns.0.runner.call_alone(&actor, place, call).await
        };
        self.0.tasks.spawn(run).await.map_err(|_| super::panicked())
    }

    /// Asks for a call in the conversation of exactly this call; returns the number of its message. While an earlier request
    /// is unfinished, or its outcome was not fetched, that one is joined: whoever asks again after a time-out learns the
    /// outcome of the first, and nobody is asked twice.
    ///
    /// # Errors
    /// See [`PostError`].
    pub async fn request(
        &self,
        actor: &Actor,
        id: &ConversationId,
        text: &str,
        client: &IdempotencyKey,
        arrival: &Arrival,
    ) -> Result<u64, PostError> {
        let most = *self.admission().limits();
        let decided = self.append(actor, id, |folded| match (folded.history.requested, folded.limit(&most)) {
            (Some(requested), _) if !requested.is_fetched => Next::Keep(Decided::Posted(requested.said)),
            (_, Some(limit)) => Next::Keep(Decided::Limited(limit)),
            (_, None) => Next::Enqueue(Event::UserSaid {
                text: text.to_owned(),
                client: client.clone(),
                session: None,
                replaces: None,
                arrival: Some(Box::new(arrival.clone())),
            }),
        });
        match decided.await? {
            Decided::Message(said) | Decided::Posted(said) => {
                self.wake(actor, id);
                Ok(said)
            }
            Decided::Limited(limit) => Err(PostError::Limited(limit)),
            Decided::Nothing => Err(ReadError::Deleted.into()),
        }
    }

    /// Returns the number of the request in this conversation whose outcome was not fetched, if there is one: it can be joined.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn awaited(&self, actor: &Actor, id: &ConversationId) -> Result<Option<u64>, ReadError> {
        let decided = self.append(actor, id, |folded| match folded.history.requested {
            Some(requested) if !requested.is_fetched => Next::Keep(Decided::Posted(requested.said)),
            _ => Next::Keep(Decided::Nothing),
        });
        match decided.await? {
            Decided::Posted(said) => Ok(Some(said)),
            _ => Ok(None),
        }
    }

    /// Records that the client has fetched the outcome of its request, so that the same request again is another one.
    ///
    /// # Errors
    /// [`ReadError`]: asking again then tells the same outcome once more.
    pub async fn fetched(&self, actor: &Actor, id: &ConversationId, said: u64) -> Result<(), ReadError> {
        let is_new = |folded: &super::Folded| {
            folded.history.requested.is_some_and(|requested| requested.said == said && !requested.is_fetched)
        };
        self.append(actor, id, |folded| {
            if is_new(folded) { Next::Append(Event::Fetched { said }) } else { Next::Keep(Decided::Nothing) }
        })
        .await
        .map(|_| ())
    }
}
