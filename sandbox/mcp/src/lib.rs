//! The sandbox's MCP servers: one lists a person's tasks and validates JSON Web Tokens like `AgentCore` Gateway; the
//! other is hostile, for tests.
//!
//! Must not depend on the product, nor use any MCP library: it tests the clients of both.

pub mod hostile;
mod record;
mod rpc;
pub mod tasks;

pub use hostile::Hostile;
pub use record::Recorded;
pub use tasks::Tasks;
