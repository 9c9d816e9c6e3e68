//! Callers from AWS: roles, which are agents without a person. A foreign signature of AWS Signature Version 4 cannot be
//! verified here, because the secret never leaves AWS; so a role brings a web identity token of AWS STS, or a presigned
//! request that AWS STS answers.

mod identity;
mod presigned;
mod query;
mod replay;
mod role;
mod sts;
mod web_identity;

pub(crate) use presigned::{PREFIX, PresignedCallers};
pub use replay::{LocalReplayMemory, ReplayMemory, Reservation};
pub use role::{AccountId, RoleArn};
pub use sts::{HttpSts, SignedRequest, StsAnswer, StsClient};
pub(crate) use web_identity::web_identity;

/// The name of the service in messages to people.
pub(crate) const SERVICE: &str = "AWS STS";
