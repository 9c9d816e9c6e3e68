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
