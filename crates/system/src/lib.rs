//! The operating system behind the core's ports: the clock and random identifiers.

mod clock;
pub mod random;

pub use clock::SystemClock;
