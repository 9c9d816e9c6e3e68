//! Provider profiles: the behaviour of a provider where the specifications leave a choice. Discovery takes precedence,
//! then the operator's setting, then the profile.

mod auth0;
mod cognito;
mod entra;
mod generic;
mod google;
mod keycloak;
mod okta;

use crate::client_authentication::Method;
use url::{Host, Url};

/// The behaviour of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name in `OIDC_PROFILE`.
    pub name: &'static str,
    /// The method for a client secret if the provider supports it and the operator has not chosen another.
    pub client_secret: Method,
    /// The audience of a signed assertion.
    pub assertion_audience: AssertionAudience,
    /// Additional parameters of each authorization request.
    pub authorization_parameters: &'static [(&'static str, &'static str)],
    /// The request for a refresh token.
    pub offline_access: OfflineAccess,
    /// Claims that confirm the e-mail address. Any one of them suffices.
    pub email_confirmed_by: &'static [&'static str],
    /// The claim with the user name for signing in.
    pub username_claim: &'static str,
    /// The end of the session at the provider.
    pub logout: LogoutStyle,
    /// Support of back-channel logout, if discovery does not announce it.
    pub backchannel_logout: bool,
    /// The dialect of CIBA; `None` if the provider has no such endpoint.
    pub ciba: Option<CibaDialect>,
    /// Support of the parameters `organization` and `invitation` in authorization requests (Auth0 Organizations).
    pub organizations: bool,
    /// The method to get an access token for another API.
    pub audience_tokens: AudienceTokens,
    /// The claim that holds the person's Okta user id.
    pub okta_user_claim: Option<&'static str>,
}

/// The condition under which the scope `offline_access` is requested (OpenID Connect Core section 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfflineAccess {
    /// If `scopes_supported` lists it, or is absent.
    UnlessUnlisted,
    /// If `scopes_supported` lists it.
    IfListed,
    /// Never: a refresh token is issued without it, by another parameter or by default.
    Never,
}

/// The audience of a client assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionAudience {
    /// The issuer.
    Issuer,
    /// The address of the token endpoint.
    TokenEndpoint,
}

/// The request that ends the session at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutStyle {
    /// `OpenID` Connect RP-Initiated Logout 1.0: `id_token_hint`, `client_id`, `post_logout_redirect_uri`.
    RpInitiated,
    /// Cognito's own: `client_id` and `logout_uri`.
    LogoutUri,
}

/// A dialect of CIBA Core 1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CibaDialect {
    /// The form of `login_hint`.
    pub login_hint: LoginHint,
    /// The parameter for the lifetime of the request (`requested_expiry` in CIBA Core section 7.1).
    pub expiry_parameter: &'static str,
    /// Set if the request carries the action as `authorization_details` and the answer repeats them.
    pub details: bool,
    /// The binding messages that the provider accepts.
    pub binding_message: BindingMessage,
}

/// The form of `login_hint`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginHint {
    /// A JSON object of format, issuer and subject, which Auth0 requires.
    IssuerAndSubject,
    /// The user name for signing in.
    Username,
}

/// The binding messages that a provider accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BindingMessage {
    /// Most characters.
    pub longest: usize,
    /// Accepted characters in addition to ASCII letters and digits.
    pub others: &'static str,
}

/// The method to get an access token for another API of the same provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceTokens {
    /// `audience` in a refresh request: Auth0's multi-resource refresh tokens.
    Audience,
    /// `resource` in a refresh request (RFC 8707).
    Resource,
    /// Token exchange (RFC 8693).
    Exchange,
    /// No method is known.
    Unsupported,
}

impl AudienceTokens {
    /// Every method with its name in `OIDC_API_TOKENS`.
    pub const NAMED: [(&'static str, Self); 4] = [
        ("audience", Self::Audience),
        ("resource", Self::Resource),
        ("exchange", Self::Exchange),
        ("none", Self::Unsupported),
    ];
}

const ALL: [&Profile; 7] = [
    &auth0::PROFILE,
    &okta::PROFILE,
    &entra::PROFILE,
    &cognito::PROFILE,
    &keycloak::PROFILE,
    &google::PROFILE,
    &generic::PROFILE,
];

impl Profile {
    /// Returns the profile with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.into_iter().find(|profile| profile.name == name)
    }

    /// The names of all profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ALL.into_iter().map(|profile| profile.name)
    }

    /// Returns the profile that the issuer's URL suggests: by a provider's own host name, or Keycloak's path.
    #[must_use]
    pub fn suggested_by(issuer: &str) -> &'static Self {
        let Ok(url) = Url::parse(issuer) else { return &generic::PROFILE };
        let host = match url.host() {
            Some(Host::Domain(host)) => host.to_ascii_lowercase(),
            _ => String::new(),
        };
        let within = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        if within("auth0.com") {
            &auth0::PROFILE
        } else if ["okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com"].into_iter().any(within) {
            &okta::PROFILE
        } else if ["login.microsoftonline.com", "login.microsoftonline.us", "sts.windows.net"].into_iter().any(within) {
            &entra::PROFILE
        } else if host.starts_with("cognito-idp.") && (within("amazonaws.com") || within("amazonaws.com.cn")) {
            &cognito::PROFILE
        } else if within("accounts.google.com") {
            &google::PROFILE
        } else if url.path().contains("/realms/") {
            &keycloak::PROFILE
        } else {
            &generic::PROFILE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_suggests_its_provider() {
        let rows = [
            ("https://acme.eu.auth0.com/", "auth0"),
            ("https://acme.okta.com", "okta"),
            ("https://acme.okta.com/oauth2/default", "okta"),
            ("https://acme.oktapreview.com", "okta"),
            ("https://login.microsoftonline.com/0f1e/v2.0", "entra"),
            ("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC", "cognito"),
            ("https://accounts.google.com", "google"),
            ("https://sso.acme.example/realms/staff", "keycloak"),
            ("https://login.acme.example", "generic"),
            ("https://auth0.com.acme.example/", "generic"),
            ("https://notokta.com", "generic"),
            ("http://127.0.0.1:8080", "generic"),
            ("nothing", "generic"),
        ];
        for (issuer, expected) in rows {
            assert_eq!(Profile::suggested_by(issuer).name, expected, "{issuer}");
        }
    }

    #[test]
    fn every_profile_has_a_name_of_its_own() {
        for name in Profile::names() {
            assert_eq!(Profile::named(name).map(|profile| profile.name), Some(name));
        }
        assert_eq!(Profile::named("ping"), None);
    }
}
