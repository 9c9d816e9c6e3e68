//! The identity of a connected account: its owner's name at the provider, looked up with the token that was just
//! obtained. It is shown to the person and recorded; nothing is decided by it, so a failed lookup never blocks.

use crate::local::http;
use agent::ports::Unavailable;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

/// Longest time that a connection waits for the lookup.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest name that is kept, in characters. A longer one is no name that a person would recognize.
const LONGEST_NAME: usize = 100;

/// Longest e-mail address that is kept, in characters (RFC 5321 section 4.5.3.1.3, without the angle brackets).
const LONGEST_EMAIL: usize = 254;

/// The owner of an account, as its provider names them. Texts of a third party: show them with invisible characters
/// made visible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountIdentity {
    /// The name by which people know the account, such as the login.
    pub name: String,
    /// The e-mail address, if the provider has verified it. Another one proves nothing and is dropped.
    pub email: Option<String>,
}

impl AccountIdentity {
    /// Returns the account's e-mail address if it is another one than `own`, the verified address of the sign-in.
    #[must_use]
    pub fn other_email(&self, own: Option<&str>) -> Option<&str> {
        let (email, own) = (self.email.as_deref()?, own?);
        (!email.eq_ignore_ascii_case(own)).then_some(email)
    }
}

/// The address at which a provider names the owner of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityEndpoint {
    /// The address, requested with the token as bearer token (RFC 6750).
    pub url: Url,
    /// The format of its answers.
    pub format: IdentityFormat,
}

/// The format of an answer about the owner of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityFormat {
    /// Claims of OpenID Connect Core section 5.3.2. An address counts with `email_verified`.
    UserInfo,
    /// `GET /user` of GitHub's REST API (docs.github.com, Get the authenticated user). Its `email` is the public one,
    /// which a person chooses among verified addresses. Not verified: that no other one can be public.
    GitHub,
}

impl IdentityEndpoint {
    /// Looks up the owner of `token`. The token is not reported as rejected whatever the answer is: it may lack the
    /// scope of this address and work for everything else.
    ///
    /// # Errors
    /// [`Unavailable`] if the owner is unknown.
    pub(crate) async fn owner(
        &self,
        http: &reqwest::Client,
        service: &'static str,
        token: &SecretString,
    ) -> Result<AccountIdentity, Unavailable> {
        let request = http.get(self.url.clone()).bearer_auth(token.expose_secret());
        let answer = tokio::time::timeout(PATIENCE, http::send(service, request)).await;
        let (status, body) =
            answer.map_err(|_| Unavailable::new(service, "the lookup of an account took too long"))??;
        self.format.read(status, &body).ok_or_else(|| {
            let cause = format!("the answer (status {}) names no owner of an account", status.as_u16());
            Unavailable::new(service, cause)
        })
    }
}

/// The members of both formats.
#[derive(Deserialize)]
struct Answer {
    login: Option<String>,
    preferred_username: Option<String>,
    name: Option<String>,
    sub: Option<String>,
    email: Option<String>,
    email_verified: Option<Verified>,
}

/// `email_verified`, which some providers send as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Verified {
    Flag(bool),
    Text(String),
}

impl Verified {
    fn holds(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Text(text) => text == "true",
        }
    }
}

impl IdentityFormat {
    fn read(self, status: StatusCode, body: &[u8]) -> Option<AccountIdentity> {
        let answer: Answer = serde_json::from_slice(body).ok().filter(|_| status.is_success())?;
        let verified = answer.email_verified.is_some_and(|verified| verified.holds());
        let email = fitting(answer.email, LONGEST_EMAIL).filter(|address| address.contains('@'));
        let (names, email) = match self {
            Self::GitHub => ([answer.login, None, None], email),
            Self::UserInfo => ([answer.preferred_username, answer.name, answer.sub], email.filter(|_| verified)),
        };
        let named = names.into_iter().find_map(|name| fitting(name, LONGEST_NAME));
        Some(AccountIdentity { name: named.or_else(|| email.clone())?, email })
    }
}

/// Returns the trimmed text if it is neither empty nor too long.
fn fitting(text: Option<String>, longest: usize) -> Option<String> {
    let text = text?.trim().to_owned();
    (!text.is_empty() && text.chars().count() <= longest).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_owner_and_only_a_verified_address() {
        use IdentityFormat::{GitHub, UserInfo};
        let long = format!(r#"{{"login":"{}"}}"#, "x".repeat(101));
        let rows = [
            (GitHub, 200, r#"{"login":"ada-byron","name":"Ada","email":null}"#, Some(("ada-byron", None))),
            (GitHub, 200, r#"{"login":"ada","email":"ada@acme.example"}"#, Some(("ada", Some("ada@acme.example")))),
            (GitHub, 401, r#"{"login":"ada"}"#, None),
            (GitHub, 200, r#"{"message":"Bad credentials"}"#, None),
            (GitHub, 200, long.as_str(), None),
            (GitHub, 200, "<html>", None),
            (
                UserInfo,
                200,
                r#"{"sub":"00u1","preferred_username":"ada@acme.example","email":"a@b.example","email_verified":true}"#,
                Some(("ada@acme.example", Some("a@b.example"))),
            ),
            (UserInfo, 200, r#"{"sub":"00u1","name":" ","email":"a@b.example"}"#, Some(("00u1", None))),
            (
                UserInfo,
                200,
                r#"{"sub":"1","email":"a@b.example","email_verified":"true"}"#,
                Some(("1", Some("a@b.example"))),
            ),
            (UserInfo, 200, r#"{"sub":"1","email":"a@b.example","email_verified":"false"}"#, Some(("1", None))),
            (UserInfo, 200, r#"{"sub":"1","email":"nonsense","email_verified":true}"#, Some(("1", None))),
            (UserInfo, 403, r#"{"sub":"00u1"}"#, None),
        ];
        for (format, status, body, expected) in rows {
            let found = StatusCode::from_u16(status).ok().and_then(|status| format.read(status, body.as_bytes()));
            let found = found.as_ref().map(|own| (own.name.as_str(), own.email.as_deref()));
            assert_eq!(found, expected, "{format:?} {status} {body}");
        }
    }

    #[test]
    fn another_address_is_noticed_only_if_both_are_known() {
        let of = |email: Option<&str>| AccountIdentity { name: "ada".to_owned(), email: email.map(str::to_owned) };
        let rows = [
            (Some("ada@acme.example"), Some("bob@acme.example"), Some("ada@acme.example")),
            (Some("Bob@Acme.example"), Some("bob@acme.example"), None),
            (None, Some("bob@acme.example"), None),
            (Some("ada@acme.example"), None, None),
        ];
        for (account, own, expected) in rows {
            assert_eq!(of(account).other_email(own), expected, "{account:?} {own:?}");
        }
    }
}
