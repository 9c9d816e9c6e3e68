//! Access tokens for tools: people's accounts that Countersign keeps itself, tokens of the identity provider for other APIs,
//! and tokens of the application's own.
//! This crate never knows how tokens are sealed, nor sessions and pages: who completes a connection must find it in the
//! session that began it.

mod application;
pub mod audience;
pub mod local;
pub mod pkce;
mod sign_in_tokens;

pub use application::{ApplicationCredentials, ApplicationToken, ApplicationVault};
pub use audience::AudienceTokens;
pub use local::{LocalVault, file};
pub use sign_in_tokens::{SignInTokens, same_secret};

/// The name of the local vault in messages to people.
pub const SERVICE: &str = "the vault";
