//! The settings of a sandbox.

use std::path::PathBuf;
use std::time::Duration;

use sandbox_cloud::okta::Limits;
use sandbox_identity::{Ciba, Connected, Refresh};

use crate::third_parties;

/// The settings of a sandbox, fixed at its start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The ports of the services.
    pub ports: Ports,
    /// The storage of `DynamoDB` items, session keys and ledger keys.
    pub storage: Storage,
    /// The product's own URL without a trailing slash, for example `http://localhost:3000`.
    pub app_url: String,
    /// Delay before each word of the scripted model.
    pub model_pace: Duration,
    /// Okta's initial page size and rate limit.
    pub okta: Limits,
    /// Polling for approvals on the phone (CIBA).
    pub ciba: Ciba,
    /// Accounts at third parties that are connected from the start.
    pub connected: Vec<Connected>,
    /// Lifetime of a third party's access token from the vault, in seconds.
    pub lent_token_s: i64,
    /// Rotation of the application's refresh tokens. Token Vault accepts only [`Refresh::Fixed`] ones.
    pub refresh: Refresh,
    /// Number of people in addition to those of the demo, each with a phone, all permissions in Okta, and a colleague
    /// to act on.
    pub crowd: usize,
    /// Additional people, who can sign in but are not listed.
    pub people: Vec<sandbox_kit::Person>,
}

impl Default for Settings {
    /// Settings for a demo: fixed ports from 4100 on, storage in memory, the app on port 3000, a model at reading
    /// speed, Okta connected by Ada and Grace, and third-party tokens valid for at most an hour.
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
    /// Returns settings for tests: free ports, storage in memory, a model without delays, one second between polls.
    #[must_use]
    pub fn for_tests() -> Self {
        let ciba = Ciba { interval_s: 1, ..Ciba::default() };
        Self { ports: Ports::Free, model_pace: Duration::ZERO, ciba, ..Self::default() }
    }
}

/// The ports of 127.0.0.1 that the services use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// Consecutive ports, in this order: console, identity, Okta, FGA, Bedrock, `DynamoDB`, Secrets Manager, GitHub,
    /// Open-Meteo, MCP, push, Lambda, orders, STS, AgentCore.
    From(u16),
    /// Any free ports.
    Free,
}

/// The storage of data that may outlive the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// `dynamodb.sqlite`, `session-keys.json` and `ledger-keys.json` in this directory, which is created if missing.
    Directory(PathBuf),
    /// In memory; lost when the sandbox ends.
    Memory,
}
