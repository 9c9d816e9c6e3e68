//! The stored form of an event: encrypted as a whole and bound to its place.
//!
//! An attacker who can write to the table can delete rows, but nothing else: a changed, moved or forged row cannot be
//! decrypted, and nothing is executed from a log with such a row or with a gap.

use agent::ports::{Millis, Numbered, Unreadable};
use agent::turn::Event;
use sealing::{Keyring, LiveKeyring, SealError, Sealed};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Version of the format. It is part of the encrypted content.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Row<'a> {
    format: u32,
    at: Millis,
    event: Cow<'a, Event>,
}

/// The field that all versions of the format have in common.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Encrypts an event for its place: the partition and sort key.
///
/// # Errors
/// The text of the error, for the log.
pub(super) fn seal(keyring: &LiveKeyring, pk: &str, sk: &str, entry: &Numbered) -> Result<Sealed, String> {
    let row = Row { format: FORMAT, at: entry.at, event: Cow::Borrowed(&entry.event) };
    let plain = serde_json::to_vec(&row).map_err(|error| error.to_string())?;
    keyring.now().seal(&place(pk, sk), &plain).map_err(|error| error.to_string())
}

/// Decrypts the row stored under a place.
///
/// # Errors
/// The reason, if the row is not what was written there.
pub(super) fn open(
    keyring: &Keyring,
    pk: &str,
    sk: &str,
    number: u64,
    sealed: &Sealed,
) -> Result<Numbered, Unreadable> {
    let plain = keyring.open(&place(pk, sk), sealed).map_err(|error| match error {
        SealError::NoKey(_) => Unreadable::UnknownKey,
        SealError::Closed | SealError::NoRandomness => Unreadable::NotAuthentic,
    })?;
    match serde_json::from_slice::<Format>(&plain) {
        Ok(Format { format: FORMAT }) => {}
        Ok(_) | Err(_) => return Err(Unreadable::UnknownFormat),
    }
    let Row { at, event, .. } = serde_json::from_slice(&plain).map_err(|_| Unreadable::UnknownFormat)?;
    Ok(Numbered { number, at, event: event.into_owned() })
}

fn place(pk: &str, sk: &str) -> String {
    format!("event {pk} {sk}")
}
