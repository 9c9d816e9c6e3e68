//! Appends the answers that people give on a page to the question of a conversation, perhaps another person's.

use super::posting::{Decided, Next};
use super::{Folded, Inner, Turns};
use agent::Actor;
use agent::approval::{ApprovalId, Declined, SignedApproval};
use agent::ids::ConversationId;
use agent::ports::ReadError;
use agent::turn::{Event, Stop};

/// The reason why an answer does not count.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The question has an answer, was withdrawn, or has ended, or the person has answered it.
    #[error("too late")]
    TooLate,
    /// The log cannot be read, or the store does not answer.
    #[error(transparent)]
    Log(#[from] ReadError),
}

/// The origin of an open question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedFrom {
    /// The hash of the session that posted the message.
    pub session: Option<String>,
}

impl Turns {
    /// Returns the origin of an open question of `asker`; `None` if it is not open.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn asked_from(
        &self,
        asker: &Actor,
        id: &ConversationId,
        question: &ApprovalId,
    ) -> Result<Option<AskedFrom>, ReadError> {
        let Inner { conversations, checkpoints, .. } = &*self.0;
        let Folded { history, .. } = checkpoints.read(&**conversations, asker, id).await?;
        let open = history.open.as_ref().filter(|open| open.question(question).is_some() && open.stop == Stop::Unasked);
        Ok(open.map(|open| AskedFrom { session: open.session.clone() }))
    }

    /// Appends an approval of an open question. The first event in the log wins: after an answer, a cancellation or a
    /// stop, an approval is too late. The same approval twice is one.
    ///
    /// # Errors
    /// See [`AnswerError`].
    pub async fn approve(
        &self,
        asker: &Actor,
        id: &ConversationId,
        question: &ApprovalId,
        given: SignedApproval,
    ) -> Result<(), AnswerError> {
        let answer = |folded: &Folded| {
            let open = folded.history.open.as_ref().filter(|open| open.stop == Stop::Unasked)?;
            let (call, _, received) = open.question(question)?;
            match received.iter().find(|other| other.is_by_same_person(&given)) {
                Some(before) if before.evidence == given.evidence => Some(Next::Keep(Decided::Message(folded.last))),
                Some(_) => None,
                None => {
                    let (call, question, given) = (call.clone(), question.clone(), given.clone());
                    Some(Next::Append(Event::ApprovalGiven { call, question, given }))
                }
            }
        };
        self.answer(asker, id, answer).await
    }

    /// Appends a denial of an open question.
    ///
    /// # Errors
    /// See [`AnswerError`].
    pub async fn decline(
        &self,
        asker: &Actor,
        id: &ConversationId,
        question: &ApprovalId,
        declined: Declined,
    ) -> Result<(), AnswerError> {
        let answer = |folded: &Folded| {
            let open = folded.history.open.as_ref().filter(|open| open.stop == Stop::Unasked)?;
            let (call, ..) = open.question(question)?;
            let (call, question, declined) = (call.clone(), question.clone(), declined.clone());
            Some(Next::Append(Event::ApprovalDeclined { call, question, declined }))
        };
        self.answer(asker, id, answer).await
    }

    /// Appends what `decide` derives from the log; `None` means that it is too late.
    async fn answer(
        &self,
        asker: &Actor,
        id: &ConversationId,
        decide: impl Fn(&Folded) -> Option<Next>,
    ) -> Result<(), AnswerError> {
        let decide = |folded: &Folded| decide(folded).unwrap_or(Next::Keep(Decided::Nothing));
        let outcome = self.append(asker, id, decide).await?;
        if outcome == Decided::Nothing { Err(AnswerError::TooLate) } else { Ok(()) }
    }
}
