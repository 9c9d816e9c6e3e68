//! Access tokens for tools: fetched, cached and renewed. Each source has a module: Auth0's Token Vault, the identity
//! provider's tokens for other APIs, the local vault, and the application's own token. [`CredentialProviders`] selects
//! the source of a provider, and [`accounts`] is the port by which people manage the accounts that they have connected.
//!
//! This crate does not encrypt stored tokens and knows neither sessions nor pages. The caller stores a
//! [`PendingConnection`](accounts::PendingConnection) in the session that began it and completes it from that session
//! only.

pub mod accounts;
mod application;
pub mod audience;
pub mod auth0;
mod by_provider;
mod cache;
mod identity;
pub mod local;
mod pkce;
mod sign_in_tokens;

pub use application::{ApplicationCredentials, ApplicationToken};
pub use audience::AudienceTokens;
pub use by_provider::CredentialProviders;
pub use identity::{AccountIdentity, IdentityEndpoint, IdentityFormat};
pub use local::{LocalVault, file};
pub use sign_in_tokens::SignInTokens;
use sign_in_tokens::same_secret;

/// Name of the local vault in messages to people.
pub const SERVICE: &str = "the vault";
