//! Providers that are known by name. Each is as its vendor publishes it, at the pages that its docstring names; what nobody
//! publishes is marked "not verified".

use oidc::Method;

/// What is known of a provider. `{tenant}`, `{domain}` and `{client_id}` in an address stand for what the file says.
#[derive(Debug)]
pub(crate) struct Preset {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) authorization_url: &'static str,
    pub(crate) token_url: &'static str,
    pub(crate) revoke: Option<(Style, &'static str)>,
    pub(crate) issuer: &'static str,
    pub(crate) auth: Method,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) with_scopes: &'static [&'static str],
    pub(crate) separator: char,
    pub(crate) parameters: &'static [(&'static str, &'static str)],
    pub(crate) again: &'static [(&'static str, &'static str)],
}

/// The way in which a provider takes tokens back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Standard,
    GitHub,
    Google,
    Slack,
}

/// What a provider without a preset is taken for: RFC 6749 and `OpenID` Connect.
pub(crate) const STANDARD: Preset = Preset {
    id: "",
    name: "",
    authorization_url: "",
    token_url: "",
    revoke: None,
    issuer: "",
    auth: Method::SecretBasic,
    scopes: &[],
    with_scopes: &[],
    separator: ' ',
    parameters: &[("response_type", "code")],
    again: &[("prompt", "login")],
};

/// docs.github.com: Authorizing OAuth apps; Refreshing user access tokens; GitHub authentication discovery endpoints; REST
/// API endpoints for OAuth authorizations.
///
/// Refresh tokens are a GitHub App's alone, with expiring tokens, and rotate. Such an app has permissions instead of scopes:
/// its answers always say `"scope": ""`. `prompt` knows `select_account` and nothing else, so a sign-in anew cannot be
/// demanded. Not verified: that 404 for a grant that is given back means that it is gone (204 and 422 are published).
const GITHUB: Preset = Preset {
    id: "github",
    name: "GitHub",
    authorization_url: "https://github.com/login/oauth/authorize",
    token_url: "https://github.com/login/oauth/access_token",
    revoke: Some((Style::GitHub, "https://api.github.com/applications/{client_id}/grant")),
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
/// A refresh token comes with `access_type=offline`, the first time that the person consents; `prompt=consent` makes each
/// time the first. It does not rotate. `prompt` knows `none`, `consent` and `select_account`. Scopes are answered by their
/// whole addresses. Not verified: the `iss` of a callback.
const GOOGLE: Preset = Preset {
    id: "google",
    name: "Google",
    authorization_url: "https://accounts.google.com/o/oauth2/v2/auth",
    token_url: "https://oauth2.googleapis.com/token",
    revoke: Some((Style::Google, "https://oauth2.googleapis.com/revoke")),
    issuer: "https://accounts.google.com",
    auth: Method::SecretPost,
    parameters: &[("response_type", "code"), ("access_type", "offline"), ("prompt", "consent")],
    again: &[("prompt", "select_account consent")],
    ..STANDARD
};

/// docs.slack.dev: Installing with OAuth (the user-centric flow); oauth.v2.user.access; Using token rotation; auth.revoke.
///
/// These endpoints give a person's token for `scope`; the older ones want `user_scope` and put it into `authed_user`. Refresh
/// tokens are there for apps with token rotation, and rotate. No sign-in anew can be demanded. Not verified: `response_type`,
/// which Slack's examples lack; the `iss` of a callback (slack.com is its issuer in `OpenID` Connect); how an answer of
/// oauth.v2.user.access looks as a whole (that of oauth.v2.access is understood, too).
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
/// A refresh token comes with `offline_access`, and each renewal brings another one. There is no endpoint that takes a token
/// back. Scopes are answered in Microsoft's own spelling, which the file must have: `User.Read`, not `user.read`
/// (AzureAD/microsoft-authentication-library-for-go, pull request 217). Not verified: the `iss` of a callback.
const MICROSOFT: Preset = Preset {
    id: "microsoft",
    name: "Microsoft",
    authorization_url: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    token_url: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
    auth: Method::SecretPost,
    with_scopes: &["offline_access"],
    parameters: &[("response_type", "code"), ("response_mode", "query")],
    ..STANDARD
};

/// developer.okta.com: OpenID Connect and OAuth 2.0 API; Refresh access tokens; Revoke tokens; Implement OAuth for Okta. By the
/// organization's own authorization server, which alone gives scopes of Okta's API.
///
/// A refresh token comes with `offline_access` to an app that is allowed the grant; it rotates where the app is set so. All of
/// Okta's examples pair it with `openid`, and an error `openid_scope_required` exists. Not verified: the `iss` of a callback.
const OKTA: Preset = Preset {
    id: "okta",
    name: "Okta",
    authorization_url: "https://{domain}/oauth2/v1/authorize",
    token_url: "https://{domain}/oauth2/v1/token",
    revoke: Some((Style::Standard, "https://{domain}/oauth2/v1/revoke")),
    issuer: "https://{domain}",
    scopes: &["okta.users.read", "okta.users.manage"],
    with_scopes: &["openid", "offline_access"],
    ..STANDARD
};

pub(crate) const PRESETS: [Preset; 5] = [GITHUB, GOOGLE, SLACK, MICROSOFT, OKTA];

/// The preset of this name.
pub(crate) fn named(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests;
