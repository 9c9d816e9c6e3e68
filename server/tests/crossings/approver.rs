//! A person with a phone who approves at the second poll.

use crate::gates::{Gates, Who};
use agent::approval::SignedApproval;
use agent::fakes::signed_approval;
use agent::ports::{Approver, AskError, Asking, EvidenceError, Millis, PollResult, Ticket, Unavailable};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Poll interval. Two polls take long enough for a lease to be renewed while the question is pending.
const INTERVAL_MS: u64 = 3_000;

/// Number of polls for each question.
pub(crate) type Looks = Arc<Mutex<BTreeMap<String, u32>>>;

pub(crate) struct Phone {
    pub(crate) who: Who,
    pub(crate) gates: Gates,
    pub(crate) looks: Looks,
}

impl Phone {
    async fn pass(&self, what: &'static str) -> Result<(), Unavailable> {
        self.gates.pass(self.who, what).await.arrives("the phone")
    }
}

#[async_trait]
impl Approver for Phone {
    async fn ask(&self, asking: &Asking<'_>, _: Millis) -> Result<Ticket, AskError> {
        let question = asking.question;
        let passed = self.pass("ask").await;
        self.looks.lock().unwrap().entry(question.id.to_string()).or_default();
        passed?;
        Ok(Ticket {
            handle: question.id.to_string(),
            interval_ms: INTERVAL_MS,
            until: question.until,
            page: None,
            channels: Vec::new(),
        })
    }

    async fn poll(
        &self,
        asking: &Asking<'_>,
        _: &Ticket,
        _: &[SignedApproval],
        now: Millis,
    ) -> Result<PollResult, Unavailable> {
        let Asking { actor, question, .. } = *asking;
        self.pass("look").await?;
        let mut looks = self.looks.lock().unwrap();
        let looks = looks.entry(question.id.to_string()).or_default();
        *looks += 1;
        if *looks < 2 {
            return Ok(PollResult::Pending { wait: Duration::from_millis(INTERVAL_MS) });
        }
        let given = signed_approval(actor, &question.digest, now);
        Ok(PollResult::Approved { given, digest: question.digest.clone() })
    }

    async fn verify(&self, asking: &Asking<'_>, approval: &SignedApproval) -> Result<(), EvidenceError> {
        let Asking { actor, question, .. } = *asking;
        self.pass("verify").await?;
        let own = signed_approval(actor, &question.digest, approval.at).evidence == approval.evidence;
        if own { Ok(()) } else { Err(EvidenceError::Invalid("another one's".to_owned())) }
    }
}
