//! A person with a phone, who approves at the second look.

use crate::gates::{Answer, Gates, Who};
use agent::Actor;
use agent::approval::{Question, SignedApproval};
use agent::fakes::signed_approval;
use agent::ports::{Approver, AskError, EvidenceError, Millis, Seen, Ticket, Unavailable};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Looks at each question so far.
pub(crate) type Looks = Arc<Mutex<BTreeMap<String, u32>>>;

pub(crate) struct Phone {
    pub(crate) who: Who,
    pub(crate) gates: Gates,
    pub(crate) looks: Looks,
}

#[async_trait]
impl Approver for Phone {
    async fn ask(&self, _: &Actor, question: &Question, _: Millis) -> Result<Ticket, AskError> {
        let answer = self.gates.pass(self.who, "ask").await;
        self.looks.lock().unwrap().entry(question.id.to_string()).or_default();
        if answer == Answer::IsLost {
            return Err(Unavailable::new("the phone", "the answer was lost").into());
        }
        Ok(Ticket { handle: question.id.to_string(), interval_ms: 1_000, until: question.until })
    }

    async fn look(&self, actor: &Actor, question: &Question, _: &Ticket, now: Millis) -> Result<Seen, Unavailable> {
        if self.gates.pass(self.who, "look").await == Answer::IsLost {
            return Err(Unavailable::new("the phone", "the answer was lost"));
        }
        let mut looks = self.looks.lock().unwrap();
        let looks = looks.entry(question.id.to_string()).or_default();
        *looks += 1;
        if *looks < 2 {
            return Ok(Seen::Pending { wait: Duration::from_secs(1) });
        }
        let given = signed_approval(actor, &question.digest, now);
        Ok(Seen::Yes { given, digest: question.digest.clone() })
    }

    async fn verify(&self, actor: &Actor, question: &Question, approval: &SignedApproval) -> Result<(), EvidenceError> {
        if self.gates.pass(self.who, "verify").await == Answer::IsLost {
            return Err(Unavailable::new("the phone", "the answer was lost").into());
        }
        let own = signed_approval(actor, &question.digest, approval.at).evidence == approval.evidence;
        if own { Ok(()) } else { Err(EvidenceError::Invalid("another one's".to_owned())) }
    }
}
