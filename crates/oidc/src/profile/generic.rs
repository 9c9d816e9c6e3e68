//! Any other OpenID Provider: the specifications' defaults, and what discovery announces.

use super::{
    AssertionAudience, AudienceTokens, BindingMessage, CibaDialect, LoginHint, LogoutStyle, Method, OfflineAccess,
    Profile,
};

pub(super) const PROFILE: Profile = Profile {
    name: "generic",
    // The default of OpenID Connect Dynamic Client Registration 1.0 section 2.
    client_secret: Method::SecretBasic,
    assertion_audience: AssertionAudience::Issuer,
    authorization_parameters: &[],
    offline_access: OfflineAccess::IfListed,
    email_confirmed_by: &["email_verified"],
    username_claim: "preferred_username",
    logout: LogoutStyle::RpInitiated,
    backchannel_logout: false,
    ciba: Some(CibaDialect {
        login_hint: LoginHint::Username,
        expiry_parameter: "requested_expiry",
        details: false,
        // The strictest rule of all known providers: Keycloak's.
        binding_message: BindingMessage { longest: 50, others: "-._+/!?#" },
    }),
    organizations: false,
    // RFC 8707 expects each resource in the authorization request as well, which is not sent. A provider that issues a
    // token without it must be enabled by the operator (`OIDC_API_TOKENS=resource`).
    audience_tokens: AudienceTokens::Unsupported,
    okta_user_claim: None,
};
