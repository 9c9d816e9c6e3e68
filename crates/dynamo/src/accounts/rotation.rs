//! Rotation: every data key is wrapped anew by the keyring's current key. Data keys stay what they are, so what is sealed
//! under them stays readable, and running instances with it. It may be broken off and begun again at any time.

use super::data_key::wrapped_in;
use super::{DynamoAccounts, KEY, held, not_sealed};
use crate::item::{Item, b, s, text};
use crate::unavailable;
use agent::ports::Unavailable;
use sealing::{DataKey, Sealed};

/// What a rotation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Data keys that are wrapped by the current key now and were by another one before.
    pub wrapped: u64,
    /// Data keys that were wrapped by it already.
    pub before: u64,
    /// Data keys that do not open: their key is gone from the keyring, or they were changed. Each is in the log.
    pub unreadable: u64,
}

impl DynamoAccounts {
    /// Wraps every data key in the table by the current key. Reads the whole table.
    ///
    /// # Errors
    /// [`Unavailable`]; what was done stays, and a second run does the rest.
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
            // The name is kept beside it for this alone; one that was changed does not open.
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

    /// Puts a data key wrapped anew in the place of the old one; `false` if another run, at the same time, was faster.
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
