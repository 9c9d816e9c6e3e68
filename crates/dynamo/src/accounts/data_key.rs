//! A person's data key: made once, wrapped by the keyring, and bound to the person.

use super::owner::Owner;
use super::{DynamoAccounts, KEY, held, sealed_of, sealing};
use crate::item::{Item, broken, s, text};
use crate::keyring::Keyring;
use crate::{SERVICE, unavailable};
use agent::ports::Unavailable;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use chacha20poly1305::Key;
use secrecy::zeroize::Zeroizing;
use std::collections::HashMap;

/// The id under which a data key seals: there is one for a person.
pub(super) const OWN: &str = "own";

impl DynamoAccounts {
    /// The person's data key, made at their first account. Of two that are made at once the first counts.
    pub(super) async fn data_key(&self, own: &Owner) -> Result<Keyring, Unavailable> {
        if let Some(item) = self.wrapped(own).await? {
            return self.unwrapped(own, &item).await;
        }
        let mut plain = Zeroizing::new([0_u8; 32]);
        getrandom::fill(plain.as_mut_slice()).map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        let sealed = self.keyring.newest().await?.seal(&own.of_key(), plain.as_slice()).map_err(sealing)?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(Item::from([
            ("pk".to_owned(), s(&own.pk)),
            ("sk".to_owned(), s(KEY)),
            ("bound".to_owned(), s(own.bound.clone())),
            ("key".to_owned(), s(sealed.key)),
            ("sealed".to_owned(), AttributeValue::B(Blob::new(sealed.bytes))),
        ])));
        if held(request.condition_expression("attribute_not_exists(pk)").send().await)? {
            return Ok(ring(*plain));
        }
        let item = self.wrapped(own).await?.ok_or_else(|| broken(KEY))?;
        self.unwrapped(own, &item).await
    }

    async fn wrapped(&self, own: &Owner) -> Result<Option<Item>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request.key("pk", s(&own.pk)).key("sk", s(KEY)).send().await;
        Ok(answer.map_err(unavailable)?.item)
    }

    pub(super) async fn unwrapped(&self, own: &Owner, item: &Item) -> Result<Keyring, Unavailable> {
        let sealed = sealed_of(item, text(item, "key")?);
        let keyring = self.keyring.with(&sealed.key).await?;
        let plain = Zeroizing::new(keyring.open(&own.of_key(), &sealed).map_err(sealing)?);
        let key: [u8; 32] = plain.as_slice().try_into().map_err(|_| broken(KEY))?;
        Ok(ring(key))
    }
}

fn ring(key: [u8; 32]) -> Keyring {
    Keyring { current: OWN.to_owned(), keys: HashMap::from([(OWN.to_owned(), Key::from(key))]) }
}
