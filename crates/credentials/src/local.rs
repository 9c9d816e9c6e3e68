//! The local vault, for companies that use no hosted token vault: tokens of people's accounts by OAuth 2.0
//! (authorization code flow with PKCE), tokens of the application itself by client credentials, and API keys. Providers
//! are configured in a file, and tokens are kept in a [`Store`].

mod connecting;
pub mod file;
pub(crate) mod http;
mod own;
mod preset;
mod provider;
mod revocation;
mod store;
mod token_endpoint;
mod tokens;

pub use own::LocalVault;
pub use provider::{Authentication, Client, Iss, Issuer, Kind, Machine, People, Provider, Revocation, SecretAt};
pub use store::{Expected, Leased, Store, StoredAccount, Version, Written};
