//! One call outside of a conversation: what a client of a door asks for, as long as nobody has to be asked.

use super::runner::Runner;
use super::{History, request};
use crate::guard::NotAdmittedAlone;
use crate::ports::Outcome;
use crate::tool::{ToolError, ToolOutput};
use crate::via::RequestedCall;
use crate::{Actor, Place, Refusal, ToolCall, Toolbox, excerpt};

/// The end of a call that nobody attended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AloneEnd {
    /// It was done.
    Done(ToolOutput),
    /// It was attempted and not done; the reason is for people and models.
    Failed(String),
    /// It was started, and its end was not observed.
    Unknown,
    /// Nothing was done.
    Refused(Refusal),
    /// There is no such tool for this person.
    NoSuchTool,
    /// A person must approve it or connect an account. Nothing was done or recorded.
    NeedsPerson,
}

impl Runner {
    /// Runs one call through the guard without a conversation. `place` names it, and is not stored. Do not drop the future:
    /// the ledger's entry would stay open.
    pub async fn call_alone(&self, actor: &Actor, place: Place, requested: RequestedCall) -> AloneEnd {
        let toolbox = self.toolbox(actor).await;
        let RequestedCall { tool, input } = requested;
        if input.to_string().len() > self.limits.input_bytes {
            return AloneEnd::Refused(Refusal::BadInput { reason: "The arguments are too large.".to_owned() });
        }
        let call = ToolCall { id: place.call, tool, input };
        if toolbox.definition(&call).is_none() {
            return AloneEnd::NoSuchTool;
        }
        let intent = match toolbox.intend(actor, &call) {
            Ok(intent) => intent,
            Err(bad) => return AloneEnd::Refused(Refusal::BadInput { reason: bad.0 }),
        };
        // No result of another tool stands in a conversation that does not exist, so nothing is disclosed by us.
        let request = request::of(actor, &toolbox, &place.conversation, call, intent, &History::default());
        let request = match request {
            Ok(request) => request,
            Err(refusal) => return AloneEnd::Refused(refusal),
        };
        match self.guard.admit_alone(request).await {
            Ok(permit) => self.spend(&toolbox, permit).await,
            Err(NotAdmittedAlone::Refused(refusal)) => AloneEnd::Refused(refusal),
            Err(NotAdmittedAlone::NeedsPerson) => AloneEnd::NeedsPerson,
        }
    }

    async fn spend(&self, toolbox: &Toolbox, permit: crate::Permit) -> AloneEnd {
        let (spent, outcome) = toolbox.run(permit, self.limits.call_time).await;
        let ending = outcome.as_ref().map_or_else(ToolError::outcome, |_| Outcome::Done);
        if let Err(error) = self.guard.close(&spent, ending).await {
            tracing::error!(error = %error, "an entry of the ledger could not be closed");
        }
        match outcome {
            Ok(ToolOutput { content, summary }) => {
                let content = excerpt::within(content, self.limits.result_bytes);
                AloneEnd::Done(ToolOutput { content, summary })
            }
            Err(ToolError::Failed(reason)) => AloneEnd::Failed(reason),
            Err(ToolError::Unknown { .. }) => AloneEnd::Unknown,
            Err(ToolError::Unavailable { service }) => {
                AloneEnd::Refused(Refusal::Unavailable { service: service.to_owned() })
            }
        }
    }
}
