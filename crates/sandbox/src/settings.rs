//! What the sandbox is told at start.

use std::path::PathBuf;
use std::time::Duration;

use sandbox_cloud::okta::Limits;
use sandbox_identity::{Ciba, Connected, Refresh};

use crate::third_parties;

/// Everything that the sandbox is told at start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the services listen.
    pub ports: Ports,
    /// Where items and session keys are kept.
    pub storage: Storage,
    /// The product's own URL without a trailing slash, for example `http://localhost:3000`.
    pub app_url: String,
    /// The time before each word of the scripted model.
    pub model_pace: Duration,
    /// Okta's page size and rate limit at the start.
    pub okta: Limits,
    /// How approvals on the phone are polled for.
    pub ciba: Ciba,
    /// The accounts at third parties that are connected at the start.
    pub connected: Vec<Connected>,
    /// How long a token of a third party lives that the vault lends, in seconds.
    pub lent_token_s: i64,
    /// What becomes of a refresh token of the application's that is used. Token Vault takes those alone that stay.
    pub refresh: Refresh,
    /// How many people there are beside those of the demo, each with a phone, all rights in Okta and a colleague to act on.
    pub crowd: usize,
    /// People besides, who sign in without being listed.
    pub people: Vec<sandbox_kit::Person>,
}

impl Default for Settings {
    /// A demo: fixed ports from 4100 on, nothing kept, the app on port 3000, a model at reading pace, Okta connected by
    /// Ada and Grace, tokens lent for an hour at most.
    fn default() -> Self {
        Self {
            ports: Ports::From(4100),
            storage: Storage::Memory,
            app_url: "http://localhost:3000".to_owned(),
            model_pace: sandbox_bedrock::Pace::demo().per_word,
            okta: Limits::default(),
            ciba: Ciba::default(),
            connected: third_parties::connected(),
            lent_token_s: 3600,
            refresh: Refresh::Fixed,
            crowd: 0,
            people: Vec::new(),
        }
    }
}

impl Settings {
    /// Free ports, nothing kept, a model without pauses, a second between polls.
    #[must_use]
    pub fn for_tests() -> Self {
        let ciba = Ciba { interval_s: 1, ..Ciba::default() };
        Self { ports: Ports::Free, model_pace: Duration::ZERO, ciba, ..Self::default() }
    }
}

/// Which ports of 127.0.0.1 the services take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// Consecutive ones, in this order: console, identity, Okta, FGA, Bedrock, `DynamoDB`, Secrets Manager,
    /// GitHub, Open-Meteo, MCP.
    From(u16),
    /// Whatever is free.
    Free,
}

/// Where the sandbox keeps what should outlive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// `dynamodb.sqlite`, `session-keys.json` and `ledger-keys.json` in this directory, which is made if it is missing.
    Directory(PathBuf),
    /// Nowhere.
    Memory,
}
