//! Applications that register themselves, and the party that owns an application.

use super::ClientGrant;

/// The owner of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The owner of the tenant. People are not asked for consent.
    First,
    /// Anybody else. Each authorization needs the person's consent, and each API a grant.
    Third,
}

/// Dynamic Client Registration (RFC 7591).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    /// There is no endpoint, as in a new tenant of Auth0.
    Closed,
    /// Anybody can register a public client of a third party.
    Open {
        /// APIs that registered clients may call on behalf of people (Auth0's *default permissions for third-party
        /// applications*).
        grants: Vec<ClientGrant>,
        /// Number of registrations after which further ones are refused.
        most: usize,
    },
}

impl Registration {
    /// Returns the grant of registered clients for this API.
    pub(crate) fn grant(&self, audience: &str) -> Option<&ClientGrant> {
        match self {
            Self::Closed => None,
            Self::Open { grants, .. } => grants.iter().find(|grant| grant.audience == audience),
        }
    }
}
