//! The sandbox's Amazon Bedrock Runtime: Converse and `ConverseStream` on their real wire protocol, with a scripted model.
//!
//! It must never know the product: it sees what Bedrock would see, and nothing else. It refuses, with Bedrock's own
//! errors, all that Bedrock is known to refuse, and more; each refusal of a malformed request is also a sin.
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
