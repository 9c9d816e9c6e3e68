//! Ending a sign-in at the provider: through the browser, by back-channel logout, and by revoking its refresh token.

use super::RelyingParty;
use crate::logout_token::{self, InvalidLogoutToken, LogoutToken};
use crate::profile::LogoutStyle;
use crate::token_endpoint::TokenError;
use agent::ports::Unavailable;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

impl RelyingParty {
    /// Verifies a back-channel logout token at `now`, in seconds since 1970.
    ///
    /// # Errors
    /// See [`InvalidLogoutToken`].
    pub async fn verify_logout(&self, token: &str, now: i64) -> Result<LogoutToken, InvalidLogoutToken> {
        logout_token::verify(&self.discovery, &self.config.client.id, token, now).await
    }

    /// Returns the URL that ends the person's session at the provider and redirects to `back_to`; `None` if the
    /// provider publishes none.
    ///
    /// # Errors
    /// [`Unavailable`] if the provider's metadata cannot be fetched.
    pub async fn end_session_url(&self, id_token: &SecretString, back_to: &str) -> Result<Option<Url>, Unavailable> {
        let metadata = self.discovery.metadata().await?;
        let Some(mut url) = metadata.additional_metadata().end_session_endpoint.clone() else { return Ok(None) };
        let (leads_back, hint) = match self.config.profile.logout {
            LogoutStyle::RpInitiated => ("post_logout_redirect_uri", Some(id_token.expose_secret())),
            LogoutStyle::LogoutUri => ("logout_uri", None),
        };
        url.query_pairs_mut()
            .extend_pairs(hint.map(|hint| ("id_token_hint", hint)))
            .append_pair("client_id", &self.config.client.id)
            .append_pair(leads_back, back_to);
        Ok(Some(url))
    }

    /// Revokes a refresh token (RFC 7009). Does nothing if the provider publishes no revocation endpoint.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn revoke(&self, refresh_token: &SecretString) -> Result<(), TokenError> {
        let metadata = self.discovery.metadata().await?;
        let Some(url) = &metadata.additional_metadata().revocation_endpoint else { return Ok(()) };
        let form = [("token", refresh_token.expose_secret()), ("token_type_hint", "refresh_token")];
        self.endpoint(&metadata, url, &self.config.client)?.send(&form).await.map(drop)
    }
}
