//! The sandbox's `OpenFGA`: the HTTP API of the service with an evaluator of its own, for schema 1.1.
//!
//! [`Fga`] is the handle; [`Fga::router`] speaks the protocol, strictly: unknown fields, malformed parts and unknown routes are answered
//! as the service answers them and counted as sins. The evaluator in [`eval`] is pure; [`dsl`] reads the modelling language.
//! It must never know the product, its relations or its people.

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
