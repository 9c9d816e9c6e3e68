//! An entry of the queue of turns: the conversation and its owner, encrypted and bound to its place. An entry that
//! someone else wrote cannot be decrypted, so write access to the table is not enough to act as a person.

use crate::item::{Item, b, s};
use crate::{SERVICE, keys, random, sealed_item};
use agent::Actor;
use agent::actor::Evidence;
use agent::ids::ConversationId;
use agent::ports::Unavailable;
use aws_sdk_dynamodb::types::AttributeValue;
use sealing::{Keyring, LiveKeyring, Sealed};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;

#[derive(Serialize, Deserialize)]
struct Body<'a> {
    evidence: Cow<'a, Evidence>,
    conversation: Cow<'a, str>,
}

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
        let unsealed = |error: String| Unavailable::new(SERVICE, format!("the entry was not sealed: {error}"));
        let (pk, sk) = keys::work(actor, id);
        let body = Body { evidence: Cow::Borrowed(actor.evidence()), conversation: Cow::Borrowed(id.as_str()) };
        let plain = serde_json::to_vec(&body).map_err(|error| unsealed(error.to_string()))?;
        let sealed = keyring.seal(&place(&pk, &sk), &plain).map_err(|error| unsealed(error.to_string()))?;
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

/// Decrypts an entry of the queue.
///
/// # Errors
/// The text of the error, for the log, if the entry is not what was written under its key.
pub(crate) async fn open(keyring: &LiveKeyring, item: &Item) -> Result<(Actor, ConversationId), String> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).ok_or(format!("it has no `{name}`"));
    let sealed = sealed_item::read(item).ok_or("it is not sealed")?;
    let keyring = keyring.with(&sealed.key).await.map_err(|error| error.to_string())?;
    let plain = keyring.open(&place(text("pk")?, text("sk")?), &sealed).map_err(|error| error.to_string())?;
    let Body { evidence, conversation } = serde_json::from_slice(&plain).map_err(|error| error.to_string())?;
    let id = ConversationId::try_from(conversation.into_owned()).map_err(|_| "it names no conversation")?;
    Ok((Actor::attest(evidence.into_owned()), id))
}

fn place(pk: &str, sk: &str) -> String {
    format!("work {pk} {sk}")
}
