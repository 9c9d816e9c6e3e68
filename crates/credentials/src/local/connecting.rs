//! Connecting an account: builds the authorization request and checks the issuer of the callback.

use crate::accounts::AccountError;
use crate::local::provider::{Authentication, Iss, People};
use crate::pkce;
use agent::ports::Unavailable;
use serde::{Deserialize, Serialize};
use url::Url;

/// An account to connect.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConnectRequest<'a> {
    /// All scopes that the account is to have.
    pub(super) scopes: &'a [String],
    /// Callback address, which must be registered for the client.
    pub(super) redirect_uri: &'a str,
    /// Value that the callback echoes.
    pub(super) state: &'a str,
}

/// State of an authorization request until its callback.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) provider: String,
    pub(super) verifier: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
}

/// Returns the address of the authorization request and the state to store until the callback.
pub(super) fn begin(
    provider: &str,
    people: &People,
    request: ConnectRequest<'_>,
) -> Result<(Url, Pending), Unavailable> {
    let verifier = pkce::verifier()?;
    let forced = people.authentication == Authentication::Forced;
    let again: &[(String, String)] = if forced { &people.again } else { &[] };
    let all = request.scopes.iter().chain(people.with_scopes.iter().filter(|scope| !request.scopes.contains(scope)));
    let scope = all.map(String::as_str).collect::<Vec<_>>().join(&people.separator.to_string());
    let mut page = people.authorization_url.clone();
    let mut query = page.query_pairs_mut();
    query.append_pair("client_id", &people.client.id);
    query.append_pair("redirect_uri", request.redirect_uri);
    query.append_pair("state", request.state);
    query.append_pair("code_challenge", &pkce::challenge(&verifier));
    query.append_pair("code_challenge_method", "S256");
    if !scope.is_empty() {
        query.append_pair("scope", &scope);
    }
    let is_said_again = |name: &str| again.iter().any(|(own, _)| own == name);
    query.extend_pairs(people.parameters.iter().filter(|(name, _)| !is_said_again(name)));
    query.extend_pairs(again);
    drop(query);
    let pending = Pending {
        provider: provider.to_owned(),
        verifier,
        redirect_uri: request.redirect_uri.to_owned(),
        scopes: request.scopes.to_vec(),
    };
    Ok((page, pending))
}

/// Rejects the callback if its `iss` differs from the provider's issuer, is present when no issuer is configured, or is
/// absent although the provider always sends it (RFC 9207 section 2.4). The code of a rejected callback is not
/// redeemed.
pub(super) fn check_issuer(people: &People, iss: Option<&str>) -> Result<(), AccountError> {
    let refused = |reason| Err(AccountError::refused(reason));
    match (&people.issuer, iss) {
        (Some(issuer), Some(iss)) if issuer.name == iss => Ok(()),
        (_, Some(_)) => refused("the callback comes from another issuer"),
        (Some(issuer), None) if issuer.iss == Iss::Required => refused("the callback names no issuer"),
        (_, None) => Ok(()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::local::file;
    use secrecy::SecretString;
    use std::collections::BTreeMap;

    fn people(lines: &str) -> People {
        let text = format!("[x]\nclient_id = \"app\"\nsecret_id = \"s\"\n{lines}");
        let provider = file::parse(&text).unwrap().remove(0).with(SecretString::from("hunter2"));
        provider.people().unwrap().clone()
    }

    fn asked(people: &People) -> (BTreeMap<String, String>, Pending) {
        let scopes = ["a".to_owned(), "b c".to_owned()];
        let request = ConnectRequest { scopes: &scopes, redirect_uri: "https://app.example/cb", state: "s&t" };
        let (page, pending) = begin("x", people, request).unwrap();
        (page.query_pairs().into_owned().collect(), pending)
    }

    #[test]
    fn each_provider_gets_its_own_authorization_parameters() {
        type Pairs = &'static [(&'static str, &'static str)];
        let rows: [(&str, Pairs, &[&str]); 7] = [
            ("preset = \"github\"", &[("scope", "a b c")], &["response_type", "prompt"]),
            ("preset = \"github\"\nforce_authentication = true", &[("prompt", "select_account")], &[]),
            (
                "preset = \"google\"",
                &[("access_type", "offline"), ("prompt", "consent"), ("response_type", "code")],
                &[],
            ),
            ("preset = \"google\"\nforce_authentication = true", &[("prompt", "select_account consent")], &[]),
            ("preset = \"slack\"", &[("scope", "a,b c")], &["prompt"]),
            (
                "preset = \"microsoft\"\ntenant = \"t1\"\nforce_authentication = true",
                &[("scope", "a b c offline_access"), ("prompt", "login"), ("response_mode", "query")],
                &[],
            ),
            (
                "authorization_url = \"https://as.example/a?x=y\"\ntoken_url = \"https://as.example/t\"\n\
                 parameters = { audience = \"api\" }",
                &[("x", "y"), ("audience", "api"), ("response_type", "code")],
                &["prompt"],
            ),
        ];
        for (lines, expected, absent) in rows {
            let (query, pending) = asked(&people(lines));
            for (name, value) in expected {
                assert_eq!(query.get(*name).map(String::as_str), Some(*value), "{lines}: {name}");
            }
            assert!(absent.iter().all(|name| !query.contains_key(*name)), "{lines}: {query:?}");
            assert_eq!((query["state"].as_str(), query["redirect_uri"].as_str()), ("s&t", "https://app.example/cb"));
            assert_eq!(query["code_challenge_method"], "S256", "{lines}");
            assert_eq!(query["code_challenge"], pkce::challenge(&pending.verifier), "{lines}");
            assert!(!format!("{query:?}").contains(&pending.verifier), "the verifier is not sent to the provider");
        }
    }

    #[test]
    fn a_callback_from_another_issuer_is_refused() {
        let own = "authorization_url = \"https://as.example/a\"\ntoken_url = \"https://as.example/t\"\n";
        let (named, required) = (format!("{own}issuer = \"https://as.example\""), "\niss = \"required\"");
        let rows = [
            (own.to_owned(), None, true),
            (own.to_owned(), Some("https://as.example"), false),
            (named.clone(), None, true),
            (named.clone(), Some("https://as.example"), true),
            (named.clone(), Some("https://as.example/"), false),
            (named.clone(), Some("https://evil.example"), false),
            (format!("{named}{required}"), None, false),
            (format!("{named}{required}"), Some("https://as.example"), true),
        ];
        for (lines, iss, good) in rows {
            assert_eq!(check_issuer(&people(&lines), iss).is_ok(), good, "{lines} {iss:?}");
        }
    }
}
