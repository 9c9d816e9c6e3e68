//! The refresh token of a person's sign-in, as the session store keeps it.

use agent::Actor;
use agent::ports::Unavailable;
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

/// Finds and replaces the refresh tokens of people's sign-ins.
#[async_trait]
pub trait SignInTokens: Send + Sync {
    /// The refresh token of the person's newest sign-in; `None` when none of their sign-ins lives, or it came without one.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn refresh_token(&self, actor: &Actor) -> Result<Option<SecretString>, Unavailable>;

    /// Stores `fresh` in the place of `old`, which the provider has spent.
    ///
    /// # Errors
    /// [`Unavailable`] when it is not stored: `fresh` must then not be used.
    async fn rotated(&self, actor: &Actor, old: &SecretString, fresh: &SecretString) -> Result<(), Unavailable>;
}

/// Compares two secrets.
pub(crate) fn same_secret(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}
