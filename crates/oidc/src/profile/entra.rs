//! Microsoft Entra ID, with a tenant's own issuer (`https://login.microsoftonline.com/<tenant>/v2.0`). `sub` differs
//! for each application, so `oid` is the better principal in FGA. There is no CIBA and no back-channel logout.

use super::{AssertionAudience, AudienceTokens, LogoutStyle, Method, OfflineAccess, Profile};

pub(super) const PROFILE: Profile = Profile {
    name: "entra",
    client_secret: Method::SecretPost,
    assertion_audience: AssertionAudience::TokenEndpoint,
    authorization_parameters: &[],
    offline_access: OfflineAccess::UnlessUnlisted,
    // `email_verified` is never sent for accounts of an organization. The optional claim `xms_edov` states that the
    // domain's owner verified the address (learn.microsoft.com, "Optional claims reference").
    email_confirmed_by: &["xms_edov", "email_verified"],
    username_claim: "preferred_username",
    logout: LogoutStyle::RpInitiated,
    backchannel_logout: false,
    ciba: None,
    organizations: false,
    audience_tokens: AudienceTokens::Unsupported,
    okta_user_claim: None,
};
