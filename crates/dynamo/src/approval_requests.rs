//! Requests for approval that are answered on a page: an encrypted item for each request, and a line in the list of each
//! person who may answer. Lines are hints: the request itself says whom it asks. All expire with the question.

use crate::item::{Item, n, s, text};
use crate::keys::{hash, part};
use crate::{SERVICE, batch, sealed_item, transaction, unavailable};
use agent::Actor;
use agent::approval::{ApprovalId, Channel};
use agent::ports::{ApprovalRequest, ApprovalRequests, Millis, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use sealing::LiveKeyring;
use std::collections::HashMap;
use std::sync::Arc;

/// Sort key of a request.
const SORT: &str = "request";

/// Time in seconds for which the items outlive their question. DynamoDB deletes late anyway; readers check the time.
const MARGIN_S: i64 = 60;

/// Encrypted requests in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoApprovalRequests {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
}

impl DynamoApprovalRequests {
    /// Creates the store in `table`; `keyring` encrypts the requests.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring }
    }

    fn put_item(&self, item: Item) -> Result<TransactWriteItem, Unavailable> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).build();
        let put = put.map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Decrypts a request; `None` if it is not this person's to answer, has expired, or was planted.
    async fn opened(&self, actor: &Actor, item: &Item, now: Millis) -> Result<Option<ApprovalRequest>, Unavailable> {
        let Some(sealed) = sealed_item::read(item) else { return Ok(None) };
        let plain = self.keyring.open(&place(text(item, "pk")?), &sealed).await?;
        let request = plain.and_then(|plain| serde_json::from_slice::<ApprovalRequest>(&plain).ok());
        if request.is_none() {
            tracing::error!("a stored request for approval could not be opened");
        }
        Ok(request.filter(|it| it.question.until > now && it.channel_of(actor).is_some()))
    }
}

fn partition(tenant: &str, id: &ApprovalId) -> String {
    format!("approval#{}#{id}", part(tenant))
}

/// Returns the partition of the requests that a person may answer. The principal is hashed, as it may be an address.
fn list(tenant: &str, principal: &str) -> String {
    format!("approvals-of#{}#{}", part(tenant), hash(principal))
}

/// Returns the sort key of a line, ordered by the end of the question.
fn line(until: Millis, id: &str) -> String {
    format!("{:013}#{id}", until.max(0))
}

fn place(pk: &str) -> String {
    format!("{pk} {SORT}")
}

#[async_trait]
impl ApprovalRequests for DynamoApprovalRequests {
    async fn put(&self, request: &ApprovalRequest) -> Result<(), Unavailable> {
        let ApprovalRequest { question, asker, approvers, channels, .. } = request;
        let pk = partition(&asker.tenant, &question.id);
        let ttl = || ("ttl".to_owned(), n(question.until.div_euclid(1000) + MARGIN_S));
        let plain = serde_json::to_vec(request).map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        let mut item = sealed_item::write(self.keyring.seal(&place(&pk), &plain)?);
        item.extend([("pk".to_owned(), s(&pk)), ("sk".to_owned(), s(SORT)), ttl()]);
        let own = channels.contains(&Channel::Passkey).then_some(&asker.principal);
        let mut writes = self.client.transact_write_items().transact_items(self.put_item(item)?);
        for principal in own.into_iter().chain(approvers.iter().take(ApprovalRequest::MOST_APPROVERS)) {
            let line = Item::from([
                ("pk".to_owned(), s(list(&asker.tenant, principal))),
                ("sk".to_owned(), s(line(question.until, question.id.as_str()))),
                ttl(),
            ]);
            writes = writes.transact_items(self.put_item(line)?);
        }
        let written = transaction::write(writes).await;
        written.map_err(|error| Unavailable::new(SERVICE, DisplayErrorContext(*error).to_string()))
    }

    async fn get(&self, actor: &Actor, id: &ApprovalId, now: Millis) -> Result<Option<ApprovalRequest>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.key("pk", s(partition(actor.tenant(), id))).key("sk", s(SORT));
        match request.send().await.map_err(unavailable)?.item {
            Some(item) => self.opened(actor, &item, now).await,
            None => Ok(None),
        }
    }

    async fn waiting_for(&self, actor: &Actor, now: Millis) -> Result<Vec<ApprovalRequest>, Unavailable> {
        let most = i32::try_from(ApprovalRequest::MOST_LISTED).unwrap_or(i32::MAX);
        let request = self.client.query().table_name(&self.table).consistent_read(true).limit(most);
        let request = request
            .key_condition_expression("pk = :pk AND sk > :now")
            .expression_attribute_values(":pk", s(list(actor.tenant(), actor.principal())))
            .expression_attribute_values(":now", s(line(now, "")))
            .scan_index_forward(false);
        let lines = request.send().await.map_err(unavailable)?.items.unwrap_or_default();
        let ids = lines.iter().filter_map(|item| text(item, "sk").ok()?.split_once('#'));
        let ids = ids.filter_map(|(_, id)| ApprovalId::try_from(id.to_owned()).ok());
        let partitions: Vec<String> = ids.map(|id| partition(actor.tenant(), &id)).collect();
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let key = |pk: &String| Item::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(SORT))]);
        let items = batch::get(&self.client, &self.table, partitions.iter().map(key).collect()).await?;
        let mut found = HashMap::new();
        for item in &items {
            if let Some(request) = self.opened(actor, item, now).await? {
                found.insert(text(item, "pk")?.to_owned(), request);
            }
        }
        Ok(partitions.iter().filter_map(|pk| found.remove(pk)).collect())
    }

    async fn unlist(&self, person: &Actor, request: &ApprovalRequest) -> Result<(), Unavailable> {
        let question = &request.question;
        let delete = self.client.delete_item().table_name(&self.table);
        let delete = delete.key("pk", s(list(person.tenant(), person.principal())));
        let delete = delete.key("sk", s(line(question.until, question.id.as_str())));
        delete.send().await.map(|_| ()).map_err(unavailable)
    }

    async fn remove(&self, asker: &Actor, id: &ApprovalId) -> Result<(), Unavailable> {
        let request = self.client.delete_item().table_name(&self.table);
        let request = request.key("pk", s(partition(asker.tenant(), id))).key("sk", s(SORT));
        request.send().await.map(|_| ()).map_err(unavailable)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::test_table::{TABLE, table};
    use agent::fakes::{approval_request, question};
    use ledger::fakes::actor;
    use sealing::fakes::ring;

    const NOW: Millis = 2_000;

    async fn store() -> (DynamoApprovalRequests, Client) {
        let (client, keyring) = (table().await, Arc::new(LiveKeyring::of(ring("k1", &["k1"]))));
        (DynamoApprovalRequests::new(client.clone(), TABLE.to_owned(), keyring), client)
    }

    fn request(number: u8) -> ApprovalRequest {
        approval_request(actor("acme", "ada").evidence(), question(number), &["bob"])
    }

    #[tokio::test]
    async fn a_request_leaves_the_list_of_one_person_and_stays_in_the_others() {
        let (store, _) = store().await;
        let (one, other) = (request(1), request(2));
        store.put(&one).await.unwrap();
        store.put(&other).await.unwrap();
        let (ada, bob) = (actor("acme", "ada"), actor("acme", "bob"));
        store.unlist(&bob, &one).await.unwrap();
        store.unlist(&bob, &one).await.unwrap();
        let ids = async |who| store.waiting_for(who, NOW).await.unwrap().len();
        assert_eq!((ids(&ada).await, ids(&bob).await), (2, 1));
        assert!(store.get(&bob, &one.question.id, NOW).await.unwrap().is_some(), "its page stays");
    }

    #[tokio::test]
    async fn a_request_is_listed_for_those_whom_it_asks_until_it_ends() {
        let (store, _) = store().await;
        for number in 1..=3 {
            let mut request = request(number);
            request.question.until += i64::from(number);
            store.put(&request).await.unwrap();
            store.put(&request).await.unwrap();
        }
        let last = question(3).until + 3;
        let id = question(2).id;
        for (tenant, who, now, listed, found) in [
            ("acme", "ada", NOW, 3, true),
            ("acme", "bob", NOW, 3, true),
            ("acme", "eve", NOW, 0, false),
            ("other", "bob", NOW, 0, false),
            ("acme", "bob", last - 1, 1, false),
            ("acme", "bob", last, 0, false),
        ] {
            let person = actor(tenant, who);
            assert_eq!(store.waiting_for(&person, now).await.unwrap().len(), listed, "{who} {now}");
            assert_eq!(store.get(&person, &id, now).await.unwrap().is_some(), found, "{who} {now}");
        }
        let newest = store.waiting_for(&actor("acme", "bob"), NOW).await.unwrap().remove(0);
        assert_eq!(newest.question.id, question(3).id);
        store.remove(&actor("acme", "ada"), &id).await.unwrap();
        assert_eq!(store.waiting_for(&actor("acme", "bob"), NOW).await.unwrap().len(), 2);
        assert!(store.get(&actor("acme", "ada"), &id, NOW).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn planted_lines_and_requests_show_nothing() {
        let (store, client) = store().await;
        store.put(&request(1)).await.unwrap();
        let until = question(1).until;
        // A line of Eve's that names a request which does not ask her, and one that names nothing.
        for sort in [line(until, question(1).id.as_str()), line(until, "nothing")] {
            let put = client.put_item().table_name(TABLE).item("pk", s(list("acme", "eve"))).item("sk", s(sort));
            put.send().await.unwrap();
        }
        assert!(store.waiting_for(&actor("acme", "eve"), NOW).await.unwrap().is_empty());
        let get = client.get_item().table_name(TABLE).key("pk", s(partition("acme", &question(1).id)));
        let mut item = get.key("sk", s(SORT)).send().await.unwrap().item.unwrap();
        assert!(!format!("{item:?}").contains("Do it"));
        item.insert("pk".to_owned(), s(partition("acme", &question(9).id)));
        client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
        assert!(store.get(&actor("acme", "bob"), &question(9).id, NOW).await.unwrap().is_none(), "moved to another id");
    }
}
