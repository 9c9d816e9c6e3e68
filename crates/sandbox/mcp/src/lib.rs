//! The sandbox's MCP servers: one that lists a person's tasks behind a check of JSON Web Tokens, as `AgentCore` Gateway
//! checks them, and a hostile one for tests.
//! It must never know the product, nor use any MCP library: it judges the clients of both.

pub mod hostile;
mod record;
mod rpc;
pub mod tasks;

pub use hostile::Hostile;
pub use record::Recorded;
pub use tasks::Tasks;
