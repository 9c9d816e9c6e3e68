//! The erasure of a deleted conversation, a page at a time, by whatever instance holds its lease. The first event goes
//! first: a log without it is not read, so no instance acts on the rest.

use super::DynamoConversations;
use crate::item::{Item, n, s, text};
use crate::keys::{self, Timer};
use crate::writes::{self, Writes, values};
use crate::{SERVICE, transaction, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{ChangeError, Erasure, Millis, Pass, Progress, Unavailable};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use std::time::Duration;

/// Events that one step erases: the maximum of one `BatchWriteItem` (API reference, "Limits").
const EVENTS_A_STEP: i32 = 25;
/// Most requests of one step: a response may leave writes unprocessed.
const TRIES: u32 = 5;
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// Time between the two passes, in milliseconds: far longer than an instance that lost its lease can be late.
const BETWEEN_PASSES: Millis = 3_600_000;

/// The attribute `pass` of a last pass.
pub(super) const LAST: &str = "last";
const FIRST: &str = "first";

impl DynamoConversations {
    /// Returns the timer of an erasure: the conversation could be restored until `until`, and the pass is due then.
    pub(super) fn erasure_item(
        &self,
        actor: &Actor,
        id: &ConversationId,
        until: Millis,
        (due, pass): (Millis, Pass),
    ) -> Result<Item, Unavailable> {
        let pass = match pass {
            Pass::First => FIRST,
            Pass::Last => LAST,
        };
        let mut item = self.timer_item(Timer::Deleted, due, actor, id)?;
        item.extend([("until".to_owned(), n(until)), ("pass".to_owned(), s(pass))]);
        Ok(item)
    }

    /// Replaces the header by a mark. If the conversation was restored, or is erased already, only the timer goes.
    pub(super) async fn mark_erased(&self, erasure: &Erasure) -> Result<(), ChangeError> {
        let Erasure { actor, conversation, until, .. } = erasure;
        let (pk, sk) = writes::header(actor, conversation);
        let request = self.client.put_item().table_name(&self.table).item("pk", s(pk)).item("sk", s(sk));
        let request = request.item("deleted", n(until)).item("erased", AttributeValue::Bool(true));
        let request = request.condition_expression("deleted = :until").expression_attribute_values(":until", n(until));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                let mut writes = Writes::new(&self.table);
                writes.delete(timer(erasure))?;
                transaction::write(writes.request(&self.client)).await.map_err(|error| unavailable(*error))?;
                Err(ChangeError::NotFound)
            }
            Err(error) => Err(unavailable(error).into()),
        }
    }

    pub(super) async fn erase_events(&self, erasure: &Erasure) -> Result<Progress, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true).limit(EVENTS_A_STEP);
        let answer = request
            .key_condition_expression("pk = :pk AND begins_with(sk, :e)")
            .projection_expression("pk, sk")
            .expression_attribute_values(":pk", s(keys::conversation(&erasure.actor, &erasure.conversation)))
            .expression_attribute_values(":e", s("e#"))
            .send()
            .await
            .map_err(unavailable)?;
        let more = answer.last_evaluated_key.is_some();
        let mut left = Vec::new();
        for item in answer.items.unwrap_or_default() {
            let delete = DeleteRequest::builder().key("pk", s(text(&item, "pk")?)).key("sk", s(text(&item, "sk")?));
            let delete = delete.build().map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
            left.push(WriteRequest::builder().delete_request(delete).build());
        }
        self.write_all(left).await?;
        Ok(if more { Progress::More } else { Progress::Done })
    }

    async fn write_all(&self, mut left: Vec<WriteRequest>) -> Result<(), Unavailable> {
        for attempt in 0..TRIES {
            if left.is_empty() {
                return Ok(());
            }
            let request = self.client.batch_write_item().request_items(&self.table, left);
            let answer = request.send().await.map_err(unavailable)?;
            left = answer.unprocessed_items.and_then(|mut items| items.remove(&self.table)).unwrap_or_default();
            if !left.is_empty() {
                tokio::time::sleep(RETRY_PAUSE * (attempt + 1)).await;
            }
        }
        if left.is_empty() { Ok(()) } else { Err(Unavailable::new(SERVICE, "DynamoDB did not write a whole batch")) }
    }

    pub(super) async fn complete_pass(&self, erasure: &Erasure) -> Result<(), Unavailable> {
        let Erasure { actor, conversation, until, due, pass } = erasure;
        let header = writes::header(actor, conversation);
        let marked = ("deleted = :until AND attribute_exists(erased)", values([(":until", n(until))]));
        let mut writes = Writes::new(&self.table);
        writes.delete(timer(erasure))?;
        match pass {
            Pass::First => {
                writes.check(header, marked)?;
                writes.put(self.erasure_item(actor, conversation, *until, (due + BETWEEN_PASSES, Pass::Last))?)?;
            }
            Pass::Last => writes.delete_if(header, marked)?,
        }
        match transaction::write(writes.request(&self.client)).await {
            Ok(()) => Ok(()),
            // Another instance has completed the last pass; the next look removes the timer.
            Err(error) if transaction::failed_condition(&error).is_some() => Ok(()),
            Err(error) => Err(unavailable(*error)),
        }
    }
}

fn timer(erasure: &Erasure) -> (String, String) {
    keys::timer(Timer::Deleted, erasure.due, &erasure.actor, &erasure.conversation)
}
