//! The GitHub tools: each declares an intent and performs its action with an access token. This crate must not depend
//! on where tokens come from or who approved a call.

mod client;
mod repositories;

pub use client::{Client, Config};
pub use repositories::GitHubRepositories;

/// The name by which people know the service.
pub const SERVICE: &str = "GitHub";

/// The provider name in the needs of the tools.
pub const PROVIDER: &str = "github";
