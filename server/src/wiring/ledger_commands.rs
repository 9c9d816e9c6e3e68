//! Opens the ledger for the commands that verify it without a running server.

use super::StartError;
use crate::config::Config;
use agent::ports::Unavailable;
use aws_config::SdkConfig;
use dynamo::DynamoLedgerStore;
use ledger::verify::{self, Report, Scope};
use ledger::witness::Witness;
use ledger::{Head, LedgerKeys, SignedLedger};
use std::sync::Arc;

/// Fetches the keys of the ledger.
///
/// # Errors
/// [`StartError::LedgerKeys`] if they cannot be fetched; the server does not start without them.
pub async fn keys(config: &Config, aws: &SdkConfig) -> Result<LedgerKeys, StartError> {
    let keyring = secrets::fetch_keyring(aws, config.aws.secrets_endpoint(), &config.aws.ledger_key_secret_id).await;
    let keyring = keyring.map_err(StartError::LedgerKeys)?;
    let keys = LedgerKeys::of(keyring.current(), keyring.expose_keys());
    keys.map_err(|error| StartError::LedgerKeys(Unavailable::new(secrets::SERVICE, error.to_string())))
}

/// Verifies every item of the ledger in `scope`.
///
/// # Errors
/// When the keys or the table are unavailable; the result of the verification is then unknown.
pub async fn verify(config: &Config, aws: &SdkConfig, scope: &Scope) -> Result<Report, StartError> {
    let ledger = open(config, aws).await?;
    verify::verify(&ledger, scope).await.map_err(StartError::Ledger)
}

/// Returns the signed heads of the chains in `scope`.
///
/// # Errors
/// When the keys or the table are unavailable.
pub async fn heads(config: &Config, aws: &SdkConfig, scope: &Scope) -> Result<Vec<Head>, StartError> {
    let ledger = open(config, aws).await?;
    verify::heads(&ledger, scope).await.map_err(StartError::Ledger)
}

/// Creates a witness of the ledger that continues after the heads that were `witnessed` before.
///
/// # Errors
/// When the keys cannot be fetched.
pub async fn witness(config: &Config, aws: &SdkConfig, witnessed: &[Head]) -> Result<Witness, StartError> {
    Ok(Witness::new(open(config, aws).await?, witnessed))
}

/// Opens the ledger in the configured table.
///
/// # Errors
/// When the keys cannot be fetched.
pub async fn open(config: &Config, aws: &SdkConfig) -> Result<SignedLedger, StartError> {
    let keys = keys(config, aws).await?;
    let client = dynamo::client(aws, config.aws.dynamodb_endpoint());
    let store = DynamoLedgerStore::new(client, config.aws.table.clone());
    Ok(SignedLedger::new(Arc::new(store), Arc::new(keys)))
}
