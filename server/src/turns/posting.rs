//! The events that people add to a log: messages, taking them or a question back, stopping a turn.

use super::{Limit, Turns, key};
use agent::Actor;
use agent::CallId;
use agent::ids::{ClientId, ConversationId};
use agent::ports::{AppendError, Numbered, ReadError, Unavailable};
use agent::turn::{Event, History, Order, Stop};
use std::time::Instant;

/// A message that was not taken on.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// A bound is reached.
    #[error("a limit is reached: {0:?}")]
    Limited(Limit),
    /// The log cannot be read, or the store did not answer. A repeat with the same key finds the message if it is there.
    #[error(transparent)]
    Log(#[from] ReadError),
}

/// A message or question that was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// It is being answered, or there is no such message.
    #[error("too late")]
    TooLate,
    /// The log cannot be read, or the store does not answer.
    #[error(transparent)]
    Log(#[from] ReadError),
}

impl Turns {
    /// Appends a message, enqueues the conversation with it, and lets its turn begin; returns the message's number. The
    /// same key with the same text is the same message, with another text another one.
    ///
    /// # Errors
    /// See [`PostError`].
    pub async fn say(
        &self,
        actor: &Actor,
        id: &ConversationId,
        text: String,
        client: ClientId,
    ) -> Result<u64, PostError> {
        let most = *self.0.admission.limits();
        let said = self
            .append(actor, id, |log| {
                let repeated = log.iter().find_map(|entry| match &entry.event {
                    Event::UserSaid { client: seen, text: said } if *seen == client && *said == text => {
                        Some(entry.number)
                    }
                    _ => None,
                });
                match repeated {
                    Some(number) => Next::Keep(Kept::Message(number)),
                    None if log.len() >= most.events => Next::Keep(Kept::Limited(Limit::Length)),
                    None if History::fold(log).waiting.len() >= most.waiting => {
                        Next::Keep(Kept::Limited(Limit::Waiting))
                    }
                    None => Next::Enqueue(Event::UserSaid { text: text.clone(), client: client.clone() }),
                }
            })
            .await?;
        match said {
            Kept::Limited(limit) => Err(PostError::Limited(limit)),
            Kept::Message(number) => {
                self.wake(actor, id);
                Ok(number)
            }
            // `decide` above never answers so.
            Kept::Nothing => Err(ReadError::from(Unavailable::new("this server", "a message was left out")).into()),
        }
    }

    /// Counts a message against the person's bound.
    ///
    /// # Errors
    /// [`Limit::Posts`].
    pub fn count_post(&self, actor: &Actor) -> Result<(), Limit> {
        self.0.admission.post(actor, Instant::now())
    }

    /// Takes a waiting message back.
    ///
    /// # Errors
    /// See [`WithdrawError`].
    pub async fn withdraw(&self, actor: &Actor, id: &ConversationId, said: u64) -> Result<(), WithdrawError> {
        let outcome = self
            .append(actor, id, |log| {
                let waits = History::fold(log).waiting.iter().any(|waiting| waiting.said == said);
                if waits { Next::Append(Event::Withdrawn { said }) } else { Next::Keep(Kept::Nothing) }
            })
            .await?;
        if outcome == Kept::Nothing { Err(WithdrawError::TooLate) } else { Ok(()) }
    }

    /// Takes back the question that a person is being asked about `call`, or the wish for their account. The turn hears of
    /// it on whatever instance it runs.
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
                    _ => Next::Keep(Kept::Nothing),
                }
            })
            .await?;
        if outcome == Kept::Nothing { Err(WithdrawError::TooLate) } else { Ok(()) }
    }

    /// Lets the call that waits for an account go on: the person has connected it. Nothing happens when none waits.
    ///
    /// # Errors
    /// [`ReadError`]: then the call waits on, and the person may say so again.
    pub async fn connected(&self, actor: &Actor, id: &ConversationId, call: &CallId) -> Result<(), ReadError> {
        self.append(actor, id, |log| match History::fold(log).open {
            Some(open) if open.wants_account(call) => Next::Append(Event::AccountConnected { call: call.clone() }),
            _ => Next::Keep(Kept::Nothing),
        })
        .await
        .map(|_| ())
    }

    /// Stops the turn that runs, wherever it does. Nothing happens when none does.
    ///
    /// # Errors
    /// [`ReadError`]: then only a turn of this instance has heard of it.
    pub async fn stop(&self, actor: &Actor, id: &ConversationId) -> Result<(), ReadError> {
        if let Some(running) = self.running().get(&key(actor, id)) {
            running.halt.send_replace(Some(Order::Stop));
        }
        self.append(actor, id, |log| match History::fold(log).open {
            Some(open) if open.stop == Stop::Unasked => Next::Append(Event::StopAsked { said: open.said }),
            _ => Next::Keep(Kept::Nothing),
        })
        .await
        .map(|_| ())
    }

    /// Appends the event that `decide` makes of the log, and decides again whenever another event came first.
    async fn append(
        &self,
        actor: &Actor,
        id: &ConversationId,
        decide: impl Fn(&[Numbered]) -> Next,
    ) -> Result<Kept, ReadError> {
        let conversations = &self.0.conversations;
        let mut log = conversations.read_after(actor, id, 0).await?;
        loop {
            let last = log.last().map_or(0, |entry| entry.number);
            let numbered = |event| Numbered { number: last + 1, at: self.now(), event };
            let (numbered, appended) = match decide(&log) {
                Next::Keep(kept) => return Ok(kept),
                Next::Append(event) => {
                    let numbered = numbered(event);
                    let appended = conversations.append(actor, id, &numbered).await;
                    (numbered, appended)
                }
                Next::Enqueue(event) => {
                    let numbered = numbered(event);
                    let appended = conversations.append_and_enqueue(actor, id, &numbered).await;
                    (numbered, appended)
                }
            };
            match appended {
                Ok(()) => {
                    self.0.hub.event(actor, id, &numbered);
                    return Ok(Kept::Message(numbered.number));
                }
                Err(AppendError::Taken) => log.extend(conversations.read_after(actor, id, last).await?),
                Err(AppendError::Unavailable(error)) => return Err(error.into()),
            }
        }
    }
}

/// The decision of an append.
enum Next {
    Append(Event),
    /// Append and enqueue the conversation.
    Enqueue(Event),
    /// Append nothing.
    Keep(Kept),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// The event with this number.
    Message(u64),
    Limited(Limit),
    Nothing,
}
