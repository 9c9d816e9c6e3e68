//! The bodies of records, as they are written for good: these shapes are hashed and signed, so they may gain new kinds but
//! never change. They hold no token, no prompt and no tool's body.

use agent::intent::Risk;
use agent::ports::{self, Entry, EntryId, Millis, Outcome};
use agent::{CallId, ToolName, approval::ApprovalId, ids::ConversationId};
use serde::{Deserialize, Serialize};

/// Longest reason that is kept, in characters: enough to say why, too short for a tool's answer.
const LONGEST_REASON: usize = 300;

/// The body of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all are of the largest kind")]
pub enum Body {
    /// A decision, before the deed.
    Opened(Opened),
    /// The end of the deed.
    Closed(Closed),
    /// In the list of a tenant's chains: one more chain.
    Chain(NewChain),
    /// In the list of tenants: one more tenant.
    Tenant(NewTenant),
}

/// A decision, before the deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// When it was decided, in milliseconds since 1970.
    pub at: Millis,
    /// The organization whose data it is.
    pub tenant: String,
    /// The person on whose behalf the agent acts.
    pub on_behalf_of: Person,
    /// The conversation; none, when the person acts on a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The call in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The tool.
    pub tool: ToolName,
    /// The deed in plain words.
    pub intent: String,
    /// The relation that determined the decision.
    pub relation: String,
    /// The object of the relation.
    pub object: String,
    /// The need for an approval.
    pub risk: Weight,
    /// The approval that was asked for, if one was.
    pub approval: Option<Approval>,
    /// The decision.
    pub decision: Decision,
}

/// A person, as the identity provider names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Issuer of the identity.
    pub issuer: String,
    /// Subject within the issuer.
    pub subject: String,
    /// The id part of `user:<principal>`, about which the permission was asked.
    pub principal: String,
}

/// The need of a deed for an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// A permission suffices.
    Read,
    /// It needs a human yes.
    Elevated,
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// SHA-256 over what was asked, in hexadecimal.
    pub digest: String,
    /// The yes, if there was one.
    pub given: Option<Given>,
}

/// A yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Issuer of the identity of who said it.
    pub issuer: String,
    /// Subject of who said it.
    pub subject: String,
    /// When it was learned of, in milliseconds since 1970.
    pub at: Millis,
    /// SHA-256 of the signed evidence, in hexadecimal. The evidence itself stands in the conversation's sealed log.
    pub evidence: String,
}

impl Given {
    /// Returns whether it names evidence.
    pub(crate) fn has_evidence(&self) -> bool {
        self.evidence.len() == 64 && self.evidence.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

impl From<ports::Given> for Given {
    fn from(ports::Given { issuer, subject, at, evidence }: ports::Given) -> Self {
        Self { issuer, subject, at, evidence }
    }
}

/// A decision of the guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// The deed may be done.
    Allowed,
    /// It may not.
    Refused {
        /// The reason.
        reason: String,
    },
}

/// The end of a deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// The entry that it closes.
    pub entry: EntryId,
    /// The hash of that entry's record.
    pub hash: String,
    /// When the end was seen, in milliseconds since 1970.
    pub at: Millis,
    /// Milliseconds since the decision.
    pub took: Millis,
    /// The outcome.
    pub outcome: End,
}

/// An outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case", deny_unknown_fields)]
pub enum End {
    /// It was done.
    Done,
    /// It did not come about.
    NotDone {
        /// The reason.
        reason: String,
    },
    /// Its end was not seen.
    Unknown,
}

/// One more chain of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewChain {
    /// Its name.
    pub chain: String,
    /// The head of the chain before it in the same shard, of an earlier day.
    pub follows: Option<Follows>,
}

/// The head of a chain when the next one began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follows {
    /// Its name.
    pub chain: String,
    /// The number of its newest record.
    pub seq: u64,
    /// That record's hash.
    pub hash: String,
}

/// One more tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// Its name.
    pub tenant: String,
}

impl From<Entry> for Opened {
    fn from(entry: Entry) -> Self {
        let actor = &entry.actor;
        let (conversation, call) = entry.place.map(|place| (place.conversation, place.call)).unzip();
        Self {
            at: entry.at,
            tenant: actor.tenant().to_owned(),
            on_behalf_of: Person {
                issuer: actor.issuer().to_owned(),
                subject: actor.subject().to_owned(),
                principal: actor.principal().to_owned(),
            },
            conversation,
            call,
            tool: entry.tool,
            intent: entry.intent,
            relation: entry.relation,
            object: entry.object,
            risk: match entry.risk {
                Risk::Read => Weight::Read,
                Risk::Elevated => Weight::Elevated,
            },
            approval: entry.approval.map(|approval| Approval {
                id: approval.id,
                digest: approval.digest,
                given: approval.given.map(Given::from),
            }),
            decision: match entry.verdict {
                ports::Verdict::Allowed => Decision::Allowed,
                ports::Verdict::Refused(reason) => Decision::Refused { reason: short(reason) },
            },
        }
    }
}

impl From<Outcome> for End {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::NotDone(reason) => Self::NotDone { reason: short(reason) },
            Outcome::Unknown => Self::Unknown,
        }
    }
}

fn short(text: String) -> String {
    match text.char_indices().nth(LONGEST_REASON) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
