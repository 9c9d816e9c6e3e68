//! What the sandbox's services share: the demo people, a clock that tests can move, the list of protocol sins,
//! and canaries. It must never know any one protocol.

pub mod canary;
pub mod clock;
pub mod people;
pub mod sins;

pub use clock::Clock;
pub use people::{People, Person};
pub use sins::{Sin, Sins};
