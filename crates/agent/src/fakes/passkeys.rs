//! In-memory stores of passkeys and of requests for approval.

use super::lock;
use crate::Actor;
use crate::actor::Evidence;
use crate::approval::{ApprovalId, Channel};
use crate::enrolments::Enrolments;
use crate::intent::Object;
use crate::ports::{
    ApprovalRequest, ApprovalRequests, ApproverDirectory, EnrolmentsVersion, Millis, PasskeyStore, Unavailable,
};
use crate::target::Fact;
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

type Person = (String, String, String);

fn person(actor: &Actor) -> Person {
    (actor.tenant().to_owned(), actor.issuer().to_owned(), actor.subject().to_owned())
}

/// Keeps passkeys in memory.
#[derive(Debug, Default)]
pub struct MemoryPasskeys {
    records: Mutex<BTreeMap<Person, (Enrolments, u64)>>,
    /// The number of next writes that happen and whose answer is lost.
    lost: AtomicU32,
}

impl MemoryPasskeys {
    /// Lets the answers of the next writes get lost: the caller is told that the version was another one, as after a
    /// repeated conditional write.
    pub fn lose_answers(&self, number: u32) {
        self.lost.store(number, Ordering::Relaxed);
    }
}

#[async_trait]
impl PasskeyStore for MemoryPasskeys {
    async fn read(&self, actor: &Actor) -> Result<(Enrolments, EnrolmentsVersion), Unavailable> {
        let (enrolments, version) = lock(&self.records).get(&person(actor)).cloned().unwrap_or_default();
        Ok((enrolments, EnrolmentsVersion(version)))
    }

    async fn replace(
        &self,
        actor: &Actor,
        enrolments: &Enrolments,
        version: EnrolmentsVersion,
    ) -> Result<bool, Unavailable> {
        tokio::task::yield_now().await;
        let mut records = lock(&self.records);
        let own = records.entry(person(actor)).or_default();
        if own.1 != version.0 {
            return Ok(false);
        }
        *own = (enrolments.clone(), version.0 + 1);
        let lose = |lost: u32| lost.checked_sub(1);
        Ok(self.lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lose).is_err())
    }
}

/// Keeps requests in memory.
#[derive(Debug, Default)]
pub struct MemoryApprovalRequests(Mutex<BTreeMap<String, ApprovalRequest>>, Mutex<BTreeSet<(Person, String)>>);

#[async_trait]
impl ApprovalRequests for MemoryApprovalRequests {
    async fn put(&self, request: &ApprovalRequest) -> Result<(), Unavailable> {
        lock(&self.0).insert(request.question.id.to_string(), request.clone());
        Ok(())
    }

    async fn get(&self, actor: &Actor, id: &ApprovalId, now: Millis) -> Result<Option<ApprovalRequest>, Unavailable> {
        let found = lock(&self.0).get(id.as_str()).cloned();
        Ok(found.filter(|it| it.question.until > now && it.channel_of(actor).is_some()))
    }

    async fn waiting_for(&self, actor: &Actor, now: Millis) -> Result<Vec<ApprovalRequest>, Unavailable> {
        let (all, unlisted) = (lock(&self.0), lock(&self.1));
        let is_listed = |it: &&ApprovalRequest| !unlisted.contains(&(person(actor), it.question.id.to_string()));
        let own = all.values().filter(|it| it.question.until > now && it.channel_of(actor).is_some());
        let own = own.filter(is_listed);
        Ok(own.take(ApprovalRequest::MOST_LISTED).cloned().collect())
    }

    async fn unlist(&self, who: &Actor, request: &ApprovalRequest) -> Result<(), Unavailable> {
        lock(&self.1).insert((person(who), request.question.id.to_string()));
        Ok(())
    }

    async fn remove(&self, _: &Actor, id: &ApprovalId) -> Result<(), Unavailable> {
        lock(&self.0).remove(id.as_str());
        Ok(())
    }
}

/// A directory in which these principals may approve everything.
#[derive(Debug, Default)]
pub struct FixedApprovers(pub Vec<String>);

#[async_trait]
impl ApproverDirectory for FixedApprovers {
    async fn approvers(&self, _: &Actor, _: &Object, _: &[Fact]) -> Result<Vec<String>, Unavailable> {
        Ok(self.0.clone())
    }
}

/// Returns a request of `asker` about `question`, for [`Channel::Passkey`] and these second persons.
#[must_use]
pub fn approval_request(asker: &Evidence, question: crate::approval::Question, approvers: &[&str]) -> ApprovalRequest {
    let place = crate::Place {
        conversation: crate::ids::ConversationId::from_random([1; 26]),
        call: crate::CallId("call-1-1".into()),
    };
    let second = approvers.iter().map(|_| Channel::SecondPerson).take(1);
    ApprovalRequest {
        question,
        asker: asker.clone(),
        place,
        channels: std::iter::once(Channel::Passkey).chain(second).collect(),
        approvers: approvers.iter().map(ToString::to_string).collect(),
        device: crate::ports::AnswerDevice::Any,
        sign_in_age: None,
        standing: None,
    }
}

/// Returns a question with this number as its id and in its digest.
#[must_use]
pub fn question(number: u8) -> crate::approval::Question {
    crate::approval::Question {
        effect: None,
        id: ApprovalId::from_random([number; 26]),
        tool: crate::ToolName("deed".into()),
        summary: "Do it".into(),
        details: vec![("Action".into(), "Do".into())],
        relation: "may".into(),
        object: "thing:1".into(),
        digest: format!("{number:02x}").repeat(32),
        binding_message: "Do: it".into(),
        asked: 1_000,
        until: 301_000,
        window: 60_000,
        discloses: None,
    }
}
