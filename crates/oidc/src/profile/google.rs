//! Google, with `https://accounts.google.com`. It rejects the scope `offline_access`; a refresh token is requested by
//! `access_type=offline` (developers.google.com, "OpenID Connect"). It has no page to end its session.

use super::{AssertionAudience, AudienceTokens, LogoutStyle, Method, OfflineAccess, Profile};

pub(super) const PROFILE: Profile = Profile {
    name: "google",
    client_secret: Method::SecretPost,
    assertion_audience: AssertionAudience::TokenEndpoint,
    authorization_parameters: &[("access_type", "offline")],
    offline_access: OfflineAccess::Never,
    email_confirmed_by: &["email_verified"],
    username_claim: "email",
    logout: LogoutStyle::RpInitiated,
    backchannel_logout: false,
    ciba: None,
    organizations: false,
    audience_tokens: AudienceTokens::Unsupported,
    okta_user_claim: None,
};
