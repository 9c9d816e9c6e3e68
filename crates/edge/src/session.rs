//! The handle by which the code behind the edge refers to a request's session.

use sha2::{Digest, Sha256};
use tower_sessions::session::Id;

/// The id of a request's session. It serves to look the session up and to end it, but not to write to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionId(pub(crate) Id);

impl SessionId {
    /// Returns a name of the session that does not reveal its id, to tell whether two requests came by one session.
    pub(crate) fn tag(self) -> String {
        let text = format!("countersign session {}", self.0);
        short_hash(&text, 16)
    }
}

/// Returns the first bytes of the SHA-256 of a text, in hexadecimal.
pub(crate) fn short_hash(text: &str, bytes: usize) -> String {
    Sha256::digest(text.as_bytes()).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

/// Hides the id, since it is the cookie's value.
impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionId(..)")
    }
}
