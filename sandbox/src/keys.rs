//! The keys by which the product encrypts sessions and signs its ledger. With a storage directory they are created
//! once and stored there, so that sessions and ledger remain valid after a restart.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

/// The secret of the session keys, by its name in Secrets Manager.
pub(crate) const SESSION_KEYS: &str = "countersign/session-keys";
/// The secret of the ledger keys, by its name in Secrets Manager.
pub(crate) const LEDGER_KEYS: &str = "countersign/ledger-keys";

/// Reads a secret from the directory, and creates it at the first start.
pub(crate) fn kept_in(directory: &Path, secret: &str) -> anyhow::Result<String> {
    let file = secret.rsplit('/').next().unwrap_or(secret);
    let path = directory.join(format!("{file}.json"));
    match fs::read_to_string(&path) {
        Ok(secret) => Ok(secret),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let secret = fresh()?;
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(secret.as_bytes())?;
            Ok(secret)
        }
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Generates a secret with one random key of 32 bytes, `k1`.
pub(crate) fn fresh() -> anyhow::Result<String> {
    let mut key = [0; 32];
    aws_lc_rs::rand::fill(&mut key).ok().context("the operating system gave no random bytes")?;
    Ok(json!({"current": "k1", "keys": {"k1": STANDARD.encode(key)}}).to_string())
}
