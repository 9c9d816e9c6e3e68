//! Account connections that a session has begun but not completed. Each is an encrypted item that can be taken once;
//! a session has few of them.

use crate::item::{n, number, s, text};
use crate::keys::hash;
use crate::sessions::key;
use crate::{sealed_item, unavailable};
use agent::ports::{Millis, Unavailable};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnValue;
use sealing::LiveKeyring;
use std::sync::Arc;
use tower_sessions::session::Id;

/// Maximum number of pending connections of a session; a further one replaces the oldest.
const MOST_PENDING: usize = 4;

/// Encrypted pending connections in the table `countersign`.
#[derive(Debug, Clone)]
pub struct PendingConnections {
    client: Client,
    table: String,
    keyring: Arc<LiveKeyring>,
}

impl PendingConnections {
    /// Creates the store in `table`; `keyring` encrypts the items.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, keyring }
    }

    /// Stores the connection that the session `id` began with `state` at `now`, until `until`, both in milliseconds
    /// since 1970.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn keep(
        &self,
        id: &Id,
        state: &str,
        plain: &[u8],
        now: Millis,
        until: Millis,
    ) -> Result<(), Unavailable> {
        let (pk, sk) = (partition(id), hash(state));
        let sealed = self.keyring.seal(&place(&pk, &sk), plain)?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(sealed_item::write(sealed)));
        let request =
            request.item("pk", s(&pk)).item("sk", s(sk)).item("at", n(now)).item("ttl", n(until.div_euclid(1000)));
        request.send().await.map_err(unavailable)?;
        self.forget_surplus(&pk).await
    }

    /// Removes and returns the connection that the session `id` began with `state`; `None` if there is none, or if it
    /// was taken before.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn take(&self, id: &Id, state: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        let (pk, sk) = (partition(id), hash(state));
        let request = self.client.delete_item().table_name(&self.table).key("pk", s(&pk)).key("sk", s(&sk));
        let removed = request.return_values(ReturnValue::AllOld).send().await.map_err(unavailable)?.attributes;
        let Some(sealed) = removed.as_ref().and_then(sealed_item::read) else { return Ok(None) };
        let plain = self.keyring.open(&place(&pk, &sk), &sealed).await?;
        if plain.is_none() {
            tracing::error!("a pending connection could not be opened");
        }
        Ok(plain)
    }

    /// Removes the oldest items beyond [`MOST_PENDING`]. Runs after each write, so the last of several concurrent
    /// calls sees all items.
    async fn forget_surplus(&self, pk: &str) -> Result<(), Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request.key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(pk));
        let request = request.projection_expression("sk, #at").expression_attribute_names("#at", "at");
        let mut items = request.send().await.map_err(unavailable)?.items.unwrap_or_default();
        items.sort_by_key(|item| std::cmp::Reverse(number::<Millis>(item, "at").unwrap_or(0)));
        for item in items.iter().skip(MOST_PENDING) {
            let request = self.client.delete_item().table_name(&self.table).key("pk", s(pk));
            request.key("sk", s(text(item, "sk")?)).send().await.map_err(unavailable)?;
        }
        Ok(())
    }
}

/// Returns the partition of a session. A new sign-in creates a new session, which starts without pending connections.
fn partition(id: &Id) -> String {
    format!("connecting#{}", key(id))
}

/// Returns the associated data of an encrypted connection: its session and state.
fn place(pk: &str, sk: &str) -> String {
    format!("{pk} {sk}")
}
