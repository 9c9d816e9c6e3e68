//! How an answer is brought to the wire: what mischief makes of a plan, and the steps of a stream.
//! It must never know HTTP, and does nothing itself: it says what is to be done.

pub(crate) mod stage;
pub(crate) mod steps;
pub(crate) mod stream;

pub(crate) use stage::{Stage, Twist};
