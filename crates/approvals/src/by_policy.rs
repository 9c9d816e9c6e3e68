//! The approver that the policy composes: CIBA at the provider, passkeys on our pages, second persons.

use crate::passkey::Passkeys;
use crate::policy::{Needs, Policy, Rule};
use agent::approval::{Channel, Question, SignedApproval};
use agent::ports::{
    ApprovalRequest, ApprovalRequests, Approver, ApproverDirectory, AskError, Asking, EvidenceError, Millis,
    PollResult, Ticket, Unavailable,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Time after which a question that is answered on a page is polled: never, since the answer is an event of the log.
const NO_POLL: Duration = Duration::from_secs(3600);

/// Time after a question's end in which an answer may still arrive, in milliseconds: that of the guard.
const GRACE: Millis = 5_000;

/// Asks by the channels of the policy.
pub struct ByPolicy {
    /// The policy.
    pub policy: Policy,
    /// The channel to the person's phone.
    pub ciba: Arc<dyn Approver>,
    /// The passkeys of everybody.
    pub passkeys: Passkeys,
    /// The requests that are answered on a page.
    pub requests: Arc<dyn ApprovalRequests>,
    /// The people who may be second persons.
    pub directory: Arc<dyn ApproverDirectory>,
}

/// The content of a ticket's handle.
#[derive(Debug, Serialize, Deserialize)]
struct Handle {
    /// The request at the provider, if there is one.
    ciba: Option<Ticket>,
}

impl ByPolicy {
    /// Returns the channels by which this rule asks now.
    async fn channels(&self, rule: &Rule) -> Result<Vec<Channel>, Unavailable> {
        Ok(match &rule.needs {
            Needs::All(channels) => channels.clone(),
            Needs::Own if self.ciba.is_offered().await? => vec![Channel::Ciba],
            Needs::Own => vec![Channel::Passkey],
        })
    }

    /// Stores the request that people answer on a page.
    async fn request(&self, asking: &Asking<'_>, rule: &Rule, channels: &[Channel]) -> Result<(), AskError> {
        let channels: Vec<_> = channels.iter().copied().filter(|channel| *channel != Channel::Ciba).collect();
        if channels.is_empty() {
            return Ok(());
        }
        if channels.contains(&Channel::Passkey) && self.passkeys.list(asking.actor).await?.is_empty() {
            return Err(AskError::NoPasskey);
        }
        let needed = channels.iter().filter(|channel| **channel == Channel::SecondPerson).count();
        let approvers = if needed > 0 { self.approvers(asking).await? } else { Vec::new() };
        if approvers.len() < needed {
            return Err(AskError::NoApprover);
        }
        let request = ApprovalRequest {
            question: asking.question.clone(),
            asker: asking.actor.evidence().clone(),
            place: asking.place.clone(),
            channels,
            approvers,
            device: rule.device,
            sign_in_age: rule.sign_in_age,
        };
        Ok(self.requests.put(&request).await?)
    }

    /// Returns the second persons to ask, without the person who asks.
    async fn approvers(&self, asking: &Asking<'_>) -> Result<Vec<String>, Unavailable> {
        let mut approvers = self.directory.approvers(asking.object, asking.facts).await?;
        approvers.retain(|principal| principal != asking.actor.principal());
        approvers.sort();
        approvers.dedup();
        approvers.truncate(ApprovalRequest::MOST_APPROVERS);
        Ok(approvers)
    }
}

#[async_trait]
impl Approver for ByPolicy {
    async fn is_offered(&self) -> Result<bool, Unavailable> {
        if self.policy.offers_more_than_ciba() { Ok(true) } else { self.ciba.is_offered().await }
    }

    async fn ask(&self, asking: &Asking<'_>, now: Millis) -> Result<Ticket, AskError> {
        let rule = self.policy.rule(asking.question);
        let channels = self.channels(rule).await?;
        self.request(asking, rule, &channels).await?;
        let ciba = match channels.contains(&Channel::Ciba) {
            true => Some(self.ciba.ask(asking, now).await?),
            false => None,
        };
        let until = ciba.as_ref().map_or(asking.question.until, |ticket| ticket.until);
        let interval_ms =
            ciba.as_ref().map_or(u64::try_from(NO_POLL.as_millis()).unwrap_or(u64::MAX), |ticket| ticket.interval_ms);
        let handle = serde_json::to_string(&Handle { ciba })
            .map_err(|error| Unavailable::new("this server", format!("a ticket cannot be written: {error}")))?;
        let on_a_page = channels.iter().any(|channel| *channel != Channel::Ciba);
        let page = on_a_page.then(|| asking.question.id.clone());
        Ok(Ticket { handle, interval_ms, until, page, channels })
    }

    async fn poll(
        &self,
        asking: &Asking<'_>,
        ticket: &Ticket,
        received: &[SignedApproval],
        now: Millis,
    ) -> Result<PollResult, Unavailable> {
        let handle: Handle = serde_json::from_str(&ticket.handle)
            .map_err(|error| Unavailable::new("this server", format!("a ticket cannot be read: {error}")))?;
        match handle.ciba {
            Some(ciba) if received.iter().all(|given| given.channel != Channel::Ciba) => {
                self.ciba.poll(asking, &ciba, received, now).await
            }
            _ => Ok(PollResult::Pending { wait: NO_POLL }),
        }
    }

    fn missing(&self, question: &Question, given: &[SignedApproval]) -> Vec<Channel> {
        self.policy.rule(question).missing(given)
    }

    async fn withdraw(&self, asking: &Asking<'_>) {
        let channels = self.channels(self.policy.rule(asking.question)).await;
        if channels.is_ok_and(|channels| channels.iter().all(|channel| *channel == Channel::Ciba)) {
            return;
        }
        if let Err(error) = self.requests.remove(asking.actor, &asking.question.id).await {
            tracing::warn!(error = %error, "a request for approval could not be removed; it expires by itself");
        }
    }

    async fn verify(&self, asking: &Asking<'_>, approval: &SignedApproval) -> Result<(), EvidenceError> {
        let approver = approval.approver(asking.actor.tenant());
        match approval.channel {
            Channel::Ciba => self.ciba.verify(asking, approval).await,
            Channel::Passkey | Channel::SecondPerson if approval.at > asking.question.until + GRACE => {
                Err(EvidenceError::Invalid("the approval came too late".to_owned()))
            }
            Channel::Passkey | Channel::SecondPerson => {
                self.passkeys.verify(&approver, asking.question, approval).await
            }
        }
    }
}

impl fmt::Debug for ByPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByPolicy").field("policy", &self.policy).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
