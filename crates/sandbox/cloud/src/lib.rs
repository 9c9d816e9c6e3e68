//! The sandbox's clouds: the Okta users API, GitHub, Open-Meteo, `DynamoDB` and Secrets Manager, and the faults that can
//! befall any service.
//! It must never know who calls (it asks a callback) nor which product is being tested.

pub mod dynamo;
pub mod faults;
pub mod github;
pub mod okta;
pub mod open_meteo;
pub mod secrets;

pub use dynamo::Dynamo;
pub use faults::{Fault, Faults, Times};
pub use github::GitHub;
pub use okta::Okta;
pub use open_meteo::OpenMeteo;
pub use secrets::Secrets;
