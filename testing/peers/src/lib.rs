//! Services that somebody else wrote, for tests: each is a process of its own, pinned in `testing/peers`.
//!
//! A peer prints one JSON object when it is ready, takes commands as JSON lines on standard input, and ends when standard
//! input closes. So a test that is killed leaves no process behind.

pub mod aws;
pub mod oidc;
mod process;
mod program;

pub use process::{Peer, PeerError};
pub use program::{node, python};
