//! Envelope encryption of stored values with XChaCha20-Poly1305.
//!
//! A [`Keyring`] seals a value for one place, the record or cookie that holds it; moved to another place, the value does not
//! open. A [`DataKey`] seals the values of one owner and is itself sealed by a keyring, so that a rotation of the keyring
//! leaves these values as they are. A [`LiveKeyring`] follows a secret whose keys are rotated while servers run; the secret
//! comes from a [`KeyringSource`]. This crate never knows where sealed values are stored.

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

/// The name of this part in messages to people.
const SERVICE: &str = "this server";
