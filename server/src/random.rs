//! Unguessable identifiers from the operating system.

use agent::ids::ConversationId;

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

fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
