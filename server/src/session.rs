//! The session of a request, as everything behind the edge knows it.

use tower_sessions::session::Id;

/// The session of a request. It can be looked up and ended; nothing can be written by it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionId(pub(crate) Id);

/// The id is the cookie's value.
impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionId(..)")
    }
}
