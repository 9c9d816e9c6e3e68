//! An entry of the queue of turns: the conversation and its owner, encrypted and bound to its place.

use crate::item::{b, s};
use crate::{keys, owner_item, random};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::Unavailable;
use aws_sdk_dynamodb::types::AttributeValue;
use sealing::{Keyring, Sealed};
use std::collections::HashMap;

/// An encrypted entry and its key.
pub(crate) struct QueueItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    sealed: Sealed,
}

impl QueueItem {
    /// Encrypts the entry of a conversation.
    ///
    /// # Errors
    /// [`Unavailable`] if it cannot be encrypted.
    pub(crate) fn seal(keyring: &Keyring, actor: &Actor, id: &ConversationId) -> Result<Self, Unavailable> {
        let (pk, sk) = keys::work(actor, id);
        let sealed = owner_item::seal(keyring, (&pk, &sk), actor, id)?;
        Ok(Self { pk, sk, sealed })
    }

    /// Returns the values `:key` and `:sealed` of an update expression, and a new `:stamp`.
    ///
    /// # Errors
    /// [`Unavailable`] if the operating system provides no random bytes.
    pub(crate) fn values(self) -> Result<HashMap<String, AttributeValue>, Unavailable> {
        let Sealed { key, bytes } = self.sealed;
        Ok(HashMap::from([
            (":key".to_owned(), s(key)),
            (":sealed".to_owned(), b(bytes)),
            (":stamp".to_owned(), s(random()?)),
        ]))
    }
}
