//! What the sandbox's services share: the demo people, a clock that tests can move, the list of protocol sins,
//! canaries, and the door that keeps other sites out. It must never know any one protocol.

pub mod canary;
pub mod clock;
pub mod html;
pub mod origin;
pub mod people;
pub mod sins;

pub use clock::Clock;
pub use people::{People, Person, Phone};
pub use sins::{Sin, Sins};
