//! The Okta tools. Each states its relation, object, risk and scopes beside its deed.
//! It must never know where the token came from, nor who was asked.

mod client;
mod groups;
mod user;

pub use client::{Client, Config};
pub use groups::OktaGroups;

/// The name that a person knows the service by.
pub const SERVICE: &str = "Okta";
