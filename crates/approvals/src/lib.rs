//! Channels for out-of-band approval by a person. There is one: CIBA, at the provider where the person signed in.

pub mod ciba;

pub use ciba::{Ciba, DetailsForm};
