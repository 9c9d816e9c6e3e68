//! The handle by which the code behind the edge refers to a request's session.

use tower_sessions::session::Id;

/// The id of a request's session. It serves to look the session up and to end it, but not to write to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionId(pub(crate) Id);

/// Hides the id, since it is the cookie's value.
impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionId(..)")
    }
}
