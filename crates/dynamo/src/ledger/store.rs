//! The table as the ledger reads it: always consistently, so that nothing written is missed.

use super::names;
use super::record::{Head, Record};
use crate::item::{Item, s, text};
use crate::{SERVICE, unavailable};
use agent::ports::{Millis, Unavailable};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// The most keys that DynamoDB gives at once.
const BATCH: usize = 100;

/// Partition and sort key.
pub(crate) type Key = (String, String);

/// The table.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl Store {
    pub(crate) async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request.key("pk", s(pk)).key("sk", s(sk)).send().await.map_err(unavailable)?;
        Ok(answer.item)
    }

    /// The head as it lies there, unchecked.
    pub(crate) async fn head(&self, chain: &str) -> Result<Option<Head>, Unavailable> {
        self.get(chain, names::HEAD).await?.map(|item| Head::read(chain, &item)).transpose()
    }

    /// A record as it lies there, unchecked.
    pub(crate) async fn record(&self, chain: &str, seq: u64) -> Result<Option<Record>, Unavailable> {
        self.get(chain, &names::record(seq)).await?.map(|item| Record::read(chain, &item)).transpose()
    }

    /// Everything in a partition, in the order of the sort keys.
    pub(crate) async fn partition(&self, pk: &str) -> Result<Vec<Item>, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request.key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(pk));
        let mut items = request.into_paginator().items().send();
        let mut all = Vec::new();
        while let Some(item) = items.next().await {
            all.push(item.map_err(unavailable)?);
        }
        Ok(all)
    }

    /// Every partition whose name begins with `ledger`, listed or not. Reads the whole table: not for requests.
    pub(crate) async fn partitions(&self) -> Result<BTreeSet<String>, Unavailable> {
        let request = self.client.scan().table_name(&self.table).consistent_read(true).projection_expression("pk");
        let request = request.filter_expression("begins_with(pk, :ledger)");
        let request = request.expression_attribute_values(":ledger", s("ledger"));
        let mut items = request.into_paginator().items().send();
        let mut partitions = BTreeSet::new();
        while let Some(item) = items.next().await {
            partitions.insert(text(&item.map_err(unavailable)?, "pk")?.to_owned());
        }
        Ok(partitions)
    }

    /// The records of a chain, in their order.
    pub(crate) async fn records(&self, chain: &str) -> Result<Vec<Item>, Unavailable> {
        let is_record = |item: &Item| text(item, "sk").is_ok_and(|sk| sk.starts_with(|c: char| c.is_ascii_digit()));
        Ok(self.partition(chain).await?.into_iter().filter(is_record).collect())
    }

    /// The next records of a chain after number `seq`, at most [`BATCH`]; none, when it ends there.
    pub(crate) async fn some_after(&self, chain: &str, seq: u64) -> Result<Vec<Item>, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", s(chain))
            .expression_attribute_values(":from", s(names::record(seq + 1)))
            .expression_attribute_values(":to", s(names::LAST_RECORD))
            .limit(i32::try_from(BATCH).unwrap_or(i32::MAX));
        Ok(request.send().await.map_err(unavailable)?.items.unwrap_or_default())
    }

    /// The newest lines of a person's own list from within these times.
    pub(crate) async fn own(&self, list: &str, times: &Range<Millis>, most: usize) -> Result<Vec<Item>, Unavailable> {
        if times.is_empty() {
            return Ok(Vec::new());
        }
        let request = self.client.query().table_name(&self.table).consistent_read(true).scan_index_forward(false);
        let request = request
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", s(list))
            .expression_attribute_values(":from", s(names::own_from(times.start)))
            .expression_attribute_values(":to", s(names::own_from(times.end)))
            .limit(i32::try_from(most).unwrap_or(i32::MAX).max(1));
        let mut items = request.into_paginator().items().send();
        let mut found = Vec::new();
        while found.len() < most
            && let Some(item) = items.next().await
        {
            found.push(item.map_err(unavailable)?);
        }
        Ok(found)
    }

    /// The newest record of a chain that fits, unchecked.
    pub(crate) async fn newest(
        &self,
        chain: &str,
        fits: impl Fn(&Record) -> bool,
    ) -> Result<Option<Record>, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true).scan_index_forward(false);
        let request = request
            .key_condition_expression("pk = :pk AND sk < :head")
            .expression_attribute_values(":pk", s(chain))
            .expression_attribute_values(":head", s(names::HEAD));
        let mut items = request.into_paginator().items().send();
        while let Some(item) = items.next().await {
            let record = Record::read(chain, &item.map_err(unavailable)?)?;
            if fits(&record) {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// What lies under these keys, in no order.
    pub(crate) async fn all(&self, keys: Vec<Key>) -> Result<HashMap<Key, Item>, Unavailable> {
        let mut found = HashMap::with_capacity(keys.len());
        for keys in keys.chunks(BATCH) {
            let keys = keys.iter().map(|(pk, sk)| Item::from([("pk".into(), s(pk)), ("sk".into(), s(sk))]));
            let mut wanted = Some(self.wanted(keys.collect())?);
            while let Some(request) = wanted.take() {
                let answer = self.client.batch_get_item().set_request_items(Some(request)).send().await;
                let answer = answer.map_err(unavailable)?;
                for item in answer.responses.unwrap_or_default().into_values().flatten() {
                    found.insert((text(&item, "pk")?.to_owned(), text(&item, "sk")?.to_owned()), item);
                }
                // A large answer comes in parts; the rest is asked for again.
                wanted = answer.unprocessed_keys.filter(|keys| !keys.is_empty());
            }
        }
        Ok(found)
    }

    fn wanted(&self, keys: Vec<Item>) -> Result<HashMap<String, KeysAndAttributes>, Unavailable> {
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let keys = keys.map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        Ok(HashMap::from([(self.table.clone(), keys)]))
    }
}
