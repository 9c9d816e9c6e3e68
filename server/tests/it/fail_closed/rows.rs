//! The services, and what somebody does while they fail.

use super::faults::{ABROAD, FAULTS, Way};
use std::fmt;

/// One service at one moment.
pub(crate) struct Row {
    /// The service, as ARCHITECTURE.md calls it.
    pub(crate) service: &'static str,
    /// What is done meanwhile.
    pub(crate) act: Act,
    /// What the person must see of it.
    pub(crate) named: &'static str,
    /// The service of the sandbox that fails.
    stand_in: &'static str,
    /// Which of its requests; empty for all.
    matching: &'static str,
    /// How long the phone waits for its answer, in seconds, where that is what ends the waiting.
    pub(crate) patience: Option<u64>,
    /// By whose account Okta is used.
    pub(crate) accounts: Accounts,
}

/// By whose account Okta is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accounts {
    /// The application's.
    Application,
    /// Each person's own.
    Own,
}

/// What somebody does, and with it when the service begins to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// An operator starts the server.
    Start,
    /// The service fails before the sign-in begins.
    SignIn,
    /// It fails while the person is at the provider.
    ComeBack,
    /// It fails while somebody who is signed in looks at the page.
    Open,
    /// It fails when they begin a conversation.
    Say,
    /// It fails when they ask for something that is only read.
    Read,
    /// It fails, for a server that has just started, when they ask for what another server has.
    Tasks,
    /// It fails when they ask for what is in their own account at GitHub.
    Repositories,
    /// It fails while they are at GitHub, which they have allowed an account of theirs.
    Connect,
    /// It fails when they ask for what is in that account, and its token has to be renewed first.
    Renew,
    /// It fails, for a server that has just started, when they ask for something that needs a yes.
    Ask,
    /// It fails once the phone rings, and they say yes.
    Approve,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Start => "the server starts",
            Self::SignIn => "sign-in begins",
            Self::ComeBack => "sign-in ends",
            Self::Open => "the page is opened",
            Self::Say => "a conversation begins",
            Self::Read => "groups are asked for",
            Self::Tasks => "tasks are asked for",
            Self::Repositories => "repositories are asked for",
            Self::Connect => "an account is connected",
            Self::Renew => "repositories are asked for, with a token to renew",
            Self::Ask => "a password reset is asked for",
            Self::Approve => "a password reset is approved",
        })
    }
}

const FGA: &str = "the permission service";
const PROVIDER: &str = "the sign-in service";
/// What a person knows Bedrock by.
pub(crate) const MODEL: &str = "The model";
const OKTA: &str = "Okta";
const GITHUB: &str = "GitHub";
const TASKS: &str = "outside server tasks";
const STORE: &str = "the conversation store";

/// All of them.
pub(crate) const ROWS: [Row; 29] = [
    row("OpenFGA", Act::Read, FGA, "fga", ""),
    row("OpenFGA", Act::Ask, FGA, "fga", ""),
    row("OpenFGA", Act::Approve, FGA, "fga", ""),
    row("token endpoint, for OpenFGA", Act::Read, FGA, "identity", "client_id=countersign-fga"),
    row("token endpoint, for Okta", Act::Read, "the token service of Okta", "identity", "client_id=countersign-okta"),
    row("token endpoint, for Okta", Act::Ask, "the token service of Okta", "identity", "client_id=countersign-okta"),
    Row { accounts: Accounts::Own, ..row("token vault", Act::Read, PROVIDER, "identity", "federated-connection") },
    row("token endpoint, for the code", Act::ComeBack, PROVIDER, "identity", "authorization_code"),
    row("discovery", Act::SignIn, PROVIDER, "identity", "openid-configuration"),
    row("key set (JWKS)", Act::SignIn, PROVIDER, "identity", "jwks"),
    row("key set (JWKS)", Act::Ask, PROVIDER, "identity", "jwks"),
    row("CIBA, start", Act::Ask, PROVIDER, "identity", "/bc-authorize"),
    Row { patience: Some(8), ..row("CIBA, poll", Act::Approve, PROVIDER, "identity", "grant-type%3Aciba") },
    row("Okta", Act::Read, OKTA, "okta", ""),
    row("Okta", Act::Ask, OKTA, "okta", ""),
    row("Okta", Act::Approve, OKTA, "okta", ""),
    row("Okta, acting", Act::Approve, OKTA, "okta", "reset_password"),
    row("GitHub", Act::Repositories, GITHUB, "github", "/user/repos"),
    row("GitHub's token endpoint", Act::Connect, GITHUB, "github", "/access_token"),
    row("GitHub's token endpoint", Act::Renew, GITHUB, "github", "/access_token"),
    row("MCP server", Act::Tasks, TASKS, "mcp", ""),
    row("token endpoint, for an MCP server", Act::Tasks, PROVIDER, "identity", "grant_type=refresh_token"),
    row("Bedrock", Act::Read, MODEL, "bedrock", ""),
    row("DynamoDB", Act::Open, "the session store", "dynamodb", ""),
    row("DynamoDB, writing", Act::ComeBack, "the session store", "dynamodb", "TransactWriteItems"),
    row("DynamoDB", Act::Say, STORE, "dynamodb", "TransactWriteItems"),
    row("DynamoDB", Act::Approve, STORE, "dynamodb", ""),
    row("DynamoDB, ledger", Act::Approve, STORE, "dynamodb", "TransactWriteItems"),
    row("Secrets Manager", Act::Start, "Secrets Manager", "secretsmanager", ""),
];

const fn row(
    service: &'static str,
    act: Act,
    named: &'static str,
    stand_in: &'static str,
    matching: &'static str,
) -> Row {
    Row { service, act, named, stand_in, matching, patience: None, accounts: Accounts::Application }
}

impl Row {
    /// The ways in which it fails.
    pub(crate) fn ways(&self) -> &'static [Way] {
        if self.stand_in == "github" { &ABROAD } else { &FAULTS }
    }

    /// The service fails from now on.
    pub(crate) fn fail(&self, app: &crate::world::TestApp, way: &Way) {
        let faults = app.sandbox.faults();
        faults.set_matching(self.stand_in, self.matching, way.fault.clone(), sandbox::cloud::Times::Always);
    }

    /// Whether a protocol mistake is the fault's own doing: who was told the end in words that could not be read asks again.
    pub(crate) fn forgives(&self, sin: &str) -> bool {
        self.service == "CIBA, poll" && sin.ends_with("polling goes on after the end was told")
    }
}
