//! Turns an answer into a response: how mischief changes a plan, and the steps of a stream. Must not depend on HTTP.

pub(crate) mod stage;
pub(crate) mod steps;
pub(crate) mod stream;

pub(crate) use stage::{Stage, Twist};
