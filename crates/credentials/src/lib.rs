//! Credentials for tools: where a person's token is fetched, cached and renewed. One folder or file a source: Auth0's Token
//! Vault, the identity provider's tokens for other APIs, the local vault, the application's own token. [`CredentialProviders`]
//! chooses among them by provider, and [`accounts`] is the port by which people manage what they have connected.
//! This crate never knows how tokens are sealed, nor sessions and pages: who completes a connection must find it in the
//! session that began it.

pub mod accounts;
mod application;
pub mod audience;
pub mod auth0;
mod by_provider;
mod cache;
pub mod local;
mod pkce;
mod sign_in_tokens;

pub use application::{ApplicationCredentials, ApplicationToken};
pub use audience::AudienceTokens;
pub use by_provider::CredentialProviders;
pub use local::{LocalVault, file};
pub use sign_in_tokens::SignInTokens;
use sign_in_tokens::same_secret;

/// The name of the local vault in messages to people.
pub const SERVICE: &str = "the vault";
