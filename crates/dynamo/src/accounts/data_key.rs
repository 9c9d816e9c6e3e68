//! A person's data key: created once, wrapped by the keyring and bound to the person.

use super::owner::Owner;
use super::{DynamoAccounts, KEY, held, not_sealed};
use crate::item::{Item, broken, s, text};
use crate::{sealed_item, unavailable};
use agent::ports::Unavailable;
use sealing::{DataKey, Sealed};

impl DynamoAccounts {
    /// Returns the person's data key and creates it for their first account. If two callers create one at the same
    /// time, both use the one that was stored first.
    pub(super) async fn data_key(&self, own: &Owner) -> Result<DataKey, Unavailable> {
        if let Some(item) = self.wrapped(own).await? {
            return self.unwrapped(own, &item).await;
        }
        let key = DataKey::random().map_err(not_sealed)?;
        let wrapped = key.wrap(&*self.keyring.newest().await?, &own.of_key()).map_err(not_sealed)?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(sealed_item::write(wrapped)));
        let request = request.item("pk", s(&own.pk)).item("sk", s(KEY)).item("bound", s(own.bound.clone()));
        if held(request.condition_expression("attribute_not_exists(pk)").send().await)? {
            return Ok(key);
        }
        let item = self.wrapped(own).await?.ok_or_else(|| broken(KEY))?;
        self.unwrapped(own, &item).await
    }

    async fn wrapped(&self, own: &Owner) -> Result<Option<Item>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request.key("pk", s(&own.pk)).key("sk", s(KEY)).send().await;
        Ok(answer.map_err(unavailable)?.item)
    }

    pub(super) async fn unwrapped(&self, own: &Owner, item: &Item) -> Result<DataKey, Unavailable> {
        let wrapped = wrapped_in(item)?;
        let keyring = self.keyring.with(&wrapped.key).await?;
        DataKey::unwrapped(&keyring, &own.of_key(), &wrapped).map_err(not_sealed)
    }
}

/// Reads the wrapped data key of an item. Without the attribute `sealed` its bytes are empty and unwrapping fails.
pub(super) fn wrapped_in(item: &Item) -> Result<Sealed, Unavailable> {
    Ok(Sealed { key: text(item, "key")?.to_owned(), bytes: sealed_item::bytes(item) })
}
