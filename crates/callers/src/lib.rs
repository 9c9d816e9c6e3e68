//! The one authorizer of every door, that is of every protocol by which others reach Countersign. It turns the headers of
//! a request into a [`Caller`], or into a [`Rejection`] that an HTTP edge can answer, and decides nothing else: which tool
//! a caller may use is the guard's decision.
//!
//! A credential is an access token of a configured issuer (RFC 9068 and the dialects of Auth0, Okta, Entra, Cognito and
//! Keycloak), a web identity token of AWS STS, or a presigned `GetCallerIdentity`. A token names a person, a person with
//! the agents that act for them, or an agent without a person; headers and messages never change that.
//!
//! Everything outside is a port: the [clock](agent::ports::Clock), the [keys](KeySource), [AWS STS](StsClient), and the
//! [memory](ReplayMemory) of used presigned requests.

mod aws;
mod bearer;
mod caller;
mod config;
mod door;
mod keys;
mod metadata;
mod rejection;
mod scopes;
mod token;

pub use aws::{
    AccountId, HttpSts, LocalReplayMemory, ReplayMemory, Reservation, RoleArn, SignedRequest, StsAnswer, StsClient,
};
pub use caller::{Agent, AgentForPerson, AgentIdentity, Caller, Person};
pub use config::{
    ClaimRule, ConfigError, DocumentUrl, DoorConfig, DoorsConfig, IssuerConfig, IssuerId, KeyLocation, PresignedConfig,
    Resource, Scope, StsIssuerConfig, Tenancy, ToolScopes,
};
pub use door::{Door, Doors, Ports};
pub use keys::{HttpKeys, KeySource, LARGEST_KEY_SET};
pub use metadata::{ProtectedResourceMetadata, WELL_KNOWN};
pub use rejection::{BadRequest, Denial, InvalidToken, Reason, Rejection};
pub use scopes::Scopes;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
