//! The sandbox's OpenFGA.
pub mod dsl;
pub mod eval;
pub mod model;
pub mod tuple;
