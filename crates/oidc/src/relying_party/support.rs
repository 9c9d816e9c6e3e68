//! The provider's capabilities, from discovery and profile.

use super::RelyingParty;
use crate::discovery::Metadata;
use crate::profile::OfflineAccess;
use agent::ports::Unavailable;

/// The capabilities of the provider that the application depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// Approvals by CIBA in poll mode.
    pub approval: bool,
    /// A page that ends the session at the provider.
    pub end_session: bool,
    /// Back-channel logout.
    pub backchannel_logout: bool,
    /// Refresh tokens.
    pub refresh: bool,
    /// The `userinfo` endpoint.
    pub userinfo: bool,
    /// Revocation of refresh tokens.
    pub revocation: bool,
}

impl RelyingParty {
    /// Determines the provider's capabilities.
    ///
    /// # Errors
    /// [`Unavailable`] if the provider's metadata cannot be fetched.
    pub async fn support(&self) -> Result<Support, Unavailable> {
        let metadata = self.discovery.metadata().await?;
        let extra = metadata.additional_metadata();
        Ok(Support {
            approval: self.approves(&metadata),
            end_session: extra.end_session_endpoint.is_some(),
            backchannel_logout: extra.backchannel_logout_supported || self.config.profile.backchannel_logout,
            refresh: self.refreshes(&metadata),
            userinfo: metadata.userinfo_endpoint().is_some(),
            revocation: extra.revocation_endpoint.is_some(),
        })
    }

    fn approves(&self, metadata: &Metadata) -> bool {
        let extra = metadata.additional_metadata();
        let modes = extra.backchannel_token_delivery_modes_supported.as_ref();
        let polls = modes.is_none_or(|modes| modes.iter().any(|mode| mode == "poll"));
        self.config.profile.ciba.is_some() && extra.backchannel_authentication_endpoint.is_some() && polls
    }

    /// A refresh token is issued for the scope `offline_access`, or without it if the profile says so.
    fn refreshes(&self, metadata: &Metadata) -> bool {
        self.config.profile.offline_access == OfflineAccess::Never
            || self.scopes(metadata).iter().any(|scope| scope == "offline_access")
    }
}
