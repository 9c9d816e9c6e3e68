//! Okta, with its org authorization server (`https://acme.okta.com`, no trailing slash) or a custom one. The ID token
//! of the code flow contains few claims: name and e-mail address come from the `userinfo` endpoint (developer.okta.com,
//! "API access management").

use super::{
    AssertionAudience, AudienceTokens, BindingMessage, CibaDialect, LoginHint, LogoutStyle, Method, OfflineAccess,
    Profile,
};

pub(super) const PROFILE: Profile = Profile {
    name: "okta",
    client_secret: Method::SecretBasic,
    // developer.okta.com, "Client authentication methods": the URL of the token endpoint.
    assertion_audience: AssertionAudience::TokenEndpoint,
    authorization_parameters: &[],
    offline_access: OfflineAccess::UnlessUnlisted,
    email_confirmed_by: &["email_verified"],
    username_claim: "preferred_username",
    logout: LogoutStyle::RpInitiated,
    backchannel_logout: false,
    ciba: Some(CibaDialect {
        // developer.okta.com, "Configure client-initiated backchannel authentication": a user name as the hint,
        // `request_expiry`, and a custom authenticator built with the Devices SDK.
        login_hint: LoginHint::Username,
        expiry_parameter: "request_expiry",
        details: false,
        binding_message: BindingMessage { longest: 64, others: " +-_.,:#" },
    }),
    organizations: false,
    audience_tokens: AudienceTokens::Unsupported,
    // `sub` of an ID token is the user's id.
    okta_user_claim: Some("sub"),
};
