//! Ledger entries about what people do with their own records on a page, such as a passkey: written before it happens,
//! and closed with the outcome.

use agent::intent::Risk;
use agent::ports::{Entry, EntryId, Ledger, Millis, OpenError, Outcome, Unavailable, Verdict};
use agent::{Actor, ToolName};

/// Opens an entry under the name of the records.
pub(crate) async fn open(
    ledger: &dyn Ledger,
    records: &str,
    actor: &Actor,
    intent: String,
    at: Millis,
) -> Result<EntryId, Unavailable> {
    let entry = Entry {
        at,
        actor: actor.clone(),
        place: None,
        tool: ToolName(records.to_owned()),
        intent,
        // People manage their own records; no relation decides.
        relation: "self".to_owned(),
        object: format!("user:{}", actor.principal()),
        risk: Risk::Read,
        approval: None,
        policy: None,
        verdict: Verdict::Allowed,
    };
    ledger.open(entry).await.map_err(|error| match error {
        OpenError::Unavailable(error) => error,
        OpenError::Spent(_) => Unavailable::new("the ledger", "it reported a spent approval where there is none"),
    })
}

/// Closes an entry; `failed` is the outcome of a change that did not succeed.
pub(crate) async fn close(ledger: &dyn Ledger, entry: &EntryId, failed: Option<Outcome>, at: Millis) {
    if let Err(error) = ledger.close(entry, failed.unwrap_or(Outcome::Done), at).await {
        tracing::error!(error = %error, "the outcome of a change of a person's own records could not be recorded");
    }
}
