//! The token that Auth0's Token Vault takes in exchange for tokens of people's accounts.

use super::env::Reader;
use secrecy::SecretString;

/// The token that is exchanged.
#[derive(Debug, Clone)]
pub enum LentFor {
    /// The refresh token of the person's sign-in, exchanged by the application's client, for which rotation must be
    /// off.
    RefreshToken,
    /// The person's access token for an API of the company's own, exchanged by that API's client.
    AccessToken {
        /// The API's identifier.
        audience: String,
        /// The API's client (Auth0: *Custom API Client*).
        client_id: String,
        /// That client's secret.
        client_secret: SecretString,
    },
}

impl LentFor {
    /// Reads the settings. If one of the three variables is set, all of them must be, and an access token is exchanged.
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let [audience, id, secret] = ["TOKEN_VAULT_AUDIENCE", "TOKEN_VAULT_CLIENT_ID", "TOKEN_VAULT_CLIENT_SECRET"];
        if [audience, id, secret].iter().all(|name| r.optional(name).is_none()) {
            return Self::RefreshToken;
        }
        Self::AccessToken { audience: r.text(audience), client_id: r.text(id), client_secret: r.secret(secret) }
    }
}
