//! Parts shared by the sandbox's services: demo people, a clock that tests can move, a record of protocol violations
//! ([`Sins`]), recognizable secrets and a layer that blocks requests from other sites. Must not depend on any single
//! protocol.

pub mod canary;
pub mod clock;
pub mod html;
pub mod origin;
pub mod people;
pub mod sigv4;
pub mod sins;

pub use clock::Clock;
pub use people::{People, Person, Phone};
pub use sins::{Sin, Sins};
