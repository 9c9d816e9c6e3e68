//! An OpenID Provider by the npm package `oidc-provider`, in one of the characters of `oidc/characters.json`.

use crate::{Peer, PeerError, node};
use serde::Deserialize;
use serde_json::{Value, json};

/// A variant of an OpenID Provider.
#[derive(Debug, Clone, Deserialize)]
pub struct Character {
    /// The character's name.
    pub name: String,
    /// Its difference from an ordinary provider, in one line.
    pub about: String,
    /// Responses that imitate a vendor as far as we know it, in place of the library's own.
    #[serde(default)]
    pub rewritten: serde_json::Map<String, Value>,
    /// True if its signing keys change in the middle of a session.
    #[serde(default)]
    pub rotates_keys: bool,
    /// True if it issues access tokens for other APIs (RFC 8707).
    #[serde(default)]
    pub api_tokens: bool,
}

#[derive(Deserialize)]
struct Characters {
    characters: Vec<Character>,
}

/// Returns every character, in the order of the file.
///
/// # Errors
/// Fails if the file is not valid.
pub fn characters() -> Result<Vec<Character>, serde_json::Error> {
    serde_json::from_str::<Characters>(include_str!("../oidc/characters.json")).map(|file| file.characters)
}

/// A running provider.
#[derive(Debug)]
pub struct Provider(Peer);

impl Provider {
    /// Starts a provider for the application at `app_url`, which has no trailing slash. Retries once if the provider
    /// prints nothing: on a busy machine, Node has been seen to hang while generating its keys.
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

    /// Returns the issuer, as in its tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.0.ready()["issuer"].as_str().unwrap_or_default()
    }

    /// Returns the environment variables by which the server finds it, and those of its character.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        let all = self.0.ready()["variables"].as_object().into_iter().flatten();
        all.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    }

    /// Returns a person's claims, by the name of their account.
    #[must_use]
    pub fn person(&self, account: &str) -> &Value {
        &self.0.ready()["people"][account]
    }

    /// Returns the clients' activity so far: the numbers of `authorizations`, `userinfo` requests, `refresh_tokens`
    /// and `revocations`, the APIs of `refreshes`, and the `refused` requests.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn seen(&self) -> Result<Value, PeerError> {
        self.order("seen", json!({})).await.map(|mut answer| answer["seen"].take())
    }

    /// Signs with a new key from now on; the old keys stay published.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn rotate(&self) -> Result<(), PeerError> {
        self.order("rotate", json!({})).await.map(drop)
    }

    /// Returns the pending approvals, each with `account` and the request's `params`.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn ringing(&self) -> Result<Vec<Value>, PeerError> {
        let answer = self.order("ringing", json!({})).await?;
        Ok(answer["ringing"].as_array().cloned().unwrap_or_default())
    }

    /// Answers the approval that has been pending longest.
    ///
    /// # Errors
    /// [`PeerError::Refused`] if none is pending.
    pub async fn answer(&self, answer: Answer) -> Result<(), PeerError> {
        let command = match answer {
            Answer::Approve => "approve",
            Answer::Deny => "deny",
            Answer::Expire => "expire",
        };
        self.order(command, json!({})).await.map(drop)
    }

    /// Rejects this account's hints as unknown from now on.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn forget(&self, account: &str) -> Result<(), PeerError> {
        self.order("forget", json!({"account": account})).await.map(drop)
    }

    /// Ends a person's sessions at the provider, with back-channel logout. Returns their number.
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
    /// The person approves.
    Approve,
    /// The person denies.
    Deny,
    /// The person does not answer in time.
    Expire,
}
