//! Unguessable identifiers from the operating system.

use agent::Actor;
use agent::access::AccessRequestId;
use agent::approval::ApprovalId;
use agent::ids::ConversationId;
use agent::ports::{Ids, Unavailable};

/// The operating system gave no random bytes, so no identifier can be made.
#[derive(Debug, thiserror::Error)]
#[error("the operating system provides no random bytes: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

/// Returns a conversation id of 130 random bits.
///
/// # Errors
/// [`NoRandomness`].
pub fn conversation() -> Result<ConversationId, NoRandomness> {
    Ok(ConversationId::from_random(bytes()?))
}

/// Returns 26 random letters and digits: for idempotency keys, request ids and the name of an instance.
///
/// # Errors
/// [`NoRandomness`].
pub fn text() -> Result<String, NoRandomness> {
    conversation().map(String::from)
}

/// Returns a random number for uses that need not be unguessable, such as shares and jitter; 0 without randomness.
#[must_use]
pub fn number() -> u32 {
    bytes().map(u32::from_le_bytes).unwrap_or_default()
}

/// The core's [`Ids`], made of random bytes from the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn approval(&self) -> Result<ApprovalId, Unavailable> {
        Ok(ApprovalId::from_random(random_bytes()?))
    }

    fn access_request(&self, asker: &Actor) -> Result<AccessRequestId, Unavailable> {
        Ok(AccessRequestId::from_random(random_bytes()?, asker))
    }
}

fn random_bytes<const N: usize>() -> Result<[u8; N], Unavailable> {
    bytes().map_err(|error| Unavailable::new("this server", error.to_string()))
}

fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
