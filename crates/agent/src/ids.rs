//! Identifiers that arrive from outside and are validated when they are parsed.

use serde::{Deserialize, Serialize};

/// The text is not a well-formed identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier")]
pub struct BadId;

/// Defines a type of random ids: 26 characters of Crockford's base 32, in upper case, unguessable.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Length in characters.
            pub const LENGTH: usize = 26;
            const ALPHABET: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

            /// Makes an id from 26 random bytes, using five bits of each.
            #[must_use]
            pub fn from_random(bytes: [u8; Self::LENGTH]) -> Self {
                Self(bytes.iter().map(|byte| char::from(Self::ALPHABET[usize::from(byte & 31)])).collect())
            }

            /// The text of the id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::ids::BadId;

            fn try_from(text: String) -> Result<Self, $crate::ids::BadId> {
                let fits = text.len() == Self::LENGTH && text.bytes().all(|byte| Self::ALPHABET.contains(&byte));
                if fits { Ok(Self(text)) } else { Err($crate::ids::BadId) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use random_id;

random_id! {
    /// A conversation.
    ConversationId
}

/// The idempotency key of a post, chosen by the page: 8 to 64 characters of `[A-Za-z0-9_-]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The text of the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        let fits = (8..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if fits { Ok(Self(text)) } else { Err(BadId) }
    }
}

impl From<IdempotencyKey> for String {
    fn from(id: IdempotencyKey) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_ids_parse() {
        let good = ConversationId::from_random([7; 26]);
        assert_eq!(ConversationId::try_from(good.to_string()), Ok(good));
        for bad in
            ["", "short", "0000000000000000000000000#", "lower0000000000000000000000", "../../etc/passwd0000000000"]
        {
            assert_eq!(ConversationId::try_from(bad.to_owned()), Err(BadId), "{bad}");
            assert!(bad.len() < 8 || IdempotencyKey::try_from(format!("{bad}\n")).is_err());
        }
    }
}
