//! Key rotation: wraps every data key again, with the current key of the keyring. The data keys do not change, so
//! what they encrypt stays readable, also for running instances. A rotation can be interrupted and repeated at any
//! time.

use super::data_key::wrapped_in;
use super::{DynamoAccounts, KEY, held, not_sealed};
use crate::item::{Item, b, s, text};
use crate::unavailable;
use agent::ports::Unavailable;
use sealing::{DataKey, Sealed};

/// The number of data keys that a rotation found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Data keys that this run wrapped with the current key.
    pub wrapped: u64,
    /// Data keys that were already wrapped with the current key.
    pub before: u64,
    /// Data keys that cannot be unwrapped, because their key is no longer in the keyring or they were tampered with.
    /// Each is logged.
    pub unreadable: u64,
}

impl DynamoAccounts {
    /// Wraps every data key of the table with the current key. Scans the whole table.
    ///
    /// # Errors
    /// [`Unavailable`]. Completed work is kept; another run does the rest.
    pub async fn rotate(&self) -> Result<Rotated, Unavailable> {
        let keyring = self.keyring.now();
        let request = self.client.scan().table_name(&self.table).consistent_read(true);
        let request = request
            .filter_expression("sk = :key AND begins_with(pk, :vault)")
            .expression_attribute_values(":key", s(KEY))
            .expression_attribute_values(":vault", s("vault#"));
        let mut items = request.into_paginator().items().send();
        let mut rotated = Rotated::default();
        while let Some(item) = items.next().await {
            let item = item.map_err(unavailable)?;
            let wrapped = wrapped_in(&item)?;
            if wrapped.key == keyring.current() {
                rotated.before += 1;
                continue;
            }
            // The item stores `bound` for this purpose only. Unwrapping fails if it was changed.
            let place = format!("data key of {}", text(&item, "bound")?);
            match DataKey::unwrapped(&keyring, &place, &wrapped) {
                Ok(key) if self.replace(&item, wrapped, key.wrap(&keyring, &place).map_err(not_sealed)?).await? => {
                    rotated.wrapped += 1
                }
                Ok(_) => rotated.before += 1,
                Err(error) => {
                    rotated.unreadable += 1;
                    tracing::error!(error = %error, owner = text(&item, "bound")?, "a data key could not be opened");
                }
            }
        }
        Ok(rotated)
    }

    /// Replaces a wrapped data key; returns `false` if a concurrent run replaced it first.
    async fn replace(&self, item: &Item, old: Sealed, new: Sealed) -> Result<bool, Unavailable> {
        let request = self.client.update_item().table_name(&self.table);
        let request = request
            .key("pk", s(text(item, "pk")?))
            .key("sk", s(KEY))
            .update_expression("SET #key = :key, sealed = :sealed")
            .condition_expression("#key = :old AND sealed = :before")
            .expression_attribute_names("#key", "key")
            .expression_attribute_values(":key", s(new.key))
            .expression_attribute_values(":sealed", b(new.bytes))
            .expression_attribute_values(":old", s(old.key))
            .expression_attribute_values(":before", b(old.bytes));
        held(request.send().await)
    }
}
