//! Envelope encryption of stored values with XChaCha20-Poly1305.
//!
//! A [`Keyring`] encrypts a value for one place, the record or cookie that holds it; the value cannot be decrypted in
//! any other place. A [`DataKey`] encrypts the values of one owner and is itself encrypted by a keyring, so that a
//! rotation of the keyring does not touch these values. A [`LiveKeyring`] follows a secret whose keys are rotated
//! while servers run; the secret comes from a [`KeyringSource`]. This crate must not depend on where encrypted values
//! are stored.

mod cookie;
mod data_key;
#[cfg(feature = "fakes")]
pub mod fakes;
mod keyring;
mod live;
mod sealed;

pub use data_key::DataKey;
pub use keyring::{BadKeyring, Keyring};
pub use live::{KeyringSource, LiveKeyring};
pub use sealed::{SealError, Sealed};

/// Name of this part in messages to people.
const SERVICE: &str = "this server";
