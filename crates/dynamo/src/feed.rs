//! The feed in the table `countersign`: one partition whose items expire after ten minutes.

use crate::item::{n, s, text};
use crate::{SERVICE, keys, random, unavailable};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Feed, Growth, LogName, LogNews, Millis, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;

const PARTITION: &str = "feed";
/// Time to live of an item, in seconds. DynamoDB deletes expired items late, which is harmless because readers select
/// by time.
const FEED_LIFETIME_S: i64 = 600;
/// Maximum number of logs in one item.
const LOGS_A_ROW: usize = 1_000;
/// Maximum number of items that one poll reads: far more than all instances write between two polls.
const ROWS_A_LOOK: i32 = 5_000;

/// The feed that all instances with the same table share.
#[derive(Debug, Clone)]
pub struct DynamoFeed {
    client: Client,
    table: String,
}

impl DynamoFeed {
    /// Creates the feed in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }
}

#[async_trait]
impl Feed for DynamoFeed {
    fn name(&self, actor: &Actor, id: &ConversationId) -> LogName {
        LogName(keys::hash(&keys::conversation(actor, id)))
    }

    async fn publish(&self, grown: &[Growth], now: Millis) -> Result<(), Unavailable> {
        for part in grown.chunks(LOGS_A_ROW) {
            let logs: Vec<String> = part.iter().map(line).collect();
            let request = self.client.put_item().table_name(&self.table);
            let request = request
                .item("pk", s(PARTITION))
                .item("sk", s(format!("{now:013}#{}", random()?)))
                .item("logs", s(logs.join("\n")))
                .item("ttl", n(now / 1000 + FEED_LIFETIME_S));
            request.send().await.map_err(unavailable)?;
        }
        Ok(())
    }

    async fn since(&self, since: Millis) -> Result<Vec<Growth>, Unavailable> {
        let request = self.client.query().table_name(&self.table).limit(ROWS_A_LOOK);
        let request = request
            .key_condition_expression("pk = :pk AND sk > :since")
            .expression_attribute_values(":pk", s(PARTITION))
            .expression_attribute_values(":since", s(format!("{since:013}")));
        let answer = request.send().await.map_err(unavailable)?;
        if answer.last_evaluated_key.is_some() {
            return Err(Unavailable::new(SERVICE, "the feed is longer than one read returns"));
        }
        let mut grown = Vec::new();
        for item in answer.items() {
            grown.extend(text(item, "logs")?.lines().filter_map(growth));
        }
        Ok(grown)
    }
}

fn line(Growth { log, news }: &Growth) -> String {
    match news {
        LogNews::Grown(number) => format!("{} {number}", log.0),
        LogNews::Deleted => format!("{} {DELETED}", log.0),
    }
}

const DELETED: &str = "deleted";

/// Parses a line; returns `None` for one that this code did not write.
fn growth(line: &str) -> Option<Growth> {
    let (log, news) = line.split_once(' ')?;
    let news = if news == DELETED { LogNews::Deleted } else { LogNews::Grown(news.parse().ok()?) };
    Some(Growth { log: LogName(log.to_owned()), news })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::test_table::{TABLE, table};
    use ledger::fakes::{NOON, actor};

    #[tokio::test]
    async fn growth_is_read_from_a_given_time_on() {
        let (client, id) = (table().await, ConversationId::from_random([7; 26]));
        let feed = DynamoFeed::new(client.clone(), TABLE.to_owned());
        let (ada, bob) = (feed.name(&actor("acme", "ada"), &id), feed.name(&actor("acme", "bob"), &id));
        assert_ne!(ada, bob);
        assert!(!ada.0.contains("ada"));
        let growth = |log: &LogName, number| Growth { log: log.clone(), news: LogNews::Grown(number) };
        let many: Vec<Growth> = (0..2_500).map(|number| growth(&ada, number)).collect();
        feed.publish(&many, NOON).await.unwrap();
        let deleted = Growth { log: ada.clone(), news: LogNews::Deleted };
        feed.publish(&[growth(&bob, 3), deleted.clone()], NOON + 100).await.unwrap();
        assert_eq!(feed.since(NOON - 1).await.unwrap().len(), 2_502);
        assert_eq!(feed.since(NOON + 50).await.unwrap(), [growth(&bob, 3), deleted]);
        assert_eq!(feed.since(NOON + 1_000).await.unwrap(), []);
        let put = client.put_item().table_name(TABLE).item("pk", s("feed")).item("sk", s("9999999999999#x"));
        put.item("logs", s("no number\n\nx y")).send().await.unwrap();
        assert_eq!(feed.since(NOON + 1_000).await.unwrap(), [], "malformed lines are skipped");
    }
}
