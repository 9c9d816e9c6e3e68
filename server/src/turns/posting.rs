//! What people add to a log: messages, taking them or a question back, and the wish to stop.

use super::{Turns, key};
use crate::clock::SystemClock;
use agent::Actor;
use agent::CallId;
use agent::ids::{ClientId, ConversationId};
use agent::ports::{AppendError, Clock, Numbered, Unavailable};
use agent::turn::{Event, History, Order, Stop};

/// What a post led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said(pub u64);

/// Why a message could not be withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// It is being answered, or there is no such message.
    #[error("too late")]
    TooLate,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Turns {
    /// Appends a message and lets its turn begin. A repeated `client` is the same message.
    ///
    /// # Errors
    /// [`Unavailable`]: then nothing was posted, or a repeat will find it.
    pub async fn say(
        &self,
        actor: &Actor,
        id: &ConversationId,
        text: String,
        client: ClientId,
    ) -> Result<Said, Unavailable> {
        // First the note, then the message: were the plug pulled between the two, somebody would look and find nothing.
        self.0.leases.note(actor, id).await?;
        let said = self
            .append(actor, id, |log| {
                let known = log.iter().find_map(|entry| match &entry.event {
                    Event::UserSaid { client: seen, .. } if *seen == client => Some(Said(entry.number)),
                    _ => None,
                });
                known.map_or_else(
                    || Next::Append(Event::UserSaid { text: text.clone(), client: client.clone() }),
                    Next::Keep,
                )
            })
            .await?;
        self.wake(actor, id);
        Ok(said)
    }

    /// Takes a waiting message back.
    ///
    /// # Errors
    /// See [`WithdrawError`].
    pub async fn withdraw(&self, actor: &Actor, id: &ConversationId, said: u64) -> Result<(), WithdrawError> {
        let outcome = self
            .append(actor, id, |log| {
                let waits = History::fold(log).waiting.iter().any(|waiting| waiting.said == said);
                if waits { Next::Append(Event::Withdrawn { said }) } else { Next::Keep(Said(0)) }
            })
            .await?;
        if outcome == Said(0) { Err(WithdrawError::TooLate) } else { Ok(()) }
    }

    /// Takes back the question that a person is being asked about `call`, or the wish for their account. Whatever runs the turn, and wherever, hears of it.
    ///
    /// # Errors
    /// See [`WithdrawError`].
    pub async fn cancel(&self, actor: &Actor, id: &ConversationId, call: CallId) -> Result<(), WithdrawError> {
        let outcome = self
            .append(actor, id, |log| {
                let call = call.clone();
                match History::fold(log).open {
                    Some(open) if open.wants_account(&call) => Next::Append(Event::AccountDeclined { call }),
                    Some(open) if open.is_asking(&call) => Next::Append(Event::ApprovalCancelled { call }),
                    _ => Next::Keep(Said(0)),
                }
            })
            .await?;
        if outcome == Said(0) { Err(WithdrawError::TooLate) } else { Ok(()) }
    }

    /// Lets the call that waits for an account go on: the person has connected it. Nothing happens when none waits.
    ///
    /// # Errors
    /// [`Unavailable`]: then the call waits on, and the person may say so again.
    pub async fn connected(&self, actor: &Actor, id: &ConversationId, call: &CallId) -> Result<(), Unavailable> {
        self.append(actor, id, |log| match History::fold(log).open {
            Some(open) if open.wants_account(call) => Next::Append(Event::AccountConnected { call: call.clone() }),
            _ => Next::Keep(Said(0)),
        })
        .await
        .map(|_| ())
    }

    /// Stops the turn that runs, wherever it does. Nothing happens when none does.
    ///
    /// # Errors
    /// [`Unavailable`]: then only a turn of this instance has heard of it.
    pub async fn stop(&self, actor: &Actor, id: &ConversationId) -> Result<(), Unavailable> {
        if let Some(running) = self.running().get(&key(actor, id)) {
            running.halt.send_replace(Some(Order::Stop));
        }
        self.append(actor, id, |log| match History::fold(log).open {
            Some(open) if open.stop == Stop::Unasked => Next::Append(Event::StopAsked { said: open.said }),
            _ => Next::Keep(Said(0)),
        })
        .await
        .map(|_| ())
    }

    /// Appends the event that `decide` makes of the log, reading the log again whenever another one came first.
    async fn append(
        &self,
        actor: &Actor,
        id: &ConversationId,
        decide: impl Fn(&[Numbered]) -> Next,
    ) -> Result<Said, Unavailable> {
        let mut log = self.0.conversations.read_after(actor, id, 0).await?;
        loop {
            let event = match decide(&log) {
                Next::Keep(said) => return Ok(said),
                Next::Append(event) => event,
            };
            let last = log.last().map_or(0, |entry| entry.number);
            let numbered = Numbered { number: last + 1, at: SystemClock.now(), event };
            match self.0.conversations.append(actor, id, &numbered).await {
                Ok(()) => {
                    self.0.hub.event(&key(actor, id), &numbered);
                    return Ok(Said(numbered.number));
                }
                Err(AppendError::Taken) => log.extend(self.0.conversations.read_after(actor, id, last).await?),
                Err(AppendError::Unavailable(error)) => return Err(error),
            }
        }
    }
}

#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Next {
    Append(Event),
    Keep(Said),
}
