//! A turn: one message of the user and everything that follows from it. Its state is derived from its events alone: the
//! loop folds the log, performs the next step, appends the event and folds again, so a restarted server continues where
//! the log ends.

mod alone;
mod call_log;
pub mod event;
pub mod history;
pub mod journal;
pub mod limits;
mod messages;
pub mod open;
mod provenance;
pub mod reply;
mod request;
pub mod runner;
mod told;

pub use alone::AloneEnd;
pub use event::{ConnectedAccount, Event, ModelFailure, TurnEnd};
pub use history::{History, Requested, Waiting};
pub use journal::{Condition, Interrupt, Interrupts, Journal};
pub use limits::Limits;
pub use open::{Open, Stop};
pub use runner::Runner;

#[cfg(test)]
mod tests;
