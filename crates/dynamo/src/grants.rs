//! Encrypted refresh tokens of people's sign-ins, one for each session, which a token vault exchanges for access
//! tokens. A refresh token is stored as long as its session lasts. A turn that runs outside of a request finds it by
//! the person.

use crate::item::{Item, b, n, number, s, text};
use crate::sessions::key;
use crate::{SERVICE, keys, sealed_item, sessions, unavailable};
use agent::Actor;
use agent::ports::{Millis, Unavailable};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnValue;
use sealing::{LiveKeyring, Sealed};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use tower_sessions::session::Id;

/// Encrypted refresh tokens in the table `countersign`.
#[derive(Clone)]
pub struct Grants {
    client: Client,
    table: String,
    sessions: String,
    keyring: Arc<LiveKeyring>,
}

impl Grants {
    /// Creates the store in `table`, for sessions in the table `sessions`; `keyring` encrypts the tokens.
    #[must_use]
    pub fn new(client: Client, table: String, sessions: String, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, sessions, keyring }
    }

    /// Stores the refresh token of the person's session `id` with the expiry time `until`, in seconds since 1970.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn keep(
        &self,
        actor: &Actor,
        id: &Id,
        token: &SecretString,
        now: Millis,
        until: i64,
    ) -> Result<(), Unavailable> {
        let (pk, session) = (keys::grants_of(actor), key(id));
        let sealed = self.keyring.seal(&place(&pk, &session), token.expose_secret().as_bytes())?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(sealed_item::write(sealed)));
        let request = request.item("pk", s(pk)).item("sk", s(session)).item("at", n(now)).item("ttl", n(until));
        request.send().await.map(|_| ()).map_err(unavailable)
    }

    /// Returns the refresh token of the person's newest session that has not ended; `None` if there is no such
    /// session. Sessions of the same person in another organization are not considered.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn newest(&self, actor: &Actor, now: Millis) -> Result<Option<SecretString>, Unavailable> {
        let pk = keys::grants_of(actor);
        for item in self.of(&pk).await? {
            let session = text(&item, "sk")?;
            let own = [session.to_owned()];
            let now = now.div_euclid(1000);
            if !sessions::any_lives(&self.client, &self.sessions, &self.keyring, actor, &own, now).await? {
                continue;
            }
            if let Some(token) = self.opened(&pk, session, &item).await? {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }

    /// Replaces the refresh token `old` by `fresh`, which the provider issued in its place (refresh token rotation).
    ///
    /// # Errors
    /// [`Unavailable`], also if `old` is no longer stored or was replaced concurrently.
    pub async fn replace(&self, actor: &Actor, old: &SecretString, fresh: &SecretString) -> Result<(), Unavailable> {
        let pk = keys::grants_of(actor);
        for item in self.of(&pk).await? {
            let session = text(&item, "sk")?;
            let own = self.opened(&pk, session, &item).await?;
            if own.is_none_or(|own| own.expose_secret() != old.expose_secret()) {
                continue;
            }
            let sealed = self.keyring.seal(&place(&pk, session), fresh.expose_secret().as_bytes())?;
            let request = self.client.update_item().table_name(&self.table).key("pk", s(pk.clone()));
            let request = request
                .key("sk", s(session))
                .update_expression("SET #key = :key, sealed = :sealed")
                .condition_expression("sealed = :old")
                .expression_attribute_names("#key", "key")
                .expression_attribute_values(":key", s(sealed.key))
                .expression_attribute_values(":sealed", b(sealed.bytes))
                .expression_attribute_values(":old", b(sealed_item::bytes(&item)));
            return request.send().await.map(|_| ()).map_err(unavailable);
        }
        Err(Unavailable::new(SERVICE, "the grant that was used no longer exists"))
    }

    /// Removes the refresh token of the person's session `id` and returns it; `None` if there was none.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn take(&self, actor: &Actor, id: &Id) -> Result<Option<SecretString>, Unavailable> {
        let (pk, session) = (keys::grants_of(actor), key(id));
        let request = self.client.delete_item().table_name(&self.table);
        let request = request.key("pk", s(pk.clone())).key("sk", s(session.clone())).return_values(ReturnValue::AllOld);
        match request.send().await.map_err(unavailable)?.attributes {
            Some(item) => self.opened(&pk, &session, &item).await,
            None => Ok(None),
        }
    }

    /// Returns the person's items, newest first.
    async fn of(&self, pk: &str) -> Result<Vec<Item>, Unavailable> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request.key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(pk));
        let items = request.send().await.map_err(unavailable)?.items.unwrap_or_default();
        Ok(newest_first(items))
    }

    /// Decrypts the token; `None` if its key is gone or the item was moved or forged.
    async fn opened(&self, pk: &str, session: &str, item: &Item) -> Result<Option<SecretString>, Unavailable> {
        let sealed = Sealed { key: text(item, "key")?.to_owned(), bytes: sealed_item::bytes(item) };
        let plain = self.keyring.open(&place(pk, session), &sealed).await?;
        if let Some(Ok(token)) = plain.map(String::from_utf8) {
            return Ok(Some(SecretString::from(token)));
        }
        tracing::error!("a grant could not be opened");
        Ok(None)
    }
}

/// Items without a time were not written by this code and come last.
fn newest_first(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|item| std::cmp::Reverse(number::<Millis>(item, "at").unwrap_or(0)));
    items
}

/// Returns the associated data of an encrypted token: its person and session.
fn place(pk: &str, session: &str) -> String {
    format!("{pk} {session}")
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grants").field("table", &self.table).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_sign_in_comes_first() {
        let item = |at: Millis| Item::from([("at".to_owned(), n(at))]);
        let times = [1_795_353_600_001, 1_795_353_600_003, 0, 1_795_353_600_002];
        let sorted = newest_first(times.map(item).into());
        let told: Vec<Millis> = sorted.iter().filter_map(|item| number(item, "at").ok()).collect();
        assert_eq!(told, [1_795_353_600_003, 1_795_353_600_002, 1_795_353_600_001, 0]);
    }
}
