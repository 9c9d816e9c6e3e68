//! Built-in settings of well-known providers. Each follows the vendor's documentation that its comment names; facts
//! that are not documented are marked "not verified".

use crate::identity::IdentityFormat;
use oidc::Method;

/// Default settings of a provider. `{tenant}`, `{domain}` and `{client_id}` in an address are replaced by the file's
/// values.
#[derive(Debug)]
pub(crate) struct Preset {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) authorization_url: &'static str,
    pub(crate) token_url: &'static str,
    pub(crate) revoke: Option<(Style, &'static str)>,
    pub(crate) identity: (IdentityFormat, &'static str),
    pub(crate) issuer: &'static str,
    pub(crate) auth: Method,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) with_scopes: &'static [&'static str],
    pub(crate) separator: char,
    pub(crate) parameters: &'static [(&'static str, &'static str)],
    pub(crate) again: &'static [(&'static str, &'static str)],
}

/// Method of revocation at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Standard,
    GitHub,
    Google,
    Slack,
}

/// Settings of a provider without a preset: RFC 6749 and `OpenID` Connect.
pub(crate) const STANDARD: Preset = Preset {
    id: "",
    name: "",
    authorization_url: "",
    token_url: "",
    revoke: None,
    identity: (IdentityFormat::UserInfo, ""),
    issuer: "",
    auth: Method::SecretBasic,
    scopes: &[],
    with_scopes: &[],
    separator: ' ',
    parameters: &[("response_type", "code")],
    again: &[("prompt", "login")],
};

/// docs.github.com: Authorizing OAuth apps; Refreshing user access tokens; GitHub authentication discovery endpoints;
/// REST API endpoints for OAuth authorizations.
///
/// Only a GitHub App with expiring tokens gets refresh tokens, and they rotate. Such an app has permissions instead of
/// scopes: its responses always contain `"scope": ""`. `prompt` supports only `select_account`, so reauthentication
/// cannot be forced. Not verified: that status 404 for a revocation means that the grant no longer exists (204 and 422
/// are documented).
const GITHUB: Preset = Preset {
    id: "github",
    name: "GitHub",
    authorization_url: "https://github.com/login/oauth/authorize",
    token_url: "https://github.com/login/oauth/access_token",
    revoke: Some((Style::GitHub, "https://api.github.com/applications/{client_id}/grant")),
    identity: (IdentityFormat::GitHub, "https://api.github.com/user"),
    issuer: "https://github.com/login/oauth",
    auth: Method::SecretPost,
    scopes: &["repo"],
    parameters: &[],
    again: &[("prompt", "select_account")],
    ..STANDARD
};

/// developers.google.com: Using OAuth 2.0 for Web Server Applications; googleapis/google-auth-library-nodejs,
/// `src/auth/oauth2client.ts`, for the client in the body.
///
/// With `access_type=offline`, Google issues a refresh token on the person's first consent; `prompt=consent` makes it
/// issue one every time. It does not rotate. `prompt` supports `none`, `consent` and `select_account`. Responses name
/// scopes by their full URLs. The owner of an account is named if the scopes include `openid` (discovery document,
/// `userinfo_endpoint`). Not verified: the `iss` of a callback.
const GOOGLE: Preset = Preset {
    id: "google",
    name: "Google",
    authorization_url: "https://accounts.google.com/o/oauth2/v2/auth",
    token_url: "https://oauth2.googleapis.com/token",
    revoke: Some((Style::Google, "https://oauth2.googleapis.com/revoke")),
    identity: (IdentityFormat::UserInfo, "https://openidconnect.googleapis.com/v1/userinfo"),
    issuer: "https://accounts.google.com",
    auth: Method::SecretPost,
    parameters: &[("response_type", "code"), ("access_type", "offline"), ("prompt", "consent")],
    again: &[("prompt", "select_account consent")],
    ..STANDARD
};

/// docs.slack.dev: Installing with OAuth (the user-centric flow); oauth.v2.user.access; Using token rotation;
/// auth.revoke.
///
/// These endpoints issue a person's token for `scope`; the older ones require `user_scope` and return the token in
/// `authed_user`. Only apps with token rotation get refresh tokens, and they rotate. Reauthentication cannot be forced.
/// Not verified: `response_type`, which Slack's examples lack; the `iss` of a callback (slack.com is Slack's issuer in
/// `OpenID` Connect); the complete format of a response of oauth.v2.user.access (that of oauth.v2.access is accepted,
/// too).
const SLACK: Preset = Preset {
    id: "slack",
    name: "Slack",
    authorization_url: "https://slack.com/oauth/v2_user/authorize",
    token_url: "https://slack.com/api/oauth.v2.user.access",
    revoke: Some((Style::Slack, "https://slack.com/api/auth.revoke")),
    issuer: "https://slack.com",
    separator: ',',
    again: &[],
    ..STANDARD
};

/// learn.microsoft.com: Microsoft identity platform and OAuth 2.0 authorization code flow.
///
/// Microsoft issues a refresh token for the scope `offline_access`, and a new one with each renewal. There is no
/// revocation endpoint. Responses name scopes in Microsoft's spelling, which the file must use: `User.Read`, not
/// `user.read` (AzureAD/microsoft-authentication-library-for-go, pull request 217). The owner of an account is named if
/// the token is for Microsoft Graph and the scopes include `openid`. Not verified: the `iss` of a callback.
const MICROSOFT: Preset = Preset {
    id: "microsoft",
    name: "Microsoft",
    authorization_url: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    token_url: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    identity: (IdentityFormat::UserInfo, "https://graph.microsoft.com/oidc/userinfo"),
    issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
    auth: Method::SecretPost,
    with_scopes: &["offline_access"],
    parameters: &[("response_type", "code"), ("response_mode", "query")],
    ..STANDARD
};

/// developer.okta.com: OpenID Connect and OAuth 2.0 API; Refresh access tokens; Revoke tokens; Implement OAuth for
/// Okta. Uses the org authorization server, the only one that issues scopes of Okta's API.
///
/// Okta issues a refresh token for the scope `offline_access` if the app is allowed the grant; it rotates if the app is
/// configured so. All of Okta's examples request `openid` as well, and an error `openid_scope_required` exists. `profile`
/// and `email` let the userinfo endpoint name the owner of an account. Not verified: the `iss` of a callback.
const OKTA: Preset = Preset {
    id: "okta",
    name: "Okta",
    authorization_url: "https://{domain}/oauth2/v1/authorize",
    token_url: "https://{domain}/oauth2/v1/token",
    revoke: Some((Style::Standard, "https://{domain}/oauth2/v1/revoke")),
    identity: (IdentityFormat::UserInfo, "https://{domain}/oauth2/v1/userinfo"),
    issuer: "https://{domain}",
    scopes: &["okta.users.read", "okta.users.manage"],
    with_scopes: &["openid", "profile", "email", "offline_access"],
    ..STANDARD
};

pub(crate) const PRESETS: [Preset; 5] = [GITHUB, GOOGLE, SLACK, MICROSOFT, OKTA];

/// Returns the preset with this id.
pub(crate) fn named(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests;
