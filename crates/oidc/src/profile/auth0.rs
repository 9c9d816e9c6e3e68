//! Auth0. A custom domain needs `OIDC_PROFILE=auth0`, because its name does not reveal the provider.

use super::{
    AssertionAudience, AudienceTokens, BindingMessage, CibaDialect, LoginHint, LogoutStyle, Method, OfflineAccess,
    Profile,
};

pub(super) const PROFILE: Profile = Profile {
    name: "auth0",
    client_secret: Method::SecretPost,
    // auth0.com/docs, "Authenticate with Private Key JWT": the tenant's URL with its trailing slash.
    assertion_audience: AssertionAudience::Issuer,
    authorization_parameters: &[],
    offline_access: OfflineAccess::UnlessUnlisted,
    email_confirmed_by: &["email_verified"],
    username_claim: "email",
    logout: LogoutStyle::RpInitiated,
    backchannel_logout: true,
    ciba: Some(CibaDialect {
        // auth0.com/docs, "Client-Initiated Backchannel Authentication Flow".
        login_hint: LoginHint::IssuerAndSubject,
        expiry_parameter: "requested_expiry",
        details: true,
        binding_message: BindingMessage { longest: 64, others: " +-_.,:#" },
    }),
    organizations: true,
    audience_tokens: AudienceTokens::Audience,
    okta_user_claim: None,
};
