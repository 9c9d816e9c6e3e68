//! The state of a call is kept in the conversation's log: the question, and the answer of whoever wrote first.

use super::open::{Pending, Stage};
use super::{Event, Interrupt, Interrupts, Journal, Stop};
use crate::CallId;
use crate::approval::{Answer, Question, SignedApproval};
use crate::guard::{Account, ApprovalState, CallLog, Remedy};
use crate::intent::Need;
use crate::ports::{Millis, Ticket, Unavailable};
use async_trait::async_trait;

pub(super) struct JournaledCall<'a> {
    pub(super) journal: &'a dyn Journal,
    pub(super) interrupts: &'a Interrupts,
    pub(super) call: &'a CallId,
}

impl JournaledCall<'_> {
    /// Returns the state in the log including other writers' events, and whether the turn is to stop.
    async fn read(&self) -> Result<(ApprovalState, Account, bool), Unavailable> {
        if self.interrupts.sent() == Some(Interrupt::Suspend) {
            return Err(Unavailable::new("this server", "it is shutting down; another instance continues"));
        }
        self.journal.refresh().await?;
        self.fold()
    }

    fn fold(&self) -> Result<(ApprovalState, Account, bool), Unavailable> {
        let history = self.journal.history();
        let stop = history.open.as_ref().is_some_and(|open| open.stop == Stop::Asked);
        let stop = stop || self.interrupts.sent() == Some(Interrupt::Stop);
        let mut pending = history.open.iter().flat_map(|open| &open.pending);
        match pending.find(|pending| pending.call.id == *self.call) {
            Some(Pending { stage: Stage::Proposed(standing), account, .. }) => Ok((standing.clone(), *account, stop)),
            _ => Err(Unavailable::new("the log", "the call has ended already")),
        }
    }
}

#[async_trait]
impl CallLog for JournaledCall<'_> {
    async fn approval_state(&self) -> Result<ApprovalState, Unavailable> {
        let (standing, _, stopped) = self.read().await?;
        match standing {
            // The turn was stopped after the approval and before the action.
            ApprovalState::Answered(question, Answer::Approved { .. }) if stopped => {
                Ok(ApprovalState::Answered(question, Answer::Cancelled))
            }
            ApprovalState::Unasked | ApprovalState::Asked(_) | ApprovalState::Put(..) if stopped => {
                self.answered(Answer::Cancelled).await?;
                Ok(self.fold()?.0)
            }
            standing => Ok(standing),
        }
    }

    async fn queued(&self) -> Result<(), Unavailable> {
        self.journal.append(Event::ApprovalQueued { call: self.call.clone() }).await
    }

    async fn asked(&self, question: &Question) -> Result<(), Unavailable> {
        self.journal.append(Event::ApprovalAsked { call: self.call.clone(), question: question.clone() }).await
    }

    async fn put(&self, ticket: &Ticket) -> Result<(), Unavailable> {
        self.journal.append(Event::ApprovalPut { call: self.call.clone(), ticket: ticket.clone() }).await
    }

    async fn given(&self, question: &Question, given: &SignedApproval) -> Result<(), Unavailable> {
        let (call, question, given) = (self.call.clone(), question.id.clone(), given.clone());
        self.journal.append(Event::ApprovalGiven { call, question, given }).await
    }

    async fn approved_in_advance(&self, question: &Question, given: &SignedApproval) -> Result<(), Unavailable> {
        let (call, question, given) = (self.call.clone(), question.clone(), given.clone());
        self.journal.append(Event::ApprovedInAdvance { call, question, given }).await
    }

    async fn answered(&self, answer: Answer) -> Result<(), Unavailable> {
        self.journal.append(Event::ApprovalAnswered { call: self.call.clone(), answer }).await
    }

    async fn account(&self) -> Result<Account, Unavailable> {
        let (_, account, stopped) = self.read().await?;
        // A person who stops the turn will not connect an account for it.
        Ok(match account {
            Account::Wanted { remedy, .. } if stopped => Account::Declined { remedy },
            other => other,
        })
    }

    async fn wanted(&self, need: &Need, remedy: Remedy, until: Millis) -> Result<(), Unavailable> {
        self.journal.append(Event::AccountWanted { call: self.call.clone(), need: need.clone(), remedy, until }).await
    }

    async fn connected(&self) -> Result<(), Unavailable> {
        self.journal.append(Event::AccountConnected { call: self.call.clone(), account: None }).await
    }

    async fn changed(&self) {
        let mut interrupts = self.interrupts.clone();
        tokio::select! {
            () = self.journal.changed() => {}
            _ = interrupts.wait() => {}
        }
    }
}
