//! An in-memory approver with a scripted person, and in-memory limits on prompting.

use super::lock;
use crate::Actor;
use crate::approval::{self, ApprovalEvidence, ApprovalId, Channel, Question, SignedApproval};
use crate::ports::{Approver, AskError, Asking, EvidenceError, Millis, PollResult, PromptLimiter, Ticket, Unavailable};
use crate::prompts::{OpenPrompt, PromptEnd, PromptPermit, PromptRequest, PromptState};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// The scripted behaviour of the person, or of the service between them and the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Approves at the first poll.
    SaysYes,
    /// Approves at the poll with this number.
    SaysYesAtLook(u32),
    /// Denies.
    SaysNo,
    /// Never answers.
    Sleeps,
    /// Has no device.
    HasNoDevice,
    /// Another person approves.
    IsAnother,
    /// Approves another question.
    AnswersAnother,
    /// The evidence is forged.
    Forges,
    /// Answers, but the answer is handed out to an instance that dies.
    IsForgotten,
    /// The service cannot be reached.
    IsOutOfReach,
    /// The question is sent, and then the service fails.
    GetsLost,
    /// Approves, and then the keys that verify the evidence are unavailable.
    LosesKeys,
}

/// Returns this person's approval, signed as [`MemoryApprover`] does: the evidence names the subject and the question's
/// digest.
///
/// # Panics
/// If the text is not accepted as evidence.
#[must_use]
pub fn signed_approval(actor: &Actor, digest: &str, at: Millis) -> SignedApproval {
    let evidence = ApprovalEvidence::new(format!("{} approves {digest}", actor.subject()).into());
    SignedApproval::of(actor, Channel::Ciba, at, evidence.unwrap_or_else(|error| panic!("{error}")))
}

/// Sends questions to one scripted person. Panics if it is polled more often than its interval allows, five seconds by
/// default.
#[derive(Debug)]
pub struct MemoryApprover {
    person: Mutex<Person>,
    asked: Mutex<Vec<Question>>,
    looks: Mutex<Vec<Millis>>,
    interval: Millis,
    needs: Vec<Channel>,
}

impl MemoryApprover {
    /// Creates an approver with this person.
    #[must_use]
    pub fn of(person: Person) -> Self {
        Self {
            person: Mutex::new(person),
            asked: Mutex::default(),
            looks: Mutex::default(),
            interval: 5_000,
            needs: vec![Channel::Ciba],
        }
    }

    /// Sets the shortest interval between polls.
    #[must_use]
    pub fn each(self, interval: Millis) -> Self {
        Self { interval, ..self }
    }

    /// Sets the approvals that each question needs. The scripted person gives the one by CIBA.
    #[must_use]
    pub fn needing(self, needs: &[Channel]) -> Self {
        Self { needs: needs.to_vec(), ..self }
    }

    /// The questions so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Question> {
        lock(&self.asked).clone()
    }

    /// The times of all polls.
    #[must_use]
    pub fn looks(&self) -> Vec<Millis> {
        lock(&self.looks).clone()
    }
}

#[async_trait]
impl Approver for MemoryApprover {
    async fn ask(&self, asking: &Asking<'_>, now: Millis) -> Result<Ticket, AskError> {
        let question = asking.question;
        lock(&self.asked).push(question.clone());
        match *lock(&self.person) {
            Person::HasNoDevice => Err(AskError::NoDevice),
            Person::IsOutOfReach => Err(Unavailable::new("the approval service", "down").into()),
            _ => {
                lock(&self.looks).push(now);
                Ok(Ticket {
                    handle: question.id.to_string(),
                    interval_ms: self.interval.unsigned_abs(),
                    until: question.until,
                    page: None,
                    channels: Vec::new(),
                })
            }
        }
    }

    async fn poll(
        &self,
        asking: &Asking<'_>,
        ticket: &Ticket,
        received: &[SignedApproval],
        now: Millis,
    ) -> Result<PollResult, Unavailable> {
        let Asking { actor, question, .. } = *asking;
        assert_eq!(ticket.handle, question.id.as_str(), "each ticket is for its own question");
        let last = lock(&self.looks).last().copied();
        let over = now >= question.until;
        assert!(over || last.is_none_or(|last| now - last >= self.interval), "polled too soon: {last:?} {now}");
        lock(&self.looks).push(now);
        let given = signed_approval(actor, &question.digest, now);
        let digest = question.digest.clone();
        let pending = PollResult::Pending { wait: Duration::from_millis(self.interval.unsigned_abs()) };
        if !self.missing(question, received).contains(&Channel::Ciba) {
            return Ok(pending);
        }
        let person = *lock(&self.person);
        Ok(match person {
            Person::SaysYes | Person::LosesKeys => PollResult::Approved { given, digest },
            Person::SaysYesAtLook(n) if lock(&self.looks).len() > n as usize => PollResult::Approved { given, digest },
            Person::SaysNo => PollResult::NotApproved,
            Person::SaysYesAtLook(_) | Person::Sleeps if over => PollResult::NotApproved,
            Person::IsAnother => {
                PollResult::Approved { given: SignedApproval { subject: "mallory".to_owned(), ..given }, digest }
            }
            Person::AnswersAnother => PollResult::Approved { given, digest: "0".repeat(64) },
            Person::IsForgotten => PollResult::Gone,
            Person::Forges => PollResult::Invalid { what: "wrong signature".to_owned() },
            Person::GetsLost => return Err(Unavailable::new("the approval service", "down")),
            Person::SaysYesAtLook(_) | Person::Sleeps | Person::HasNoDevice | Person::IsOutOfReach => pending,
        })
    }

    fn missing(&self, _: &Question, given: &[SignedApproval]) -> Vec<Channel> {
        approval::missing(&self.needs, given)
    }

    async fn verify(&self, asking: &Asking<'_>, approval: &SignedApproval) -> Result<(), EvidenceError> {
        let Asking { actor, question, .. } = *asking;
        if *lock(&self.person) == Person::LosesKeys {
            return Err(Unavailable::new("the approval service", "no keys").into());
        }
        let other = approval.approver(actor.tenant());
        let by = if approval.channel.is_own() { actor } else { &other };
        let signed = signed_approval(by, &question.digest, approval.at).evidence == approval.evidence;
        if signed { Ok(()) } else { Err(EvidenceError::Invalid("wrong evidence".to_owned())) }
    }
}

/// Limits on prompting people, by subject.
#[derive(Debug, Default)]
pub struct MemoryPromptLimiter(Mutex<BTreeMap<String, PromptState>>);

#[async_trait]
impl PromptLimiter for MemoryPromptLimiter {
    async fn acquire(&self, actor: &Actor, request: &PromptRequest, now: Millis) -> Result<PromptPermit, Unavailable> {
        Ok(lock(&self.0).entry(actor.subject().to_owned()).or_default().acquire(request, now))
    }

    async fn release(
        &self,
        actor: &Actor,
        question: &ApprovalId,
        end: PromptEnd,
        now: Millis,
    ) -> Result<(), Unavailable> {
        lock(&self.0).entry(actor.subject().to_owned()).or_default().release(question, end, now);
        Ok(())
    }

    async fn open(&self, actor: &Actor, now: Millis) -> Result<Vec<OpenPrompt>, Unavailable> {
        Ok(lock(&self.0).get(actor.subject()).map(|state| state.open(now)).unwrap_or_default())
    }

    async fn open_of(&self, actors: &[Actor], now: Millis) -> Result<Vec<Vec<OpenPrompt>>, Unavailable> {
        let all = lock(&self.0);
        let open = |actor: &Actor| all.get(actor.subject()).map(|state| state.open(now)).unwrap_or_default();
        Ok(actors.iter().map(open).collect())
    }
}
