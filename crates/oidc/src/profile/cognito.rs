//! Amazon Cognito user pools. A scope that the client may not use, including `offline_access`, makes the whole request
//! fail; refresh tokens are issued without it. `email_verified` may be the string "true".

use super::{AssertionAudience, AudienceTokens, LogoutStyle, Method, OfflineAccess, Profile};

pub(super) const PROFILE: Profile = Profile {
    name: "cognito",
    client_secret: Method::SecretBasic,
    assertion_audience: AssertionAudience::TokenEndpoint,
    authorization_parameters: &[],
    offline_access: OfflineAccess::Never,
    email_confirmed_by: &["email_verified"],
    username_claim: "cognito:username",
    // docs.aws.amazon.com/cognito, "The managed login sign-out endpoint": `client_id` and `logout_uri`.
    logout: LogoutStyle::LogoutUri,
    backchannel_logout: false,
    ciba: None,
    organizations: false,
    audience_tokens: AudienceTokens::Unsupported,
    okta_user_claim: None,
};
