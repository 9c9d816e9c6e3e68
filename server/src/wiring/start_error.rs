//! Reasons for which the server cannot start, each naming the variable or service to check.

use agent::ports::Unavailable;
use system::random;

/// The reason for which the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The session keys cannot be fetched. Sessions are never stored in plain text instead.
    #[error("the session keys cannot be fetched, so sessions cannot be sealed: {0}")]
    Keys(#[from] Unavailable),
    /// The keys of the ledger cannot be fetched. No action runs that the ledger could not record.
    #[error("the keys of the ledger cannot be fetched, so actions cannot be recorded: {0}")]
    LedgerKeys(Unavailable),
    /// The keys of the local vault cannot be fetched.
    #[error("the keys of the vault cannot be fetched, so accounts cannot be connected: {0}")]
    VaultKeys(Unavailable),
    /// The secret of a provider cannot be fetched.
    #[error("the secret of the provider {provider} cannot be fetched: {error}")]
    ProviderSecret {
        /// Identifier of the provider.
        provider: String,
        /// Cause.
        error: Unavailable,
    },
    /// The ledger cannot be read.
    #[error("the ledger cannot be read: {0}")]
    Ledger(Unavailable),
    /// The policies do not load. Nothing is let through doors that they should bound.
    #[error("POLICIES names {place}: {error}")]
    Policies {
        /// The file or directory, or the table.
        place: crate::config::PolicySource,
        /// File, line, policy and remedy.
        error: policies::LoadError,
    },
    /// The policies in the table cannot be read. Nothing is let through doors that they should bound.
    #[error("POLICIES names the table, which cannot be read: {}", .0.cause)]
    PublishedPolicies(Unavailable),
    /// No policies are in the table.
    #[error("POLICIES names the table, where no policies are: run `countersign policy publish`")]
    NoPublishedPolicies,
    /// An HTTP client cannot be created.
    #[error("the HTTP client cannot be created: {0}")]
    Http(#[from] reqwest::Error),
    /// The relying party, the identity provider's client for sign-in, cannot be created.
    #[error("sign-in: {0}")]
    SignIn(String),
    /// A private key in Secrets Manager cannot be used.
    #[error("{variable} {problem}")]
    ClientKey {
        /// Environment variable that names the secret.
        variable: &'static str,
        /// Description of the problem, continuing the variable's name.
        problem: String,
    },
    /// The key of Web Push cannot be used.
    #[error("PUSH_KEY_FILE {0}")]
    PushKey(web_push::InvalidKey),
    /// The configuration of the MCP servers is invalid.
    #[error("MCP_FILE: {0}")]
    Mcp(String),
    /// The configuration of the targets is invalid, or a secret of theirs cannot be fetched.
    #[error("GATEWAY_FILE: {0}")]
    Targets(String),
    /// No model is configured, and there is no default for the region.
    #[error("set BEDROCK_MODEL_ID: AWS documents no inference profile of Nova Pro for the region {region:?}")]
    NoModel {
        /// AWS region; empty if none is set.
        region: String,
    },
    /// Two tools have the same name.
    #[error(transparent)]
    Tools(#[from] agent::toolbox::DuplicateTool),
    /// The operating system provides no randomness.
    #[error(transparent)]
    Randomness(#[from] random::NoRandomness),
}
