//! Schemas and values that other systems send. Everything here is reduced to what every model accepts, checked, limited
//! and cleaned of hidden characters before a model or a person sees it. This crate knows no protocol.

mod name;
pub mod schema;
mod value;

pub use name::skeleton;
pub use value::{cleaned, shallow};
