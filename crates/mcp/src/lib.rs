//! Tools of MCP servers. Everything that such a server sends is untrusted: its names, descriptions, schemas and results
//! are cleaned, limited and pinned before anybody sees them, and requests to it obey the egress rule. This crate must
//! not depend on where tokens come from or who approved a call.
//!
//! Read in this order: [`Servers`] (the configuration), [`Client::discover`] (the tools that a server offers, and those
//! in quarantine), [`RemoteTool`] (one tool), [`Pins`] (each tool as first seen), [`Catalog`] (all tools for a
//! turn).

mod body;
mod catalog;
mod clean;
mod config;
mod connection;
mod contact;
mod discovery;
mod error;
mod name;
mod outcome;
mod pin;
mod remote;
mod revision;
mod stream;
mod wire;

pub use catalog::{Catalog, ListingFailure, ServerStatus, State};
pub use config::{BadConfig, Hints, Limits, Override, Server, Servers};
pub use discovery::{Client, Discovery, LeftOut, NotOffered, Quarantined};
pub use error::{Cause, McpError};
pub use name::{BadName, ServerName};
pub use pin::{Accepted, Definition, MemoryPins, Pin, Pins};
pub use remote::RemoteTool;
pub use untrusted::schema::BadSchema;
