//! The writes of one transaction.

use crate::item::{Item, s};
use crate::{SERVICE, keys};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsFluentBuilder;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};

/// A condition on an item, with its values.
pub(crate) type Condition<'a> = (&'a str, Item);

/// The place of an item: partition and sort key.
pub(crate) type Place = (String, String);

/// The writes of one transaction, in the order in which they were added.
pub(crate) struct Writes {
    table: String,
    items: Vec<TransactWriteItem>,
}

impl Writes {
    pub(crate) fn new(table: &str) -> Self {
        Self { table: table.to_owned(), items: Vec::new() }
    }

    /// Puts an item, whether or not its place is taken.
    pub(crate) fn put(&mut self, item: Item) -> Result<(), Unavailable> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).build().map_err(unbuilt)?;
        self.items.push(TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    /// Puts an item whose place must be free.
    pub(crate) fn put_new(&mut self, item: Item) -> Result<(), Unavailable> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).condition_expression(FREE);
        self.items.push(TransactWriteItem::builder().put(put.build().map_err(unbuilt)?).build());
        Ok(())
    }

    /// Deletes an item, whether or not it exists.
    pub(crate) fn delete(&mut self, (pk, sk): Place) -> Result<(), Unavailable> {
        let delete = Delete::builder().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk));
        self.items.push(TransactWriteItem::builder().delete(delete.build().map_err(unbuilt)?).build());
        Ok(())
    }

    /// Deletes an item that fulfils a condition.
    pub(crate) fn delete_if(&mut self, (pk, sk): Place, (condition, values): Condition<'_>) -> Result<(), Unavailable> {
        let delete = Delete::builder().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk));
        let delete = delete.condition_expression(condition).set_expression_attribute_values(Some(values));
        self.items.push(TransactWriteItem::builder().delete(delete.build().map_err(unbuilt)?).build());
        Ok(())
    }

    /// Updates an item by an expression with these values. `#key` stands for the attribute `key`.
    pub(crate) fn update(
        &mut self,
        (pk, sk): Place,
        expression: &str,
        values: Item,
        condition: Option<Condition<'_>>,
    ) -> Result<(), Unavailable> {
        let mut update = Update::builder().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk));
        update = update.update_expression(expression);
        if expression.contains("#key") {
            update = update.expression_attribute_names("#key", "key");
        }
        let mut all = values;
        if let Some((condition, values)) = condition {
            update = update.condition_expression(condition);
            all.extend(values);
        }
        update = update.set_expression_attribute_values((!all.is_empty()).then_some(all));
        self.items.push(TransactWriteItem::builder().update(update.build().map_err(unbuilt)?).build());
        Ok(())
    }

    /// Checks an item without changing it.
    pub(crate) fn check(&mut self, (pk, sk): Place, (condition, values): Condition<'_>) -> Result<(), Unavailable> {
        let check = ConditionCheck::builder().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk));
        let check = check.condition_expression(condition);
        let check = check.set_expression_attribute_values((!values.is_empty()).then_some(values));
        self.items.push(TransactWriteItem::builder().condition_check(check.build().map_err(unbuilt)?).build());
        Ok(())
    }

    pub(crate) fn request(self, client: &Client) -> TransactWriteItemsFluentBuilder {
        client.transact_write_items().set_transact_items(Some(self.items))
    }
}

/// Condition of a new item: no item exists under its key.
pub(crate) const FREE: &str = "attribute_not_exists(pk)";

/// Returns the values of an expression.
pub(crate) fn values<const N: usize>(values: [(&str, aws_sdk_dynamodb::types::AttributeValue); N]) -> Item {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Returns the place of a conversation's header.
pub(crate) fn header(actor: &Actor, id: &ConversationId) -> Place {
    (keys::conversation(actor, id), "h".to_owned())
}

fn unbuilt(error: BuildError) -> Unavailable {
    Unavailable::new(SERVICE, error.to_string())
}
