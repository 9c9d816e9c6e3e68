//! Encrypted records with a version, each one item, which are replaced as a whole by one writer at a time.

use crate::item::{Item, n, number, s};
use crate::{SERVICE, sealed_item, unavailable};
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use sealing::LiveKeyring;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Records of one kind in the table `countersign`.
#[derive(Debug, Clone)]
pub(crate) struct VersionedRecords {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
}

/// The place of a record, and its name in errors.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: &'static str,
    pub(crate) what: &'static str,
}

impl Key {
    /// Returns the associated data of an encrypted item: its place and version, so that it can be neither moved nor, with
    /// another version, written over a newer one.
    fn place(&self, version: u64) -> String {
        format!("{} {} {version}", self.pk, self.sk)
    }

    fn broken(&self) -> Unavailable {
        Unavailable::new(SERVICE, format!("{} cannot be decrypted", self.what))
    }
}

impl VersionedRecords {
    pub(crate) fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring }
    }

    /// Returns a record and its version; an empty record with version 0 if there is none.
    pub(crate) async fn read<T: DeserializeOwned + Default>(&self, key: &Key) -> Result<(T, u64), Unavailable> {
        let Some((plain, version)) = self.read_bytes(key).await? else { return Ok((T::default(), 0)) };
        let record = serde_json::from_slice(&plain).map_err(|_| key.broken())?;
        Ok((record, version))
    }

    /// Returns the bytes of a record and its version; `None` if there is none. A planted item is neither used nor taken for
    /// none.
    pub(crate) async fn read_bytes(&self, key: &Key) -> Result<Option<(Vec<u8>, u64)>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let found = request.key("pk", s(&key.pk)).key("sk", s(key.sk)).send().await.map_err(unavailable)?.item;
        let Some(item) = found else { return Ok(None) };
        let version = number(&item, "version")?;
        let sealed = sealed_item::read(&item).ok_or_else(|| key.broken())?;
        let plain = self.keyring.open(&key.place(version), &sealed).await?.ok_or_else(|| key.broken())?;
        Ok(Some((plain.to_vec(), version)))
    }

    /// Replaces a record if its version is still `version`. Returns whether it was.
    pub(crate) async fn replace<T: Serialize>(&self, key: &Key, record: &T, version: u64) -> Result<bool, Unavailable> {
        let plain = serde_json::to_vec(record).map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        self.replace_bytes(key, &plain, version).await
    }

    /// Replaces the bytes of a record if its version is still `version`. Returns whether it was.
    pub(crate) async fn replace_bytes(&self, key: &Key, plain: &[u8], version: u64) -> Result<bool, Unavailable> {
        let mut item: Item = sealed_item::write(self.keyring.seal(&key.place(version + 1), plain)?);
        item.extend([
            ("pk".to_owned(), s(&key.pk)),
            ("sk".to_owned(), s(key.sk)),
            ("version".to_owned(), n(version + 1)),
        ]);
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let request = if version == 0 {
            request.condition_expression("attribute_not_exists(pk)")
        } else {
            request.condition_expression("version = :version").expression_attribute_values(":version", n(version))
        };
        match request.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }
}
