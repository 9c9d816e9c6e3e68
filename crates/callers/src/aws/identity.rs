//! The answer of AWS STS to `GetCallerIdentity`.

use super::role::RoleArn;
use super::{SERVICE, StsAnswer};
use crate::rejection::{Denial, InvalidToken, RETRY_AFTER, Reason};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    get_caller_identity_response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    get_caller_identity_result: Identity,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identity {
    account: String,
    arn: String,
}

/// Reads the role of the caller. Status 200 alone is an identity; a client error is a refusal of the signature, unless AWS
/// STS limits the rate; everything else is no answer.
pub(super) fn role(answer: &StsAnswer) -> Result<RoleArn, Reason> {
    match answer.status {
        200 => {}
        400..=499 if answer.status != 429 && answer.status != 408 && !is_throttled(&answer.body) => {
            return Err(InvalidToken::PresignedSignature.into());
        }
        status => {
            tracing::warn!(status, "AWS STS did not answer a presigned request");
            return Err(unavailable());
        }
    }
    let envelope: Envelope = serde_json::from_slice(&answer.body).map_err(|_| unavailable())?;
    let identity = envelope.get_caller_identity_response.get_caller_identity_result;
    let role = RoleArn::of_session(&identity.arn).ok_or(Denial::AwsRole)?;
    if role.account() == identity.account { Ok(role) } else { Err(Denial::AwsRole.into()) }
}

/// AWS STS answers `Throttling` with status 400.
fn is_throttled(body: &[u8]) -> bool {
    body.windows(b"Throttling".len()).any(|part| part == b"Throttling")
}

/// Returns the reason if AWS STS gives no answer.
pub(super) const fn unavailable() -> Reason {
    Reason::Unavailable { service: SERVICE, retry_after: RETRY_AFTER }
}
