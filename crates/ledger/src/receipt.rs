//! Receipts: what was asked, who said yes, when, and what ran, in one JSON document that needs nothing but a public key
//! to be checked. Every sentence of it is taken from the records that it carries, so that none can say otherwise.

use crate::body::{Body, Closed, Decision, End, Given, Person};
use crate::names;
use crate::record::{Flaw, Record};
use crate::signing::{BadSignature, LedgerKeys, PublicKeys, Signature};
use agent::approval::ApprovalId;
use agent::ports::Millis;
use agent::{CallId, ToolName, ids::ConversationId};
use serde::{Deserialize, Serialize};

/// The `kind` of every receipt of this shape.
const KIND: &str = "countersign receipt 1";

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The statement.
    pub statement: Statement,
    /// The signature over the canonical JSON (RFC 8785) of the statement.
    pub signed: Signature,
}

/// The statement of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `countersign receipt 1`.
    pub kind: String,
    /// The question.
    pub asked: Asked,
    /// The person on whose behalf it was.
    pub on_behalf_of: Person,
    /// The approval, by whom and when.
    pub approved: Given,
    /// The run; none, if the end of the deed was not written yet.
    pub ran: Option<Ran>,
    /// The record of the decision.
    pub opened: Record,
    /// The record of the end.
    pub closed: Option<Record>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The approval's id.
    pub approval: ApprovalId,
    /// SHA-256 over all that decides what will be done, in hexadecimal.
    pub digest: String,
    /// The deed in plain words.
    pub intent: String,
    /// The tool.
    pub tool: ToolName,
    /// The relation that the permission rests on.
    pub relation: String,
    /// The object of the relation.
    pub object: String,
    /// The organization.
    pub tenant: String,
    /// The conversation.
    pub conversation: ConversationId,
    /// The call in it.
    pub call: CallId,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ran {
    /// The time at which it was allowed to begin, in milliseconds since 1970.
    pub from: Millis,
    /// The time at which its end was seen.
    pub to: Millis,
    /// The outcome.
    pub outcome: End,
}

/// The part of a receipt that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    /// It is no receipt.
    #[error("this is no receipt: {0}")]
    Shape(String),
    /// It is of another shape.
    #[error("`kind` must be `{KIND}`")]
    Kind,
    /// The record of the decision.
    #[error("`opened`: {0}")]
    Opened(Flaw),
    /// The record of the end.
    #[error("`closed`: {0}")]
    Closed(Flaw),
    /// The decision is none that rests on a yes.
    #[error("`opened` is no allowed entry with a yes")]
    NoYes,
    /// The end is another entry's.
    #[error("`closed` is not the end of `opened`")]
    OtherEnd,
    /// A part says otherwise than the records.
    #[error("`{0}` is not what the records say")]
    Part(&'static str),
    /// The signature of the whole.
    #[error("`signed`: {0}")]
    Signature(BadSignature),
    /// It cannot be signed.
    #[error("it cannot be signed")]
    Unsigned,
}

/// Checks a receipt's text, offline.
///
/// # Errors
/// The first part that does not hold.
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
        return Err(BadReceipt::Part(part));
    }
    let message = serde_json_canonicalizer::to_vec(given).map_err(|error| BadReceipt::Shape(error.to_string()))?;
    keys.check(&message, &receipt.signed).map_err(BadReceipt::Signature)?;
    Ok(receipt)
}

/// Makes a receipt of records that hold.
pub(crate) fn make(opened: Record, closed: Option<Record>, keys: &LedgerKeys) -> Result<String, BadReceipt> {
    let statement = Statement::of(opened, closed)?;
    let message = serde_json_canonicalizer::to_vec(&statement).map_err(|_| BadReceipt::Unsigned)?;
    let signed = keys.sign(&message).ok_or(BadReceipt::Unsigned)?;
    serde_json::to_string_pretty(&Receipt { statement, signed }).map_err(|_| BadReceipt::Unsigned)
}

impl Statement {
    /// The statement of these records.
    fn of(opened: Record, closed: Option<Record>) -> Result<Self, BadReceipt> {
        let Body::Opened(entry) = &opened.body else { return Err(BadReceipt::NoYes) };
        let approval = entry.approval.clone().filter(|_| entry.decision == Decision::Allowed);
        let approval = approval.ok_or(BadReceipt::NoYes)?;
        // A yes is given to a call.
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
            approved: approval.given.ok_or(BadReceipt::NoYes)?,
            ran,
            opened,
            closed,
        })
    }
}

#[cfg(test)]
mod tests;
