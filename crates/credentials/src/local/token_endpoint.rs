//! Client of a token endpoint, which exchanges authorization codes and refresh tokens for tokens. Errors are recognized
//! by `error` and not by the status alone, since GitHub and Slack send errors with status 200. The responses that the
//! vendors publish are in `preset/tests`.

use crate::local::connecting::Pending;
use crate::local::http;
use crate::local::provider::Client;
use agent::ports::Unavailable;
use oidc::client_authentication::with_secret;
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

/// Errors that mean that a code or a refresh token is invalid, or needs the person to consent again: RFC 6749 section
/// 5.2, then Microsoft's names, then GitHub's, then Slack's.
const DEAD: [&str; 12] = [
    "invalid_grant",
    "interaction_required",
    "consent_required",
    "login_required",
    "bad_refresh_token",
    "bad_verification_code",
    "invalid_code",
    "code_already_used",
    "invalid_refresh_token",
    "token_expired",
    "token_revoked",
    "account_inactive",
];

/// The grant of a token request; a rejected refresh token has error codes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A refresh token.
    Refresh,
    /// An authorization code, or the client's own credentials.
    Other,
}

impl Asked {
    /// Tells whether the grant is invalid for good, so that a retry is useless. Some providers reject an invalid
    /// refresh token as `invalid_request` with status 400. For a code this error proves nothing, since another
    /// parameter may be wrong.
    fn is_dead(self, status: StatusCode, error: &str) -> bool {
        let spent = || status == StatusCode::BAD_REQUEST && error == "invalid_request";
        DEAD.contains(&error) || (self == Self::Refresh && spent())
    }
}

/// A successful token response.
#[derive(Debug)]
pub(crate) struct ProviderResponse {
    pub(crate) access: SecretString,
    pub(crate) refresh: Option<SecretString>,
    /// Lifetime in seconds; none for a token that does not expire.
    pub(crate) expires_in: Option<u64>,
    /// Granted scopes; none means as requested (RFC 6749 section 5.1).
    pub(crate) scopes: Option<Vec<String>>,
}

/// Reason why the endpoint issued no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenFault {
    /// The code or the refresh token is invalid.
    #[error("the grant is no longer valid: {0}")]
    Dead(String),
    /// The endpoint did not answer, or its answer does not tell whether the grant is still valid.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A token endpoint, and the client that requests tokens there.
pub(crate) struct TokenEndpoint<'a> {
    pub(crate) service: &'static str,
    pub(crate) url: &'a Url,
    pub(crate) client: &'a Client,
    pub(crate) http: &'a reqwest::Client,
}

#[derive(Deserialize)]
struct Answer {
    error: Option<String>,
    /// Slack's success flag.
    ok: Option<bool>,
    #[serde(flatten)]
    granted: Granted,
    /// Slack's member with the person's token, when the top-level token is a bot's (docs.slack.dev, oauth.v2.access).
    authed_user: Option<Granted>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Option<SecretString>,
    token_type: Option<String>,
    refresh_token: Option<SecretString>,
    expires_in: Option<u64>,
    scope: Option<String>,
}

impl Granted {
    fn token(&self) -> Option<&SecretString> {
        self.access_token.as_ref().filter(|token| !token.expose_secret().is_empty())
    }
}

impl TokenEndpoint<'_> {
    /// Sends the token request once. It is never retried, since a code or a rotating refresh token is used up by the
    /// request.
    pub(crate) async fn ask(&self, form: &[(&str, &str)], asked: Asked) -> Result<ProviderResponse, TokenFault> {
        let (status, body) = http::send(self.service, self.request(form)).await?;
        self.read(status, &body, asked)
    }

    pub(crate) fn request(&self, form: &[(&str, &str)]) -> RequestBuilder {
        authenticated(self.http.post(self.url.clone()), self.client, form)
    }

    pub(crate) fn read(&self, status: StatusCode, body: &[u8], asked: Asked) -> Result<ProviderResponse, TokenFault> {
        let failed = |cause: String| TokenFault::from(Unavailable::new(self.service, cause));
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(failed(format!("the token endpoint answered with status {}", status.as_u16())));
        }
        let answer: Answer = serde_json::from_slice(body).map_err(|_| {
            failed(format!("the answer of the token endpoint (status {}) cannot be read", status.as_u16()))
        })?;
        if let Some(error) = answer.error {
            let error: String = error.chars().take(60).collect::<String>().escape_debug().collect();
            let dead = asked.is_dead(status, &error);
            return Err(if dead { TokenFault::Dead(error) } else { failed(format!("the token endpoint: {error}")) });
        }
        if answer.ok == Some(false) {
            return Err(failed("the token endpoint refused without reason".to_owned()));
        }
        let granted = answer.authed_user.filter(|own| own.token().is_some()).unwrap_or(answer.granted);
        let access = granted.token().filter(|_| status.is_success()).cloned();
        let access = access.ok_or_else(|| failed("the token endpoint gave no token".to_owned()))?;
        // Slack calls a person's token `user`.
        let usable = |kind: &str| kind.eq_ignore_ascii_case("bearer") || kind == "user";
        if granted.token_type.as_deref().is_some_and(|kind| !usable(kind)) {
            return Err(failed("the token endpoint gave another kind of token".to_owned()));
        }
        let split =
            |text: String| text.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        Ok(ProviderResponse {
            access,
            refresh: granted.refresh_token.filter(|token| !token.expose_secret().is_empty()),
            // Treat a lifetime of 0 seconds as not stated.
            expires_in: granted.expires_in.filter(|seconds| *seconds > 0),
            scopes: granted.scope.map(split),
        })
    }
}

/// Returns the form for redeeming a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
pub(crate) fn for_code<'a>(code: &'a str, begun: &'a Pending) -> [(&'static str, &'a str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &begun.redirect_uri),
        ("code_verifier", &begun.verifier),
    ]
}

/// Returns the form for a refresh (RFC 6749 section 6).
pub(crate) fn for_refresh(refresh: &SecretString) -> [(&'static str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())]
}

/// Adds `form` and the client's authentication to `request`.
pub(crate) fn authenticated(request: RequestBuilder, client: &Client, form: &[(&str, &str)]) -> RequestBuilder {
    with_secret(request, form, &client.id, client.secret.expose_secret(), client.auth)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> String {
        read_of(status, body, Asked::Other)
    }

    fn read_of(status: u16, body: &str, asked: Asked) -> String {
        let client = Client { id: "id".to_owned(), secret: "s".into(), auth: oidc::Method::SecretPost };
        let (url, http) = (Url::parse("https://as.example/t").unwrap(), oidc::http::client().unwrap());
        let endpoint = TokenEndpoint { service: "Example", url: &url, client: &client, http: &http };
        match endpoint.read(StatusCode::from_u16(status).unwrap(), body.as_bytes(), asked) {
            Ok(given) => format!(
                "{} {} {:?} {:?}",
                given.access.expose_secret(),
                given.refresh.as_ref().map_or("-", |token| token.expose_secret()),
                given.expires_in,
                given.scopes
            ),
            Err(TokenFault::Dead(error)) => format!("dead: {error}"),
            Err(TokenFault::Unavailable(error)) => format!("not now: {}", error.cause),
        }
    }

    #[test]
    fn an_invalid_grant_an_outage_and_a_misconfiguration_are_distinguished() {
        let rows = [
            (
                200,
                r#"{"access_token":"a","token_type":"bearer","refresh_token":"r","expires_in":60,"scope":"repo,user"}"#,
                r#"a r Some(60) Some(["repo", "user"])"#,
            ),
            (200, r#"{"access_token":"a","token_type":"Bearer","scope":""}"#, "a - None Some([])"),
            (200, r#"{"ok":true,"access_token":"a","token_type":"user","expires_in":0}"#, "a - None None"),
            (200, r#"{"error":"bad_refresh_token","error_description":"x"}"#, "dead: bad_refresh_token"),
            (200, r#"{"ok":false,"error":"invalid_refresh_token"}"#, "dead: invalid_refresh_token"),
            (400, r#"{"error":"invalid_grant"}"#, "dead: invalid_grant"),
            (401, r#"{"error":"invalid_client"}"#, "not now: the token endpoint: invalid_client"),
            (
                200,
                r#"{"error":"incorrect_client_credentials"}"#,
                "not now: the token endpoint: incorrect_client_credentials",
            ),
            (400, r#"{"error":"a\nb"}"#, r"not now: the token endpoint: a\nb"),
            (500, r#"{"error":"invalid_grant"}"#, "not now: the token endpoint answered with status 500"),
            (429, r#"{"error":"invalid_grant"}"#, "not now: the token endpoint answered with status 429"),
            (403, r#"{"access_token":"a"}"#, "not now: the token endpoint gave no token"),
            (200, r#"{"access_token":""}"#, "not now: the token endpoint gave no token"),
            (
                200,
                r#"{"access_token":"a","token_type":"DPoP"}"#,
                "not now: the token endpoint gave another kind of token",
            ),
            (200, "<html>", "not now: the answer of the token endpoint (status 200) cannot be read"),
        ];
        for (status, body, expected) in rows {
            assert_eq!(read(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn an_invalid_request_for_a_refresh_token_means_that_it_is_invalid() {
        let told = r#"{"error":"invalid_request"}"#;
        assert_eq!(read_of(400, told, Asked::Refresh), "dead: invalid_request");
        for (status, asked) in [(400, Asked::Other), (401, Asked::Refresh), (200, Asked::Refresh)] {
            assert_eq!(
                read_of(status, told, asked),
                "not now: the token endpoint: invalid_request",
                "{status} {asked:?}"
            );
        }
    }
}
