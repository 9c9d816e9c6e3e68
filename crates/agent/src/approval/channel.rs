//! The ways by which a person approves.

use super::SignedApproval;
use serde::{Deserialize, Serialize};

/// The way by which an approval is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The person who asks, on their phone, by the identity provider (CIBA).
    Ciba,
    /// The person who asks, by a passkey.
    Passkey,
    /// Another person who may approve actions on the object, by their passkey.
    SecondPerson,
}

impl Channel {
    /// Returns whether approvals by this channel come from the person who asks.
    #[must_use]
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Ciba | Self::Passkey)
    }

    /// Returns whether evidence of this channel is a signature that holds no secret. An ID token is a credential, so it
    /// is kept sealed.
    #[must_use]
    pub const fn has_public_evidence(self) -> bool {
        matches!(self, Self::Passkey | Self::SecondPerson)
    }
}

/// Returns the channels of `needed` for which no approval is given. Each approval stands for one channel, so two second
/// persons are two approvals.
#[must_use]
pub fn missing(needed: &[Channel], given: &[SignedApproval]) -> Vec<Channel> {
    let mut missing = needed.to_vec();
    for given in given {
        if let Some(place) = missing.iter().position(|channel| *channel == given.channel) {
            missing.remove(place);
        }
    }
    missing
}
