//! The local vault, for companies without another one's: people's accounts by OAuth 2.0 (code flow with PKCE), tokens of the
//! application's own by client credentials, and API keys. Providers come from a file, tokens go to a store.

mod connecting;
pub mod file;
mod http;
mod own;
mod preset;
mod provider;
mod revocation;
mod store;
mod token_endpoint;
mod tokens;

pub use own::LocalVault;
pub use provider::{Authentication, Client, Iss, Issuer, Kind, Machine, People, Provider, Revocation, SecretAt};
pub use store::{Expected, Held, Leased, Store, Version, Written};
