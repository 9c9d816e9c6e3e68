//! Connecting an account: the authorization request, and what the callback must be for its code to be used.

use crate::local::provider::{Authentication, Iss, People};
use crate::pkce;
use agent::ports::Unavailable;
use serde::{Deserialize, Serialize};
use url::Url;

/// Which account is to be connected.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// What it shall allow; what it allows already is asked for again.
    pub scopes: &'a [String],
    /// Where the browser comes back to: one of the client's callbacks.
    pub redirect_uri: &'a str,
    /// Echoed in the callback; unguessable, and kept in the person's session.
    pub state: &'a str,
}

/// A connection that was begun: kept in the person's session, taken out once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Connecting {
    pub(crate) provider: String,
    pub(crate) verifier: String,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
}

impl std::fmt::Debug for Connecting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connecting").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectFault {
    /// What came back is not what was begun, or counts no more. The reason is for the log.
    #[error("refused: {0}")]
    Refused(String),
    /// The provider or the store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The authorization request, and what to keep until its answer.
pub(crate) fn begin(provider: &str, people: &People, wish: Wish<'_>) -> Result<(Url, Connecting), Unavailable> {
    let verifier = pkce::verifier()?;
    let forced = people.authentication == Authentication::Forced;
    let again: &[(String, String)] = if forced { &people.again } else { &[] };
    let all = wish.scopes.iter().chain(people.with_scopes.iter().filter(|scope| !wish.scopes.contains(scope)));
    let scope = all.map(String::as_str).collect::<Vec<_>>().join(&people.separator.to_string());
    let mut page = people.authorization_url.clone();
    let mut query = page.query_pairs_mut();
    query.append_pair("client_id", &people.client.id);
    query.append_pair("redirect_uri", wish.redirect_uri);
    query.append_pair("state", wish.state);
    query.append_pair("code_challenge", &pkce::challenge(&verifier));
    query.append_pair("code_challenge_method", "S256");
    if !scope.is_empty() {
        query.append_pair("scope", &scope);
    }
    let is_said_again = |name: &str| again.iter().any(|(own, _)| own == name);
    query.extend_pairs(people.parameters.iter().filter(|(name, _)| !is_said_again(name)));
    query.extend_pairs(again);
    drop(query);
    let connecting = Connecting {
        provider: provider.to_owned(),
        verifier,
        redirect_uri: wish.redirect_uri.to_owned(),
        scopes: wish.scopes.to_vec(),
    };
    Ok((page, connecting))
}

/// Whether a callback with this `iss` can be the provider's (RFC 9207 section 2.4): one that names another issuer, or names
/// one where none is known, is none, and its code goes nowhere.
pub(crate) fn check_issuer(people: &People, iss: Option<&str>) -> Result<(), ConnectFault> {
    let refused = |why: &str| Err(ConnectFault::Refused(why.to_owned()));
    match (&people.issuer, iss) {
        (Some(issuer), Some(iss)) if issuer.name == iss => Ok(()),
        (_, Some(_)) => refused("the callback is of another issuer"),
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

    fn asked(people: &People) -> (BTreeMap<String, String>, Connecting) {
        let scopes = ["a".to_owned(), "b c".to_owned()];
        let wish = Wish { scopes: &scopes, redirect_uri: "https://app.example/cb", state: "s&t" };
        let (page, connecting) = begin("x", people, wish).unwrap();
        (page.query_pairs().into_owned().collect(), connecting)
    }

    #[test]
    fn each_provider_is_asked_in_its_own_words() {
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
            let (query, connecting) = asked(&people(lines));
            for (name, value) in expected {
                assert_eq!(query.get(*name).map(String::as_str), Some(*value), "{lines}: {name}");
            }
            assert!(absent.iter().all(|name| !query.contains_key(*name)), "{lines}: {query:?}");
            assert_eq!((query["state"].as_str(), query["redirect_uri"].as_str()), ("s&t", "https://app.example/cb"));
            assert_eq!(query["code_challenge_method"], "S256", "{lines}");
            assert_eq!(query["code_challenge"], pkce::challenge(&connecting.verifier), "{lines}");
            assert!(!format!("{query:?}{connecting:?}").contains(&connecting.verifier), "the verifier stays here");
        }
    }

    #[test]
    fn attack_07_a_callback_of_another_issuer_is_refused() {
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
