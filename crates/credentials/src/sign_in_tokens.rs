//! Access to the refresh tokens of people's sign-ins in the session store.

use agent::Actor;
use agent::ports::Unavailable;
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

/// Finds and replaces the refresh tokens of people's sign-ins.
#[async_trait]
pub trait SignInTokens: Send + Sync {
    /// Returns the refresh token of the person's newest sign-in; `None` if they are signed out everywhere, or if the
    /// sign-in has no refresh token.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn refresh_token(&self, actor: &Actor) -> Result<Option<SecretString>, Unavailable>;

    /// Replaces `old`, which the provider has invalidated, by `fresh`.
    ///
    /// # Errors
    /// [`Unavailable`] when it is not stored: `fresh` must then not be used.
    async fn rotated(&self, actor: &Actor, old: &SecretString, fresh: &SecretString) -> Result<(), Unavailable>;
}

/// Compares two secrets.
pub(crate) fn same_secret(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}
