//! A vault of our own, for companies without another one's: people's accounts by OAuth 2.0 (code flow with PKCE), tokens of
//! the application's own by client credentials, and API keys. Providers come from a file, tokens go to a store.
//! It must never know how tokens are sealed, nor sessions and pages: whoever completes must find what was begun in the session
//! that began it.

mod application;
mod connecting;
pub mod file;
mod http;
mod own;
mod pkce;
mod preset;
mod provider;
mod revocation;
mod store;
mod token_endpoint;
mod tokens;

pub use connecting::{ConnectFault, Connecting, Wish};
pub use own::{Account, Disconnected, OwnVault};
pub use provider::{
    Authentication, Client, ClientAuth, Iss, Issuer, Kind, Machine, People, Provider, Revocation, SecretAt,
};
pub use store::{Expected, Held, Leased, Store, Version, Written};

/// The name that a person knows the vault by.
pub const SERVICE: &str = "the vault";
