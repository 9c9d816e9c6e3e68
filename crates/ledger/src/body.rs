//! The bodies of records as they are stored permanently. They are hashed and signed, so new kinds may be added but
//! existing shapes never change. They contain no token, no prompt and no body of a tool call.

use crate::names;
use agent::actor::ActorKind;
use agent::approval::{ApprovalId, Channel, Standing};
use agent::intent::Risk;
use agent::ports::{self, Entry, EntryId, Millis, Outcome, PolicyDecision, Way};
use agent::{CallId, ToolName, ids::ConversationId};
use serde::{Deserialize, Serialize};

/// Maximum stored length of a reason, in characters: enough for an explanation, too short for a tool's answer.
const LONGEST_REASON: usize = 300;

/// Maximum stored length of a person's name, in characters.
const LONGEST_NAME: usize = 100;

/// The content of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all are of the largest kind")]
pub enum Body {
    /// The decision, before the action.
    Opened(Opened),
    /// The outcome of the action.
    Closed(Closed),
    /// A new chain, in the list of a tenant's chains.
    Chain(NewChain),
    /// A new tenant, in the list of tenants.
    Tenant(NewTenant),
}

/// The decision about an action, written before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// Time of the decision, in milliseconds since 1970.
    pub at: Millis,
    /// The organization that owns the data.
    pub tenant: String,
    /// The person on whose behalf the agent acts.
    pub on_behalf_of: Person,
    /// The way through a door; absent in the person's own browser. The agents act for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// The conversation; `None` if the person acts on a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The call in the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Name of the tool.
    pub tool: ToolName,
    /// The action in plain words.
    pub intent: String,
    /// The relation that was checked for the decision.
    pub relation: String,
    /// The object of that relation.
    pub object: String,
    /// The need for an approval.
    pub risk: Weight,
    /// The approval that was requested, if any.
    pub approval: Option<Approval>,
    /// The decision of the policies, if there was one to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyDecision>,
    /// The guard's decision.
    pub decision: Decision,
}

/// A person, as the identity provider names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Issuer of the person's identity.
    pub issuer: String,
    /// Subject within that issuer.
    pub subject: String,
    /// The id in `user:<principal>`, or `agent:<principal>`, the user that the permission check named.
    pub principal: String,
    /// The kind; absent for a person.
    #[serde(default, skip_serializing_if = "ActorKind::is_person")]
    pub kind: ActorKind,
    /// Display name, cut to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Verified e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Person {
    /// Returns whether a reader who looks for `wanted` means this person: by subject, or by a part of the name or the
    /// address in any case.
    pub(crate) fn is_meant(&self, wanted: &str) -> bool {
        let wanted_part = wanted.to_lowercase();
        let holds =
            |text: &Option<String>| text.as_ref().is_some_and(|text| text.to_lowercase().contains(&wanted_part));
        self.subject == wanted || holds(&self.name) || holds(&self.email)
    }
}

/// The need of an action for an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The permission suffices.
    Read,
    /// A person must approve.
    Elevated,
}

/// The approval of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Id of the approval.
    pub id: ApprovalId,
    /// SHA-256 of the request that was shown, in hexadecimal.
    pub digest: String,
    /// The approvals that people gave. Empty if one was denied or is missing.
    pub given: Vec<GivenApproval>,
}

/// An approval that a person gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenApproval {
    /// The channel.
    pub channel: Channel,
    /// Issuer of the identity of the person who approved.
    pub issuer: String,
    /// Subject of the person who approved.
    pub subject: String,
    /// Time at which the approval was received, in milliseconds since 1970.
    pub at: Millis,
    /// SHA-256 of the signed evidence, in hexadecimal. An ID token is in the sealed log of the conversation.
    pub evidence: String,
    /// The evidence of a passkey: JSON of a [`webauthn::SignedAssertion`]. It is no credential, so it is here, and
    /// outlives the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<String>,
    /// The standing approval that was given with it, or that it is a use of. The passkey signed its limits then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Box<Standing>>,
}

/// The defect of an approval's evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEvidence {
    /// The hash has not the form of a SHA-256 digest.
    #[error("it has no hash")]
    Hash,
    /// An approval by passkey lacks the assertion, or another approval has one.
    #[error("the assertion is missing, or has no place here")]
    Channel,
    /// The assertion is not the one that was hashed.
    #[error("the assertion is another one")]
    OtherAssertion,
    /// The assertion cannot be read.
    #[error("the assertion cannot be read")]
    Shape,
    /// The approval is not what its standing approval allows: another number, request, tool or time.
    #[error("the standing approval does not allow it")]
    Standing,
    /// The passkey did not sign the digest of the request, or the limits of its standing approval.
    #[error("{0}")]
    Assertion(#[from] webauthn::Invalid),
}

impl GivenApproval {
    /// Verifies the evidence of an approval with this id, of the request with this digest, as far as the record holds
    /// it: the signature of a passkey, over the digest or over the limits of a standing approval. Returns the origin of
    /// the page on which it was made.
    ///
    /// # Errors
    /// See [`BadEvidence`].
    pub fn verify(&self, id: &ApprovalId, digest: &str) -> Result<Option<String>, BadEvidence> {
        let is_hash =
            |text: &str| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash(&self.evidence) {
            return Err(BadEvidence::Hash);
        }
        let assertion = match (&self.assertion, self.channel.has_public_evidence()) {
            (Some(assertion), true) => assertion,
            (None, false) => return Ok(None),
            _ => return Err(BadEvidence::Channel),
        };
        if names::hash(assertion) != self.evidence {
            return Err(BadEvidence::OtherAssertion);
        }
        let assertion: webauthn::SignedAssertion = serde_json::from_str(assertion).map_err(|_| BadEvidence::Shape)?;
        let signed = self.signed_digest(id, digest)?;
        let challenge = webauthn::challenge(&signed).ok_or(webauthn::Invalid::Challenge)?;
        Ok(Some(assertion.verify_anywhere(&challenge)?.origin))
    }
}

impl GivenApproval {
    /// Returns the digest that the passkey signed, after a check of what the limits of a standing approval say about
    /// this approval.
    fn signed_digest(&self, id: &ApprovalId, digest: &str) -> Result<String, BadEvidence> {
        let Some(standing) = &self.standing else { return Ok(digest.to_owned()) };
        let limits = &standing.limits;
        let is_own = (&limits.issuer, &limits.subject) == (&self.issuer, &self.subject);
        let fits = match standing.used {
            None => limits.id == *id && limits.question == digest,
            Some(_) => standing.is_numbered_as(id) && self.at < limits.until,
        };
        if self.channel != Channel::Passkey || !is_own || !fits {
            return Err(BadEvidence::Standing);
        }
        limits.digest().map_err(|_| BadEvidence::Standing)
    }

    /// Returns whether the record is about the tool and the organization of the standing approval, if it names one.
    pub(crate) fn is_within(&self, tenant: &str, tool: &ToolName) -> bool {
        self.standing.as_ref().is_none_or(|own| own.limits.tenant == tenant && own.limits.tool == *tool)
    }
}

impl Approval {
    /// Returns whether the approvals that were given prove themselves, and there is one.
    pub(crate) fn is_proven(&self) -> bool {
        !self.given.is_empty() && self.given.iter().all(|given| given.verify(&self.id, &self.digest).is_ok())
    }
}

impl From<ports::GivenApproval> for GivenApproval {
    fn from(given: ports::GivenApproval) -> Self {
        let ports::GivenApproval { channel, issuer, subject, at, evidence, assertion, standing } = given;
        Self { channel, issuer, subject, at, evidence, assertion, standing }
    }
}

/// The guard's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// The action may be performed.
    Allowed,
    /// The action may not be performed.
    Refused {
        /// The reason of the refusal, cut to 300 characters.
        reason: String,
    },
}

/// The outcome of an action, in the record that closes its entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// The closed entry.
    pub entry: EntryId,
    /// Hash of that entry's record.
    pub hash: String,
    /// Time at which the outcome was observed, in milliseconds since 1970.
    pub at: Millis,
    /// Time from the decision to the outcome, in milliseconds.
    pub took: Millis,
    /// The outcome.
    pub outcome: ActionOutcome,
}

/// The outcome of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case", deny_unknown_fields)]
pub enum ActionOutcome {
    /// The action was performed.
    Done,
    /// The action was not performed.
    NotDone {
        /// The reason, cut to 300 characters.
        reason: String,
    },
    /// The outcome was not observed.
    Unknown,
}

/// A new chain of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewChain {
    /// Name of the chain.
    pub chain: String,
    /// Head of the previous chain of the same shard, from an earlier day.
    pub follows: Option<Follows>,
}

/// The head of a chain at the time at which the next one began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follows {
    /// Name of the chain.
    pub chain: String,
    /// Number of its newest record.
    pub seq: u64,
    /// Hash of that record.
    pub hash: String,
}

/// A new tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// Name of the tenant.
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
                kind: actor.kind(),
                name: Some(actor.name().chars().take(LONGEST_NAME).collect()).filter(|name: &String| !name.is_empty()),
                email: actor.email().map(str::to_owned),
            },
            way: actor.via().map(|via| Way::from(&**via)),
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
                given: approval.given.into_iter().map(GivenApproval::from).collect(),
            }),
            policy: entry.policy,
            decision: match entry.verdict {
                ports::Verdict::Allowed => Decision::Allowed,
                ports::Verdict::Refused(reason) => Decision::Refused { reason: short(reason) },
            },
        }
    }
}

impl From<Outcome> for ActionOutcome {
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
