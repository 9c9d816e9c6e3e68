//! The [`LedgerStore`] in the table `countersign`, with consistent reads.

mod transaction;

use crate::item::{Item, s, text};
use crate::{SERVICE, batch, unavailable};
use agent::ports::Unavailable;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use ledger::{Key, LedgerStore, NotWritten, Row, SortRange, Value, Write};
use std::collections::BTreeSet;

/// The rows of the ledger in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoLedgerStore {
    client: Client,
    table: String,
}

impl DynamoLedgerStore {
    /// Creates the store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    fn query(&self) -> QueryFluentBuilder {
        self.client.query().table_name(&self.table).consistent_read(true)
    }
}

#[async_trait]
impl LedgerStore for DynamoLedgerStore {
    async fn row(&self, key: &Key) -> Result<Option<Row>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request.set_key(Some(place(key))).send().await.map_err(unavailable)?;
        answer.item.map(row).transpose()
    }

    async fn rows(&self, keys: BTreeSet<Key>) -> Result<Vec<Row>, Unavailable> {
        let items = batch::get(&self.client, &self.table, keys.iter().map(place).collect()).await?;
        items.into_iter().map(row).collect()
    }

    async fn partition(&self, name: &str) -> Result<Vec<Row>, Unavailable> {
        let request = self.query().key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(name));
        rows(request, usize::MAX).await
    }

    async fn first(&self, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable> {
        within(self.query(), range, most).await
    }

    async fn last(&self, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable> {
        within(self.query().scan_index_forward(false), range, most).await
    }

    async fn partitions(&self, prefix: &str) -> Result<BTreeSet<String>, Unavailable> {
        let request = self.client.scan().table_name(&self.table).consistent_read(true).projection_expression("pk");
        let request = request.filter_expression("begins_with(pk, :prefix)");
        let mut items = request.expression_attribute_values(":prefix", s(prefix)).into_paginator().items().send();
        let mut partitions = BTreeSet::new();
        while let Some(item) = items.next().await {
            partitions.insert(text(&item.map_err(unavailable)?, "pk")?.to_owned());
        }
        Ok(partitions)
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), NotWritten> {
        transaction::write(&self.client, &self.table, writes).await
    }
}

async fn within(request: QueryFluentBuilder, range: &SortRange, most: usize) -> Result<Vec<Row>, Unavailable> {
    let request = request
        .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
        .expression_attribute_values(":pk", s(&range.partition))
        .expression_attribute_values(":from", s(&range.from))
        .expression_attribute_values(":to", s(&range.to))
        .limit(i32::try_from(most).unwrap_or(i32::MAX).max(1));
    rows(request, most).await
}

/// Returns the rows of a query over all its pages, at most `most`.
async fn rows(request: QueryFluentBuilder, most: usize) -> Result<Vec<Row>, Unavailable> {
    let mut items = request.into_paginator().items().send();
    let mut found = Vec::new();
    while found.len() < most
        && let Some(item) = items.next().await
    {
        found.push(row(item.map_err(unavailable)?)?);
    }
    Ok(found)
}

fn place(key: &Key) -> Item {
    Item::from([("pk".to_owned(), s(&key.partition)), ("sk".to_owned(), s(&key.sort))])
}

fn row(mut item: Item) -> Result<Row, Unavailable> {
    let key = Key::new(text(&item, "pk")?, text(&item, "sk")?);
    item.retain(|name, _| !matches!(name.as_str(), "pk" | "sk"));
    let value = |value| match value {
        AttributeValue::S(text) => Value::Text(text),
        AttributeValue::N(number) => Value::Number(number),
        _ => Value::Other,
    };
    Ok(Row { key, attributes: item.into_iter().map(|(name, own)| (name, value(own))).collect() })
}

fn item(row: Row) -> Result<Item, Unavailable> {
    let mut item = place(&row.key);
    for (name, value) in row.attributes {
        let value = match value {
            Value::Text(text) => AttributeValue::S(text),
            Value::Number(number) => AttributeValue::N(number),
            Value::Other => return Err(Unavailable::new(SERVICE, format!("the attribute `{name}` cannot be written"))),
        };
        item.insert(name, value);
    }
    Ok(item)
}

#[cfg(test)]
mod tests;
