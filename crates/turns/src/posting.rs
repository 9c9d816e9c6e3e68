//! Appends the events that people cause: messages and their withdrawal, cancelled questions, connected accounts, and
//! stops.

use super::{Folded, Inner, Limit, Turns, key};
use agent::Actor;
use agent::CallId;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{AppendError, Numbered, ReadError};
use agent::search::SearchWords;
use agent::turn::{ConnectedAccount, Event, Interrupt, Stop};
use agent::via::Arrival;
use std::time::Instant;

/// A message that a person posts.
#[derive(Debug, Clone)]
pub struct Post {
    /// Its text.
    pub text: String,
    /// Its idempotency key: the same key with the same text stands for the same message, with another text for another
    /// one.
    pub client: IdempotencyKey,
    /// A hash of the session that posts it.
    pub session: Option<String>,
    /// The earlier message that it replaces.
    pub replaces: Option<u64>,
    /// The door through which it came.
    pub arrival: Option<Box<Arrival>>,
}

/// The reason why a message was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// A limit is reached.
    #[error("the limit {0:?} is reached")]
    Limited(Limit),
    /// The message that it replaces is not there, or a turn runs or waits.
    #[error("the message cannot be replaced now")]
    NotReplaceable,
    /// The log cannot be read, the conversation was deleted, or the store did not answer. Repeating the request with the
    /// same key finds the message if it was stored.
    #[error(transparent)]
    Log(#[from] ReadError),
}

/// The reason why a message or a question was not withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// The message is being answered already, or there is no such message or question.
    #[error("too late")]
    TooLate,
    /// The log cannot be read, or the store does not answer.
    #[error(transparent)]
    Log(#[from] ReadError),
}

impl Turns {
    /// Appends a message, enqueues the conversation with it, and starts its turn; returns the message's number.
    ///
    /// # Errors
    /// See [`PostError`].
    pub async fn say(&self, actor: &Actor, id: &ConversationId, post: Post) -> Result<u64, PostError> {
        let most = *self.0.admission.limits();
        let said = self
            .append(actor, id, |folded| match (folded.posted(&post.client, &post.text), folded.limit(&most)) {
                (Some(number), _) => Next::Keep(Decided::Posted(number)),
                (None, Some(limit)) => Next::Keep(Decided::Limited(limit)),
                (None, None) if post.replaces.is_some_and(|said| !folded.history.can_replace(said)) => {
                    Next::Keep(Decided::Nothing)
                }
                (None, None) => {
                    let Post { text, client, session, replaces, arrival } = post.clone();
                    Next::Enqueue(Event::UserSaid { text, client, session, replaces, arrival })
                }
            })
            .await?;
        match said {
            Decided::Limited(limit) => Err(PostError::Limited(limit)),
            Decided::Message(number) => {
                self.wake(actor, id);
                Ok(number)
            }
            // Nothing was written, so nothing has checked that the conversation is still there.
            Decided::Posted(_) | Decided::Nothing => {
                let header = self.0.conversations.header(actor, id).await.map_err(ReadError::from)?;
                match (header, said) {
                    (None, _) => Err(ReadError::Deleted.into()),
                    (Some(_), Decided::Posted(number)) => {
                        self.wake(actor, id);
                        Ok(number)
                    }
                    (Some(_), _) => Err(PostError::NotReplaceable),
                }
            }
        }
    }

    /// Counts a message against the person's rate limit.
    ///
    /// # Errors
    /// [`Limit::Posts`].
    pub fn count_post(&self, actor: &Actor) -> Result<(), Limit> {
        self.0.admission.post(actor, Instant::now())
    }

    /// Withdraws a waiting message.
    ///
    /// # Errors
    /// See [`WithdrawError`].
    pub async fn withdraw(&self, actor: &Actor, id: &ConversationId, said: u64) -> Result<(), WithdrawError> {
        let outcome = self
            .append(actor, id, |folded| {
                let waits = folded.history.waiting.iter().any(|waiting| waiting.said == said);
                if waits { Next::Append(Event::Withdrawn { said }) } else { Next::Keep(Decided::Nothing) }
            })
            .await?;
        if outcome == Decided::Nothing { Err(WithdrawError::TooLate) } else { Ok(()) }
    }

    /// Cancels the question that a person is being asked about `call`, or declines to connect the account that it waits
    /// for. The turn learns of it on whatever instance it runs.
    ///
    /// # Errors
    /// See [`WithdrawError`].
    pub async fn cancel(&self, actor: &Actor, id: &ConversationId, call: CallId) -> Result<(), WithdrawError> {
        let outcome = self
            .append(actor, id, |folded| {
                let call = call.clone();
                match &folded.history.open {
                    Some(open) if open.wants_account(&call) => Next::Append(Event::AccountDeclined { call }),
                    Some(open) if open.is_asking(&call) => Next::Append(Event::ApprovalCancelled { call }),
                    _ => Next::Keep(Decided::Nothing),
                }
            })
            .await?;
        if outcome == Decided::Nothing { Err(WithdrawError::TooLate) } else { Ok(()) }
    }

    /// Lets the call that waits for an account continue, since the person has connected it. Does nothing if no call
    /// waits.
    ///
    /// # Errors
    /// [`ReadError`]: the call then waits on, and the person may try again.
    pub async fn connected(
        &self,
        actor: &Actor,
        id: &ConversationId,
        call: &CallId,
        account: ConnectedAccount,
    ) -> Result<(), ReadError> {
        self.append(actor, id, |folded| match &folded.history.open {
            Some(open) if open.wants_account(call) => {
                Next::Append(Event::AccountConnected { call: call.clone(), account: Some(account.clone()) })
            }
            _ => Next::Keep(Decided::Nothing),
        })
        .await
        .map(|_| ())
    }

    /// Stops the running turn, on whatever instance it runs. Does nothing if none runs.
    ///
    /// # Errors
    /// [`ReadError`]: then only a turn of this instance has been stopped.
    pub async fn stop(&self, actor: &Actor, id: &ConversationId) -> Result<(), ReadError> {
        if let Some(interrupts) = self.work().interrupts(&key(actor, id)) {
            interrupts.send_replace(Some(Interrupt::Stop));
        }
        self.append(actor, id, |folded| match &folded.history.open {
            Some(open) if open.stop == Stop::Unasked => Next::Append(Event::StopAsked { said: open.said }),
            _ => Next::Keep(Decided::Nothing),
        })
        .await
        .map(|_| ())
    }

    /// Appends the event that `decide` derives from the log and its fold, and decides again whenever another event came
    /// first.
    pub(super) async fn append(
        &self,
        actor: &Actor,
        id: &ConversationId,
        decide: impl Fn(&Folded) -> Next,
    ) -> Result<Decided, ReadError> {
        let Inner { conversations, checkpoints, .. } = &*self.0;
        let mut folded = checkpoints.read(&**conversations, actor, id).await?;
        loop {
            let numbered = |event| Numbered { number: folded.last + 1, at: self.now(), event };
            let (numbered, appended) = match decide(&folded) {
                Next::Keep(kept) => return Ok(kept),
                Next::Append(event) => {
                    let numbered = numbered(event);
                    let appended = conversations.append(actor, id, &numbered).await;
                    (numbered, appended)
                }
                Next::Enqueue(event) => {
                    let numbered = numbered(event);
                    let words = words(&folded, &numbered.event);
                    let appended = conversations.append_and_enqueue(actor, id, &numbered, &words).await;
                    (numbered, appended)
                }
            };
            match appended {
                Ok(()) => {
                    self.0.hub.event(actor, id, &numbered);
                    return Ok(Decided::Message(numbered.number));
                }
                Err(AppendError::Deleted) => return Err(ReadError::Deleted),
                Err(AppendError::Taken) => folded = checkpoints.read(&**conversations, actor, id).await?,
                Err(AppendError::Unavailable(error)) => return Err(error.into()),
            }
        }
    }
}

/// Returns the words by which a search finds the conversation once this event is appended.
fn words(folded: &Folded, event: &Event) -> SearchWords {
    let mut words = SearchWords::clone(&folded.words);
    if let Event::UserSaid { text, .. } = event {
        words.add(text);
    }
    words
}

/// The decision about what to append.
pub(super) enum Next {
    Append(Event),
    /// Append and enqueue the conversation.
    Enqueue(Event),
    /// Append nothing.
    Keep(Decided),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decided {
    /// The event with this number.
    Message(u64),
    /// The message with this number, which was posted earlier.
    Posted(u64),
    Limited(Limit),
    Nothing,
}
