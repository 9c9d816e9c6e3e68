//! In exchange for which token Auth0's Token Vault lends people's accounts.

use super::env::Reader;
use secrecy::SecretString;

/// What is exchanged.
#[derive(Debug, Clone)]
pub enum LentFor {
    /// The refresh token of the person's sign-in, by the application's client, for which rotation must be off.
    RefreshToken,
    /// An access token of theirs for an API of the company's own, by that API's client.
    AccessToken {
        /// The API's identifier.
        audience: String,
        /// Its client (Auth0: *Custom API Client*).
        client_id: String,
        /// That client's secret.
        client_secret: SecretString,
    },
}

impl LentFor {
    /// An access token, if an API is named; its client must then be there.
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        match r.optional("TOKEN_VAULT_AUDIENCE") {
            None => Self::RefreshToken,
            Some(audience) => Self::AccessToken {
                audience,
                client_id: r.text("TOKEN_VAULT_CLIENT_ID"),
                client_secret: r.secret("TOKEN_VAULT_CLIENT_SECRET"),
            },
        }
    }
}
