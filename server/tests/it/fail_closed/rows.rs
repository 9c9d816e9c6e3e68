//! The services, and the person's action while each one fails.

use super::faults::{ABROAD, FAULTS, Way};
use std::fmt;

/// One service at one moment.
pub(crate) struct Row {
    /// Name of the service in ARCHITECTURE.md.
    pub(crate) service: &'static str,
    /// The action during the failure.
    pub(crate) act: Act,
    /// Name of the service that the person must see.
    pub(crate) named: &'static str,
    /// The sandbox's service that fails.
    stand_in: &'static str,
    /// Text in the requests that fail; empty for all requests.
    matching: &'static str,
    /// Time to answer on the phone, in seconds, if that limit ends the wait.
    pub(crate) patience: Option<u64>,
    /// The kind of account for Okta.
    pub(crate) accounts: Accounts,
}

/// The kind of account for Okta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accounts {
    /// The application's own account.
    Application,
    /// Each person's own account.
    Own,
}

/// The action, which also determines when the service begins to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// An operator starts the server.
    Start,
    /// The service fails before the sign-in begins.
    SignIn,
    /// The service fails while the person is at the provider.
    ComeBack,
    /// The service fails before a signed-in person opens the page.
    Open,
    /// The service fails before a signed-in person starts a conversation.
    Say,
    /// The service fails before the person asks for a read.
    Read,
    /// The service fails before the person asks for tasks of an MCP server, shortly after a start.
    Tasks,
    /// The service fails before the person asks for repositories of their own GitHub account.
    Repositories,
    /// The service fails while the person is at GitHub and has just allowed the connection.
    Connect,
    /// The service fails before the person asks for repositories with a token that must be refreshed first.
    Renew,
    /// The service fails before the person asks for an action that needs approval, shortly after a start.
    Ask,
    /// The service fails while the approval request is on the phone; then the person approves.
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
/// The name by which people know Bedrock.
pub(crate) const MODEL: &str = "The model";
const OKTA: &str = "Okta";
const GITHUB: &str = "GitHub";
const TASKS: &str = "MCP server tasks";
const STORE: &str = "the conversation store";

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
    /// Returns the ways in which the service fails.
    pub(crate) fn ways(&self) -> &'static [Way] {
        if self.stand_in == "github" { &ABROAD } else { &FAULTS }
    }

    /// Lets the service fail from now on.
    pub(crate) fn fail(&self, app: &crate::world::TestApp, way: &Way) {
        let faults = app.sandbox.faults();
        faults.set_matching(self.stand_in, self.matching, way.fault.clone(), sandbox::cloud::Times::Always);
    }

    /// Returns `true` if the fault itself causes this protocol violation: the client could not read the final answer,
    /// so it polls again.
    pub(crate) fn forgives(&self, sin: &str) -> bool {
        self.service == "CIBA, poll" && sin.ends_with("polling continued after the final answer")
    }
}
