//! The ledger: an entry before the deed, its outcome after it. An entry is never changed, and its outcome is set once.

use crate::item::{n, s};
use crate::{SERVICE, keys, unavailable};
use agent::ports::{Entry, EntryId, Ledger, Millis, Outcome, Unavailable, Verdict};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use std::fmt::Write;

/// The ledger in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoLedger {
    client: Client,
    table: String,
}

const DAY_MS: Millis = 86_400_000;

impl DynamoLedger {
    /// The ledger in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }
}

#[async_trait]
impl Ledger for DynamoLedger {
    async fn open(&self, entry: Entry) -> Result<EntryId, Unavailable> {
        let mut random = [0_u8; 9];
        getrandom::fill(&mut random).map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        let pk = keys::ledger(entry.actor.tenant(), entry.at.div_euclid(DAY_MS), random[0]);
        let mut sk = format!("{:013}#", entry.at);
        for byte in &random[1..] {
            // Writing to a string cannot fail.
            let _ = write!(sk, "{byte:02x}");
        }
        let (verdict, reason) = match entry.verdict {
            Verdict::Allowed => ("allowed", None),
            Verdict::Refused(reason) => ("refused", Some(reason)),
        };
        let request = self.client.put_item().table_name(&self.table);
        let request = request
            .item("pk", s(&pk))
            .item("sk", s(&sk))
            .item("at", n(entry.at))
            .item("issuer", s(entry.actor.issuer()))
            .item("subject", s(entry.actor.subject()))
            .item("conversation", s(entry.conversation.as_str()))
            .item("call", s(entry.call.0))
            .item("tool", s(entry.tool.0))
            .item("relation", s(entry.relation))
            .item("object", s(entry.object))
            .item("verdict", s(verdict))
            .item("reason", s(reason.unwrap_or_default()))
            .condition_expression("attribute_not_exists(pk)");
        request.send().await.map_err(unavailable)?;
        Ok(EntryId(format!("{pk} {sk}")))
    }

    async fn close(&self, entry: &EntryId, outcome: Outcome, at: Millis) -> Result<(), Unavailable> {
        let (pk, sk) = entry.0.split_once(' ').ok_or_else(|| crate::item::broken("entry"))?;
        let (outcome, detail) = match outcome {
            Outcome::Done => ("done", String::new()),
            Outcome::NotDone(reason) => ("not done", reason),
            Outcome::Unknown => ("unknown", String::new()),
        };
        let request = self.client.update_item().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk));
        let request = request
            .update_expression("SET outcome = :outcome, detail = :detail, closed = :at")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(outcome)")
            .expression_attribute_values(":outcome", s(outcome))
            .expression_attribute_values(":detail", s(detail))
            .expression_attribute_values(":at", n(at));
        request.send().await.map(|_| ()).map_err(unavailable)
    }
}
