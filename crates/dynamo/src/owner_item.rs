//! Conversations and their owners in entries that other instances act on: encrypted, and bound to the entry's place. An
//! entry that someone else wrote cannot be decrypted, so write access to the table is not enough to act as a person.

use crate::item::{Item, text};
use crate::{SERVICE, sealed_item};
use agent::Actor;
use agent::actor::Evidence;
use agent::ids::ConversationId;
use agent::ports::Unavailable;
use sealing::{Keyring, LiveKeyring, Sealed};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
struct Body<'a> {
    evidence: Cow<'a, Evidence>,
    conversation: Cow<'a, str>,
}

/// Encrypts the owner and the conversation of the entry at `place`.
///
/// # Errors
/// [`Unavailable`] if it cannot be encrypted.
pub(crate) fn seal(
    keyring: &Keyring,
    place: (&str, &str),
    actor: &Actor,
    id: &ConversationId,
) -> Result<Sealed, Unavailable> {
    let unsealed = |error: String| Unavailable::new(SERVICE, format!("the entry was not sealed: {error}"));
    let body = Body { evidence: Cow::Borrowed(actor.evidence()), conversation: Cow::Borrowed(id.as_str()) };
    let plain = serde_json::to_vec(&body).map_err(|error| unsealed(error.to_string()))?;
    keyring.seal(&associated(place), &plain).map_err(|error| unsealed(error.to_string()))
}

/// Decrypts the owner and the conversation of an entry.
///
/// # Errors
/// The text of the error, for the log, if the entry is not what was written under its key.
pub(crate) async fn open(keyring: &LiveKeyring, item: &Item) -> Result<(Actor, ConversationId), String> {
    let key = |name| text(item, name).map_err(|_| format!("it has no `{name}`"));
    let sealed = sealed_item::read(item).ok_or("it is not sealed")?;
    let keyring = keyring.with(&sealed.key).await.map_err(|error| error.to_string())?;
    let plain = keyring.open(&associated((key("pk")?, key("sk")?)), &sealed).map_err(|error| error.to_string())?;
    let Body { evidence, conversation } = serde_json::from_slice(&plain).map_err(|error| error.to_string())?;
    let id = ConversationId::try_from(conversation.into_owned()).map_err(|_| "it names no conversation")?;
    Ok((Actor::attest(evidence.into_owned()), id))
}

fn associated((pk, sk): (&str, &str)) -> String {
    format!("work {pk} {sk}")
}
