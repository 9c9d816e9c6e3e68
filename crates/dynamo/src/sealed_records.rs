//! Encrypted items that are replaced as a whole, with optimistic locking. Each is bound to its key and version, so that
//! it can be neither moved nor, with another version, written over a newer one.

use crate::item::{Item, n, number, s};
use crate::{SERVICE, sealed_item, unavailable};
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use sealing::LiveKeyring;
use std::sync::Arc;

/// Encrypted items in the table `countersign`.
#[derive(Debug, Clone)]
pub(crate) struct SealedRecords {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
}

fn place(pk: &str, sk: &str, version: u64) -> String {
    format!("{pk} {sk} {version}")
}

impl SealedRecords {
    pub(crate) fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring }
    }

    /// Returns the content and the version of an item; `None` if there is no item.
    ///
    /// # Errors
    /// [`Unavailable`], also for an item that somebody else wrote: it is neither used nor taken for none.
    pub(crate) async fn read(&self, pk: &str, sk: &str) -> Result<Option<(Vec<u8>, u64)>, Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let found = request.key("pk", s(pk)).key("sk", s(sk)).send().await.map_err(unavailable)?.item;
        let Some(item) = found else { return Ok(None) };
        let version = number(&item, "version")?;
        let broken = || Unavailable::new(SERVICE, format!("the record `{sk}` of a person cannot be decrypted"));
        let sealed = sealed_item::read(&item).ok_or_else(broken)?;
        let plain = self.keyring.open(&place(pk, sk, version), &sealed).await?.ok_or_else(broken)?;
        Ok(Some((plain.to_vec(), version)))
    }

    /// Replaces an item if its version is still `version`, or 0 if there is none. Returns whether it was.
    ///
    /// # Errors
    /// [`Unavailable`]: the write may have happened.
    pub(crate) async fn replace(&self, pk: &str, sk: &str, plain: &[u8], version: u64) -> Result<bool, Unavailable> {
        let mut item: Item = sealed_item::write(self.keyring.seal(&place(pk, sk, version + 1), plain)?);
        item.extend([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk)), ("version".to_owned(), n(version + 1))]);
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
