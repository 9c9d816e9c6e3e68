//! The GitHub tools: each an intent, and a deed with a lent token.
//! It must never know where the token came from, nor who was asked.

mod client;
mod repositories;

pub use client::{Client, Config};
pub use repositories::GitHubRepositories;

/// The name that a person knows the service by.
pub const SERVICE: &str = "GitHub";

/// What the tools call the provider of their tokens.
pub const PROVIDER: &str = "github";

/// What the tools are named.
pub const TOOLS: [&str; 1] = ["github_repositories"];

/// What the tools do, in plain words.
pub const USES: [&str; 1] = ["list repositories"];
