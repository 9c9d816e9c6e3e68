//! Tools of MCP servers. What such a server says is somebody else's word: its names, descriptions, schemas and results
//! are cleaned, bounded and pinned before anyone sees them, and it is reached by the egress rule alone. It must never
//! know where a token came from, nor who was asked.
//!
//! Read in this order: [`Servers`] (the configuration), [`Client::discover`] (what a server offers, and what of it is
//! quarantined), [`RemoteTool`] (one tool), [`Pins`] (what it was when it was first seen), [`Catalog`] (all of it,
//! for a turn), [`egress`].

mod body;
mod catalog;
mod clean;
mod config;
mod connection;
mod contact;
mod discovery;
pub mod egress;
mod error;
mod name;
mod outcome;
mod pin;
mod remote;
mod revision;
mod schema;
mod stream;
mod wire;

pub use catalog::{Catalog, Look, State, Trouble};
pub use config::{BadConfig, Hints, Limits, Override, Server, Servers};
pub use discovery::{Client, Discovery, LeftOut, Quarantined, Why};
pub use error::{Cause, McpError};
pub use name::{BadName, ServerName};
pub use pin::{Accepted, Definition, MemoryPins, Pin, Pins};
pub use remote::RemoteTool;
pub use schema::BadSchema;
