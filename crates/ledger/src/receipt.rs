//! Receipts: the request, the person's approval, its time and the execution in one JSON document that can be checked
//! offline with only a public key. Every statement is derived from the records that the receipt contains, so it
//! cannot contradict them.

use crate::body::{ActionOutcome, BadEvidence, Body, Closed, Decision, GivenApproval, Person};
use crate::names;
use crate::record::{Flaw, Record};
use crate::signing::{BadSignature, LedgerKeys, PublicKeys, Signature};
use agent::approval::ApprovalId;
use agent::ports::Millis;
use agent::{CallId, ToolName, ids::ConversationId};
use serde::{Deserialize, Serialize};

/// The `kind` of every receipt of this version.
const KIND: &str = "countersign receipt 1";

/// A signed receipt of an approved action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The signed content.
    pub statement: Statement,
    /// Signature of the canonical JSON (RFC 8785) of the statement.
    pub signed: Signature,
}

/// The content of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `countersign receipt 1`.
    pub kind: String,
    /// The request that was approved.
    pub asked: Asked,
    /// The person on whose behalf the agent acted.
    pub on_behalf_of: Person,
    /// The approvals: the persons, the times, and what a passkey signed.
    pub approved: Vec<GivenApproval>,
    /// The execution; `None` if the outcome was not written yet.
    pub ran: Option<Ran>,
    /// Record of the decision, which proves `asked`, `on_behalf_of` and `approved`.
    pub opened: Record,
    /// Record of the outcome, which proves `ran`.
    pub closed: Option<Record>,
}

/// The request that a person approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Id of the approval.
    pub approval: ApprovalId,
    /// SHA-256 of everything that determines the action, in hexadecimal.
    pub digest: String,
    /// The action in plain words.
    pub intent: String,
    /// Name of the tool.
    pub tool: ToolName,
    /// The relation that was checked for the permission.
    pub relation: String,
    /// The object of that relation.
    pub object: String,
    /// The organization that owns the data.
    pub tenant: String,
    /// The conversation.
    pub conversation: ConversationId,
    /// The call in the conversation.
    pub call: CallId,
}

/// The execution of an approved action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ran {
    /// Time of the decision that allowed the action, in milliseconds since 1970.
    pub from: Millis,
    /// Time at which the outcome was observed, in milliseconds since 1970.
    pub to: Millis,
    /// The outcome.
    pub outcome: ActionOutcome,
}

/// The first defect of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    /// The text is not a receipt.
    #[error("this is not a receipt: {0}")]
    Shape(String),
    /// The receipt has another version.
    #[error("`kind` must be `{KIND}`")]
    Kind,
    /// The record of the decision is invalid.
    #[error("`opened`: {0}")]
    Opened(Flaw),
    /// The record of the outcome is invalid.
    #[error("`closed`: {0}")]
    Closed(Flaw),
    /// The record of the decision is not an allowed entry with an approval that a person gave in a conversation.
    #[error("`opened` is not an allowed entry with an approval")]
    NoYes,
    /// The record of the outcome closes another entry.
    #[error("`closed` is not the outcome of `opened`")]
    OtherEnd,
    /// A part of the statement contradicts the records.
    #[error("`{0}` contradicts the records")]
    RowKind(&'static str),
    /// The evidence of an approval does not prove that the person approved this request.
    #[error("`approved`: {0}")]
    Evidence(#[from] BadEvidence),
    /// The signature of the statement is invalid.
    #[error("`signed`: {0}")]
    Signature(BadSignature),
    /// The statement cannot be signed. Only the creation of a receipt returns this.
    #[error("it cannot be signed")]
    Unsigned,
}

/// Verifies the text of a receipt, and what each passkey signed. Needs no network.
///
/// # Errors
/// The first defect that is found.
pub fn verify(text: &str, keys: &PublicKeys) -> Result<Receipt, BadReceipt> {
    let receipt: Receipt = serde_json::from_str(text).map_err(|error| BadReceipt::Shape(error.to_string()))?;
    let given = &receipt.statement;
    given.opened.check(keys).map_err(BadReceipt::Opened)?;
    if let Some(closed) = &given.closed {
        closed.check(keys).map_err(BadReceipt::Closed)?;
    }
    let told = Statement::of(given.opened.clone(), given.closed.clone())?;
    let parts = [
        ("asked", told.asked == given.asked),
        ("on_behalf_of", told.on_behalf_of == given.on_behalf_of),
        ("approved", told.approved == given.approved),
        ("ran", told.ran == given.ran),
    ];
    if given.kind != KIND {
        return Err(BadReceipt::Kind);
    }
    if let Some((part, _)) = parts.iter().find(|(_, same)| !same) {
        return Err(BadReceipt::RowKind(part));
    }
    let message = serde_json_canonicalizer::to_vec(given).map_err(|error| BadReceipt::Shape(error.to_string()))?;
    keys.check(&message, &receipt.signed).map_err(BadReceipt::Signature)?;
    for approved in &given.approved {
        approved.verify(&given.asked.approval, &given.asked.digest)?;
        if !approved.is_within(&given.asked.tenant, &given.asked.tool) {
            return Err(BadEvidence::Standing.into());
        }
    }
    Ok(receipt)
}

/// Creates a receipt from verified records.
pub(crate) fn make(opened: Record, closed: Option<Record>, keys: &LedgerKeys) -> Result<String, BadReceipt> {
    let statement = Statement::of(opened, closed)?;
    let message = serde_json_canonicalizer::to_vec(&statement).map_err(|_| BadReceipt::Unsigned)?;
    let signed = keys.sign(&message).ok_or(BadReceipt::Unsigned)?;
    serde_json::to_string_pretty(&Receipt { statement, signed }).map_err(|_| BadReceipt::Unsigned)
}

impl Statement {
    /// Derives the statement from the records.
    fn of(opened: Record, closed: Option<Record>) -> Result<Self, BadReceipt> {
        let Body::Opened(entry) = &opened.body else { return Err(BadReceipt::NoYes) };
        let approval = entry.approval.clone().filter(|_| entry.decision == Decision::Allowed);
        let approval = approval.ok_or(BadReceipt::NoYes)?;
        // Approvals are requested for calls only, so an entry without a call has none.
        let (conversation, call) = entry.conversation.clone().zip(entry.call.clone()).ok_or(BadReceipt::NoYes)?;
        let ran = match closed.as_ref().map(|record| &record.body) {
            None => None,
            Some(Body::Closed(Closed { entry: id, hash, at, outcome, .. }))
                if *id == names::entry(&opened.chain, opened.seq) && *hash == opened.hash =>
            {
                Some(Ran { from: entry.at, to: *at, outcome: outcome.clone() })
            }
            Some(_) => return Err(BadReceipt::OtherEnd),
        };
        Ok(Self {
            kind: KIND.to_owned(),
            asked: Asked {
                approval: approval.id,
                digest: approval.digest,
                intent: entry.intent.clone(),
                tool: entry.tool.clone(),
                relation: entry.relation.clone(),
                object: entry.object.clone(),
                tenant: entry.tenant.clone(),
                conversation,
                call,
            },
            on_behalf_of: entry.on_behalf_of.clone(),
            approved: Some(approval.given).filter(|given| !given.is_empty()).ok_or(BadReceipt::NoYes)?,
            ran,
            opened,
            closed,
        })
    }
}

#[cfg(test)]
mod tests;
