//! Unguessable identifiers from the operating system.

use agent::approval::ApprovalId;
use agent::ids::ConversationId;
use agent::ports::{Ids, Unavailable};

/// No randomness: then no identifier may be made.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

/// A conversation id of 130 random bits.
///
/// # Errors
/// [`NoRandomness`].
pub fn conversation() -> Result<ConversationId, NoRandomness> {
    Ok(ConversationId::from_random(bytes()?))
}

/// A text of 26 random letters and digits: for client ids, request ids and the name of an instance.
///
/// # Errors
/// [`NoRandomness`].
pub fn text() -> Result<String, NoRandomness> {
    conversation().map(String::from)
}

/// A random number for what need not be unguessable: shares and jitter. Without randomness it is 0.
#[must_use]
pub fn number() -> u32 {
    bytes().map(u32::from_le_bytes).unwrap_or_default()
}

/// Ids from the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn approval(&self) -> Result<ApprovalId, Unavailable> {
        let bytes = bytes().map_err(|error| Unavailable::new("this server", error.to_string()))?;
        Ok(ApprovalId::from_random(bytes))
    }
}

fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
