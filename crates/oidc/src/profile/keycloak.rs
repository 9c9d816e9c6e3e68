//! Keycloak. Its user resolver expects a user name in `login_hint`, and it accepts few characters in a binding message
//! (`CibaConfig` and `DefaultCIBALoginUserResolver` in its source). It issues a refresh token for the session without
//! the scope `offline_access`; that scope is refused to people who lack the realm role of the same name.

use super::{
    AssertionAudience, AudienceTokens, BindingMessage, CibaDialect, LoginHint, LogoutStyle, Method, OfflineAccess,
    Profile,
};

pub(super) const PROFILE: Profile = Profile {
    name: "keycloak",
    client_secret: Method::SecretBasic,
    assertion_audience: AssertionAudience::Issuer,
    authorization_parameters: &[],
    offline_access: OfflineAccess::Never,
    email_confirmed_by: &["email_verified"],
    username_claim: "preferred_username",
    logout: LogoutStyle::RpInitiated,
    backchannel_logout: true,
    ciba: Some(CibaDialect {
        login_hint: LoginHint::Username,
        expiry_parameter: "requested_expiry",
        details: false,
        binding_message: BindingMessage { longest: 50, others: "-._+/!?#" },
    }),
    organizations: false,
    audience_tokens: AudienceTokens::Exchange,
    okta_user_claim: None,
};
