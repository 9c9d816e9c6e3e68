//! A stand-in for Amazon Bedrock Runtime: Converse and `ConverseStream` on their real wire protocol, with a scripted
//! model.
//!
//! Must not depend on the product: it sees only what Bedrock would see. It rejects, with Bedrock's own errors,
//! everything that Bedrock is known to reject, and more; it also records each malformed request as a protocol
//! violation (a *sin*).
//!
//! ```
//! use sandbox_bedrock::{Bedrock, Mischief, Settings};
//! use sandbox_kit::{Clock, Sins};
//!
//! let bedrock = Bedrock::new(Settings::default(), Clock::default(), Sins::default());
//! bedrock.next(Mischief::EndBeforeMessageStop);
//! let _router: axum::Router = bedrock.router();
//! assert_eq!(bedrock.request_count(), 0);
//! ```

pub mod mischief;
pub mod script;
pub mod settings;
pub mod wire;

mod answer;
mod auth;
mod bedrock;
mod chunks;
mod control;
mod fault;
mod frames;
mod http;
mod models;
mod obedience;
mod plan;
mod playback;
mod reasoning;
mod record;
mod validate;

pub use bedrock::Bedrock;
pub use mischief::Mischief;
pub use plan::{Block, Input, Plan, StopReason};
pub use record::Recorded;
pub use settings::{Credentials, Pace, Settings};
