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
    /// An access token, if anything is said of an API; then all of it must be there.
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let [audience, id, secret] = ["TOKEN_VAULT_AUDIENCE", "TOKEN_VAULT_CLIENT_ID", "TOKEN_VAULT_CLIENT_SECRET"];
        if [audience, id, secret].iter().all(|name| r.optional(name).is_none()) {
            return Self::RefreshToken;
        }
        Self::AccessToken { audience: r.text(audience), client_id: r.text(id), client_secret: r.secret(secret) }
    }
}
