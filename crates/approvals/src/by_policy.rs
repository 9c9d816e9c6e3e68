//! The approver that the policy composes: CIBA at the provider, passkeys on our pages, second persons.

use crate::passkey::Passkeys;
use crate::policy::{Needs, Policy, Rule};
use crate::standing::StandingApprovals;
use agent::Actor;
use agent::approval::{Channel, Question, SignedApproval};
use agent::notifications::{Notice, Occasion, Recipient};
use agent::ports::{
    ApprovalRequest, ApprovalRequests, Approver, ApproverDirectory, AskError, Asking, EvidenceError, Millis, Notifier,
    PollResult, Ticket, Unavailable,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Interval of the polls of a question that is answered on a page alone, in its last half. Its answer is an event of the
/// log, so the one poll that it has is for the reminder.
const NO_POLL: Duration = Duration::from_secs(24 * 3600);

/// Shortest time to the end of a question at which people are still reminded, in milliseconds.
const TOO_LATE: Millis = 10_000;

/// Time in which polls of CIBA remind the other people, in milliseconds.
const WINDOW: Millis = 15_000;

/// Time after a question's end in which an answer may still arrive, in milliseconds: that of the guard.
const GRACE: Millis = 5_000;

/// Asks by the channels of the policy.
pub struct ByPolicy {
    /// The policy.
    pub policy: Policy,
    /// The issuer at which people sign in by the browser.
    pub issuer: Arc<str>,
    /// The channel to the person's phone.
    pub ciba: Arc<dyn Approver>,
    /// The passkeys of everybody.
    pub passkeys: Passkeys,
    /// The standing approvals of everybody.
    pub standing: StandingApprovals,
    /// The requests that are answered on a page.
    pub requests: Arc<dyn ApprovalRequests>,
    /// The people who may be second persons.
    pub directory: Arc<dyn ApproverDirectory>,
    /// Tells people outside our pages that a request waits.
    pub notifier: Arc<dyn Notifier>,
}

/// The content of a ticket's handle.
#[derive(Debug, Serialize, Deserialize)]
struct Handle {
    /// The request at the provider, if there is one.
    ciba: Option<Ticket>,
    /// The principals of the people who were told that the request waits.
    told: Vec<String>,
    /// The time from which they are reminded.
    remind_at: Millis,
}

impl ByPolicy {
    /// Returns whether the person can be asked themselves. A person of another issuer has neither a phone at this one nor
    /// passkeys here, and somebody else may have the same name.
    fn reaches(&self, actor: &Actor) -> bool {
        actor.issuer() == &*self.issuer
    }

    /// Returns the channels by which this rule asks this person now.
    async fn channels(&self, rule: &Rule, actor: &Actor) -> Result<Vec<Channel>, Unavailable> {
        Ok(match &rule.needs {
            Needs::All(channels) => channels.clone(),
            Needs::Own if self.ciba.is_offered(actor).await? => vec![Channel::Ciba],
            Needs::Own => vec![Channel::Passkey],
        })
    }

    /// Stores the request that people answer on a page. Returns the principals of these people.
    async fn request(&self, asking: &Asking<'_>, rule: &Rule, channels: &[Channel]) -> Result<Vec<String>, AskError> {
        let channels: Vec<_> = channels.iter().copied().filter(|channel| *channel != Channel::Ciba).collect();
        if channels.is_empty() {
            return Ok(Vec::new());
        }
        let is_own = channels.contains(&Channel::Passkey);
        if is_own && self.passkeys.list(asking.actor).await?.is_empty() {
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
            standing: rule.standing.and_then(|bounds| bounds.offer(asking)),
        };
        self.requests.put(&request).await?;
        let own = is_own.then(|| asking.actor.principal().to_owned());
        Ok(own.into_iter().chain(request.approvers).collect())
    }

    /// Tells these people that the request waits for them.
    fn tell(&self, asking: &Asking<'_>, people: &[String], occasion: Occasion) {
        let Question { id, until, .. } = asking.question;
        for principal in people {
            let to = Recipient { tenant: asking.actor.tenant().to_owned(), principal: principal.clone() };
            self.notifier.notify(Notice { to, request: id.clone(), occasion, until: *until });
        }
    }

    /// Reminds those who have not answered, once half of the time is over. Each instance that takes the question over may
    /// call this again: the notifier reminds once.
    fn remind(&self, asking: &Asking<'_>, handle: &Handle, received: &[SignedApproval], now: Millis) {
        // CIBA is polled every few seconds, and each reminder would ask the store.
        let end = if handle.ciba.is_some() { handle.remind_at + WINDOW } else { asking.question.until - TOO_LATE };
        if now < handle.remind_at || now > end {
            return;
        }
        let has_answered = |principal: &String| received.iter().any(|given| given.principal == *principal);
        let silent: Vec<_> = handle.told.iter().filter(|principal| !has_answered(principal)).cloned().collect();
        self.tell(asking, &silent, Occasion::Reminder);
    }

    /// Returns the second persons to ask, without the person who asks.
    async fn approvers(&self, asking: &Asking<'_>) -> Result<Vec<String>, Unavailable> {
        let mut approvers = self.directory.approvers(asking.actor, asking.object, asking.facts).await?;
        approvers.retain(|principal| principal != asking.actor.principal());
        approvers.sort();
        approvers.dedup();
        approvers.truncate(ApprovalRequest::MOST_APPROVERS);
        Ok(approvers)
    }
}

#[async_trait]
impl Approver for ByPolicy {
    async fn is_offered(&self, actor: &Actor) -> Result<bool, Unavailable> {
        if !self.reaches(actor) {
            return Ok(self.policy.offers_second_persons_alone());
        }
        if self.policy.offers_more_than_ciba() { Ok(true) } else { self.ciba.is_offered(actor).await }
    }

    async fn in_advance(&self, asking: &Asking<'_>, now: Millis) -> Result<Option<SignedApproval>, Unavailable> {
        let Some(bounds) = self.policy.rule(asking.question).standing else { return Ok(None) };
        for given in self.standing.covering(asking, &bounds, now).await? {
            match self.passkeys.verify(asking.actor, asking.question, &given).await {
                Ok(()) => {}
                Err(EvidenceError::Unavailable(error)) => return Err(error),
                Err(EvidenceError::Invalid(what)) => {
                    tracing::warn!(what, "a standing approval does not count any more");
                    continue;
                }
            }
            if let Some(spent) = self.standing.spend(asking, &given, now).await? {
                return Ok(Some(spent));
            }
        }
        Ok(None)
    }

    async fn ask(&self, asking: &Asking<'_>, now: Millis) -> Result<Ticket, AskError> {
        let rule = self.policy.rule(asking.question);
        let channels = self.channels(rule, asking.actor).await?;
        if channels.iter().any(|channel| channel.is_own()) && !self.reaches(asking.actor) {
            return Err(AskError::NoDevice);
        }
        let told = self.request(asking, rule, &channels).await?;
        let ciba = match channels.contains(&Channel::Ciba) {
            true => Some(self.ciba.ask(asking, now).await?),
            false => None,
        };
        self.tell(asking, &told, Occasion::Asked);
        let half = (asking.question.until - now).max(0) / 2;
        let interval_ms = ciba.as_ref().map_or(half.unsigned_abs(), |ticket| ticket.interval_ms);
        let phone_until = ciba.as_ref().map(|ticket| ticket.until);
        let handle = serde_json::to_string(&Handle { ciba, told, remind_at: now + half })
            .map_err(|error| Unavailable::new("this server", format!("a ticket cannot be written: {error}")))?;
        let on_a_page = channels.iter().any(|channel| *channel != Channel::Ciba);
        // The provider's time ends the phone's answer alone; other people have the time of the question.
        let until = phone_until.filter(|_| !on_a_page).unwrap_or(asking.question.until);
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
        self.remind(asking, &handle, received, now);
        match handle.ciba {
            Some(ciba) if received.iter().all(|given| given.channel != Channel::Ciba) => {
                let polled = self.ciba.poll(asking, &ciba, received, now).await?;
                // Some dialects report a denial and an expiry alike.
                let is_expired = matches!(polled, PollResult::NotApproved) && now >= ciba.until;
                Ok(if is_expired { PollResult::Expired } else { polled })
            }
            _ if now < handle.remind_at => {
                let wait = Duration::from_millis((handle.remind_at - now).unsigned_abs());
                Ok(PollResult::Pending { wait })
            }
            _ => Ok(PollResult::Pending { wait: NO_POLL }),
        }
    }

    fn missing(&self, question: &Question, given: &[SignedApproval]) -> Vec<Channel> {
        self.policy.rule(question).missing(given)
    }

    fn patience(&self, question: &Question) -> Option<Millis> {
        self.policy.rule(question).patience
    }

    async fn withdraw(&self, asking: &Asking<'_>) {
        let channels = self.channels(self.policy.rule(asking.question), asking.actor).await;
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
                self.passkeys.verify(&approver, asking.question, approval).await?;
                let bounds = self.policy.rule(asking.question).standing;
                self.standing.verify(asking, approval, bounds.as_ref()).await
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
