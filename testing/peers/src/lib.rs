//! Third-party services for tests: each runs as its own process and is pinned in `testing/peers`.
//!
//! A peer prints one JSON object when it is ready, reads commands as JSON lines from standard input, and ends when
//! standard input closes. So a killed test leaves no process behind.

pub mod aws;
pub mod oidc;
mod process;
mod program;

pub use process::{Peer, PeerError};
pub use program::{fga, node, python};
