//! The closed list of reasons. Each text names the check that failed.

use agent::ports::Unavailable;
use std::time::Duration;

/// The pause after which a caller may try again, if the service names none.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The first check that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The request has no bearer token. Status 401.
    #[error("the request has no bearer token")]
    NoCredentials,
    /// The request is malformed (RFC 6750 section 3.1 `invalid_request`). Status 400.
    #[error("the request is malformed: {0}")]
    BadRequest(BadRequest),
    /// The token is not acceptable (`invalid_token`). Status 401.
    #[error("the token is not acceptable: {0}")]
    InvalidToken(InvalidToken),
    /// The token has none of the needed scopes (`insufficient_scope`). Status 403.
    #[error("the token lacks a scope")]
    InsufficientScope,
    /// The token is valid, but not for this caller. Status 403 without details.
    #[error("the caller may not enter: {0}")]
    Denied(Denial),
    /// The caller could not be checked now. Status 503, never 401: clients would throw valid tokens away.
    #[error("the caller cannot be checked now: {service} is not available")]
    Unavailable {
        /// The service that is needed.
        service: &'static str,
        /// The pause after which a retry makes sense.
        retry_after: Duration,
    },
}

/// The defect of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the texts of the errors")]
pub enum BadRequest {
    #[error("more than one Authorization header")]
    SeveralHeaders,
    #[error("a token in the query")]
    TokenInQuery,
}

/// The defect of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the texts of the errors")]
pub enum InvalidToken {
    #[error("the length of the token")]
    Length,
    #[error("the form of the token")]
    Form,
    #[error("the signature algorithm")]
    Algorithm,
    #[error("the type of the token")]
    Type,
    #[error("a critical extension")]
    CriticalExtension,
    #[error("the issuer")]
    Issuer,
    #[error("the key")]
    Key,
    #[error("the signature")]
    Signature,
    #[error("the audience")]
    Audience,
    #[error("the expiry")]
    Expiry,
    #[error("the time before which the token is not valid")]
    NotBefore,
    #[error("the time of issue")]
    IssuedAt,
    #[error("the subject")]
    Subject,
    #[error("the kind of the token: not an access token")]
    Kind,
    #[error("the client")]
    Client,
    #[error("the binding to a DPoP key, which this version cannot check")]
    DpopBound,
    #[error("the binding to a client certificate, which this version cannot check")]
    CertificateBound,
    #[error("the binding to a key of an unknown kind")]
    KeyBound,
    #[error("the actor")]
    Actor,
    #[error("the AWS account")]
    AwsAccount,
    #[error("the lifetime")]
    Lifetime,
    #[error("the form of the presigned request")]
    PresignedForm,
    #[error("the address of the presigned request")]
    PresignedAddress,
    #[error("the parameters of the presigned request")]
    PresignedQuery,
    #[error("the signed headers of the presigned request")]
    PresignedHeaders,
    #[error("the time of the presigned request")]
    PresignedTime,
    #[error("the presigned request was used before")]
    PresignedReplay,
    #[error("the signature of the presigned request")]
    PresignedSignature,
}

/// The rule that a caller with a valid token does not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the texts of the errors")]
pub enum Denial {
    #[error("the client is not listed")]
    Client,
    #[error("a claim has not the configured value")]
    Claim,
    #[error("the organization has no tenant")]
    Tenant,
    #[error("the acting agent is not listed")]
    Actor,
    #[error("too many agents act for one another")]
    ActorDepth,
    #[error("an agent acts for an agent")]
    ActorWithoutPerson,
    #[error("the AWS role is not listed")]
    AwsRole,
}

impl From<InvalidToken> for Reason {
    fn from(check: InvalidToken) -> Self {
        Self::InvalidToken(check)
    }
}

impl From<Denial> for Reason {
    fn from(rule: Denial) -> Self {
        Self::Denied(rule)
    }
}

impl From<Unavailable> for Reason {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable { service: error.service, retry_after: RETRY_AFTER }
    }
}
