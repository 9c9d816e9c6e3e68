//! Channels by which a person approves an action out of band. Today there is one: CIBA, at the provider that the person
//! signed in to.

pub mod ciba;

pub use ciba::{Ciba, DetailsForm};
