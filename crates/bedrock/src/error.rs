//! What the service's errors mean. Branches on the wire code where the SDK has no variant.

use agent::ports::ModelError;
use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::converse_stream::ConverseStreamError;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;
use std::error::Error;

/// The texts by which a `ValidationException` says that the conversation is too long.
const OVERFLOWS: [&str; 4] =
    ["Input is too long", "exceed context limit", "too many total text bytes", "prompt is too long"];

/// An error before the stream was open.
pub(crate) fn opening<R: std::fmt::Debug + 'static>(error: &SdkError<ConverseStreamError, R>) -> ModelError {
    let SdkError::ServiceError(service) = error else { return ModelError::Unavailable(chain(error)) };
    let inner = service.err();
    by_code(inner.code().unwrap_or("unknown"), inner.message().unwrap_or_default())
}

/// An error within the stream. These have no code: only the variant tells them apart.
pub(crate) fn streaming<R: std::fmt::Debug + 'static>(error: &SdkError<ConverseStreamOutputError, R>) -> ModelError {
    let SdkError::ServiceError(service) = error else { return ModelError::Cut(chain(error)) };
    let inner = service.err();
    let code = match inner {
        ConverseStreamOutputError::ThrottlingException(_) => "ThrottlingException",
        ConverseStreamOutputError::ValidationException(_) => "ValidationException",
        ConverseStreamOutputError::InternalServerException(_) => "InternalServerException",
        ConverseStreamOutputError::ModelStreamErrorException(_) => "ModelStreamErrorException",
        ConverseStreamOutputError::ServiceUnavailableException(_) => "ServiceUnavailableException",
        _ => "unknown",
    };
    by_code(code, inner.message().unwrap_or_default())
}

fn by_code(code: &str, message: &str) -> ModelError {
    let text = format!("{code}: {message}");
    match code {
        "ThrottlingException" | "ModelNotReadyException" => ModelError::Throttled(text),
        "ValidationException" if OVERFLOWS.iter().any(|sign| message.contains(sign)) => {
            ModelError::ContextOverflow(text)
        }
        "ValidationException"
        | "AccessDeniedException"
        | "ResourceNotFoundException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException" => ModelError::Misconfigured(text),
        _ => ModelError::Unavailable(text),
    }
}

/// An error with its causes, which is where the SDK keeps what happened.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_states_that_a_person_can_read() {
        for (code, message, expected) in [
            ("ThrottlingException", "slow", "throttled"),
            ("ValidationException", "Input is too long for requested model", "context overflow"),
            ("ValidationException", "Malformed input request", "misconfigured"),
            ("AccessDeniedException", "", "misconfigured"),
            ("UnrecognizedClientException", "", "misconfigured"),
            ("InternalServerException", "", "unavailable"),
            ("unknown", "", "unavailable"),
        ] {
            assert!(by_code(code, message).to_string().starts_with(expected), "{code}");
        }
    }
}
