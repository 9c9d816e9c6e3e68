//! An OpenID Provider by npm's `oidc-provider`, in one of the characters of `oidc/characters.json`.

use crate::{Peer, PeerError, node};
use serde::Deserialize;
use serde_json::{Value, json};

/// One way to be an OpenID Provider.
#[derive(Debug, Clone, Deserialize)]
pub struct Character {
    /// Its name.
    pub name: String,
    /// Its difference from the ordinary one, in a line.
    pub about: String,
    /// The answers that are our belief about a vendor, not the library's own.
    #[serde(default)]
    pub rewritten: serde_json::Map<String, Value>,
    /// Whether its signing keys change in the middle of a session.
    #[serde(default)]
    pub rotates_keys: bool,
    /// Whether it gives tokens for other APIs (RFC 8707).
    #[serde(default)]
    pub api_tokens: bool,
}

#[derive(Deserialize)]
struct Characters {
    characters: Vec<Character>,
}

/// Every character, in the order of the file.
///
/// # Errors
/// A mistake in the file.
pub fn characters() -> Result<Vec<Character>, serde_json::Error> {
    serde_json::from_str::<Characters>(include_str!("../oidc/characters.json")).map(|file| file.characters)
}

/// A running provider.
#[derive(Debug)]
pub struct Provider(Peer);

impl Provider {
    /// Starts one for the application at `app_url`, which has no slash at its end. One that says nothing is started once
    /// more: on a busy machine Node has been seen to hang while it makes its keys.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn start(character: &str, app_url: &str) -> Result<Self, PeerError> {
        let command = || {
            let mut command = node("", "oidc/provider.mjs")?;
            command.args([character, app_url]);
            Ok(command)
        };
        match Peer::start(command()?).await {
            Err(PeerError::Silent(_)) => Peer::start(command()?).await.map(Self),
            started => started.map(Self),
        }
    }

    /// Its issuer, as it stands in its tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.0.ready()["issuer"].as_str().unwrap_or_default()
    }

    /// The variables by which the server finds it, and those of its character.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        let all = self.0.ready()["variables"].as_object().into_iter().flatten();
        all.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    }

    /// A person's claims, by the name of their account.
    #[must_use]
    pub fn person(&self, account: &str) -> &Value {
        &self.0.ready()["people"][account]
    }

    /// Clients' doings so far: numbers of `authorizations`, `userinfo` requests, `refresh_tokens` and `revocations`,
    /// the APIs of `refreshes`, and the requests that were `refused`.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn seen(&self) -> Result<Value, PeerError> {
        self.order("seen", json!({})).await.map(|mut answer| answer["seen"].take())
    }

    /// Signs with a new key from now on; the old ones stay published.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn rotate(&self) -> Result<(), PeerError> {
        self.order("rotate", json!({})).await.map(drop)
    }

    /// The approvals that wait for an answer, each with `account` and the request's `params`.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn ringing(&self) -> Result<Vec<Value>, PeerError> {
        let answer = self.order("ringing", json!({})).await?;
        Ok(answer["ringing"].as_array().cloned().unwrap_or_default())
    }

    /// Answers the approval that has waited longest.
    ///
    /// # Errors
    /// [`PeerError::Refused`] when none waits.
    pub async fn answer(&self, answer: Answer) -> Result<(), PeerError> {
        let command = match answer {
            Answer::Approve => "approve",
            Answer::Deny => "deny",
            Answer::Expire => "expire",
        };
        self.order(command, json!({})).await.map(drop)
    }

    /// Finds nobody by this account's hints from now on.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn forget(&self, account: &str) -> Result<(), PeerError> {
        self.order("forget", json!({"account": account})).await.map(drop)
    }

    /// Ends a person's sessions from outside, by back-channel logout. Returns their number.
    ///
    /// # Errors
    /// [`PeerError::Refused`] without back-channel logout, or when the application did not accept it.
    pub async fn end_sessions(&self, account: &str) -> Result<u64, PeerError> {
        let answer = self.order("end_sessions", json!({"account": account})).await?;
        Ok(answer["ended"].as_u64().unwrap_or_default())
    }

    async fn order(&self, command: &str, mut words: Value) -> Result<Value, PeerError> {
        words["command"] = json!(command);
        self.0.command(&words).await
    }
}

/// A person's answer to an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Approve,
    /// No.
    Deny,
    /// None in time.
    Expire,
}
