//! The sandbox: one process on loopback that stands in for every external service of the product. Must not share code
//! with the product, so that the same mistake on both sides cannot go unnoticed.

mod clients;
mod console;
mod environment;
mod keys;
mod listeners;
mod sandbox;
mod seed;
mod settings;
#[cfg(test)]
mod tests;
mod third_parties;

pub use sandbox::Sandbox;
pub use sandbox_bedrock as bedrock;
pub use sandbox_cloud as cloud;
pub use sandbox_fga as fga;
pub use sandbox_identity as identity;
pub use sandbox_kit as kit;
pub use sandbox_mcp as mcp;
pub use settings::{Ports, Settings, Storage};
