//! Stand-ins for cloud services: the Okta users API, GitHub, Open-Meteo, `DynamoDB`, Secrets Manager, Lambda, STS, `AgentCore`
//! Runtime, a push service and a company's own API; and fault injection for any service.
//!
//! Must not depend on the format of tokens, which callbacks validate, nor on the product under test.

pub mod agent_core;
pub mod dynamo;
pub mod faults;
pub mod github;
pub mod lambda;
pub mod okta;
pub mod open_meteo;
pub mod orders;
pub mod push;
pub mod secrets;
pub mod sts;

pub use agent_core::AgentCore;
pub use dynamo::Dynamo;
pub use faults::{Fault, Faults, Times};
pub use github::GitHub;
pub use lambda::Lambda;
pub use okta::Okta;
pub use open_meteo::OpenMeteo;
pub use orders::Orders;
pub use push::Push;
pub use secrets::Secrets;
pub use sts::Sts;
