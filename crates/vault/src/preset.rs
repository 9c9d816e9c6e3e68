//! Providers that are known by name. Facts are from the vendors' own documentation, named at each.

use crate::provider::ClientAuth;

/// What is known of a provider. `{tenant}`, `{domain}` and `{client_id}` in an address stand for what the file says.
#[derive(Debug)]
pub(crate) struct Preset {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) authorization_url: &'static str,
    pub(crate) token_url: &'static str,
    pub(crate) revoke: Option<(Style, &'static str)>,
    pub(crate) issuer: &'static str,
    pub(crate) auth: ClientAuth,
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
    auth: ClientAuth::Basic,
    scopes: &[],
    with_scopes: &[],
    separator: ' ',
    parameters: &[("response_type", "code")],
    again: &[("prompt", "login")],
};

pub(crate) const PRESETS: [Preset; 5] = [
    // docs.github.com, Authorizing OAuth apps, and Refreshing user access tokens. A sign-in anew cannot be demanded there:
    // the choice of an account is all that its `prompt` knows.
    Preset {
        id: "github",
        name: "GitHub",
        authorization_url: "https://github.com/login/oauth/authorize",
        token_url: "https://github.com/login/oauth/access_token",
        revoke: Some((Style::GitHub, "https://api.github.com/applications/{client_id}/grant")),
        issuer: "https://github.com/login/oauth",
        auth: ClientAuth::Post,
        scopes: &["repo"],
        parameters: &[],
        again: &[("prompt", "select_account")],
        ..STANDARD
    },
    // developers.google.com, OAuth 2.0 for web server applications. Without `prompt=consent` a second consent brings no
    // refresh token.
    Preset {
        id: "google",
        name: "Google",
        authorization_url: "https://accounts.google.com/o/oauth2/v2/auth",
        token_url: "https://oauth2.googleapis.com/token",
        revoke: Some((Style::Standard, "https://oauth2.googleapis.com/revoke")),
        issuer: "https://accounts.google.com",
        auth: ClientAuth::Post,
        parameters: &[("response_type", "code"), ("access_type", "offline"), ("prompt", "consent")],
        again: &[("prompt", "select_account consent")],
        ..STANDARD
    },
    // docs.slack.dev: oauth.v2.user.access, auth.revoke, token rotation.
    Preset {
        id: "slack",
        name: "Slack",
        authorization_url: "https://slack.com/oauth/v2_user/authorize",
        token_url: "https://slack.com/api/oauth.v2.user.access",
        revoke: Some((Style::Slack, "https://slack.com/api/auth.revoke")),
        issuer: "https://slack.com",
        separator: ',',
        again: &[],
        ..STANDARD
    },
    // learn.microsoft.com, OAuth 2.0 authorization code flow. There is no endpoint that takes a token back.
    Preset {
        id: "microsoft",
        name: "Microsoft",
        authorization_url: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        token_url: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
        auth: ClientAuth::Post,
        with_scopes: &["offline_access"],
        parameters: &[("response_type", "code"), ("response_mode", "query")],
        ..STANDARD
    },
    // developer.okta.com, OAuth 2.0 and OpenID Connect API, by the organization's own authorization server.
    Preset {
        id: "okta",
        name: "Okta",
        authorization_url: "https://{domain}/oauth2/v1/authorize",
        token_url: "https://{domain}/oauth2/v1/token",
        revoke: Some((Style::Standard, "https://{domain}/oauth2/v1/revoke")),
        issuer: "https://{domain}",
        scopes: &["okta.users.read", "okta.users.manage"],
        with_scopes: &["offline_access"],
        ..STANDARD
    },
];

/// The preset of this name.
pub(crate) fn named(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.id == id)
}
