//! The sandbox's `OpenFGA`: the service's HTTP API for schema 1.1, with an evaluator of its own.
//!
//! [`Fga`] is the handle and [`Fga::router`] returns the HTTP routes. Unknown fields, malformed values and unknown
//! routes get the service's response and are recorded as protocol violations. The evaluator in [`eval`] consists of
//! pure functions; [`dsl`] parses the modelling language. Must not depend on the product, its relations or its people.

mod api;
pub mod dsl;
mod error;
pub mod eval;
mod fga;
pub mod model;
mod store;
pub mod tuple;
mod ulid;

pub use error::{Code, Error};
pub use fga::{BearerCheck, Fga};
