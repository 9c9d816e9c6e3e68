//! The Okta tools. Each states its relation, object, risk and scopes beside its deed.
//! It must never know where the token came from, nor who was asked.

mod client;
mod deeds;
mod groups;
mod status;
mod user;

pub use client::{Client, Config};
pub use deeds::{Deed, OktaDeed};
pub use groups::OktaGroups;
pub use status::OktaUser;

use agent::Permit;
use agent::tool::ToolError;
use secrecy::SecretString;

/// The token that the guard lent for this deed.
fn lent(permit: &Permit) -> Result<&SecretString, ToolError> {
    permit.token().ok_or(ToolError::Unavailable { service: SERVICE })
}

/// The name that a person knows the service by.
pub const SERVICE: &str = "Okta";

/// What the tools call the provider of their tokens.
pub const PROVIDER: &str = "okta";

/// All scopes that the tools ask for.
pub const SCOPES: [&str; 2] = [READ, MANAGE];

/// What the tools do, in plain words.
pub const USES: [&str; 5] =
    ["read groups", "look up how a user stands", "reset passwords", "disable users", "delete users"];

/// Reading users and their groups.
const READ: &str = "okta.users.read";

/// Changing users.
const MANAGE: &str = "okta.users.manage";

/// The token that a tool needs, with this scope.
fn need(scope: &str) -> agent::intent::Need {
    agent::intent::Need { provider: PROVIDER.to_owned(), scopes: vec![scope.to_owned()] }
}
