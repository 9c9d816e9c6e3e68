//! The mapping of the service's errors. It uses the wire code if the SDK has no variant.

use agent::ports::ModelError;
use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::converse_stream::ConverseStreamError;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;
use std::error::Error;

mod overflow;

/// Maps an error before the stream was open. `sent` is the size of the request in bytes.
pub(crate) fn opening(error: &SdkError<ConverseStreamError, HttpResponse>, sent: usize) -> ModelError {
    let SdkError::ServiceError(service) = error else { return ModelError::Unavailable(chain(error)) };
    let inner = service.err();
    let code = match service.raw().status().as_u16() {
        413 => overflow::TOO_LARGE,
        _ => inner.code().unwrap_or("unknown"),
    };
    by_code(code, inner.message().unwrap_or_default(), sent)
}

/// Maps an error within the stream. These have no code, only a variant.
pub(crate) fn streaming<R: std::fmt::Debug + 'static>(
    error: &SdkError<ConverseStreamOutputError, R>,
    sent: usize,
) -> ModelError {
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
    by_code(code, inner.message().unwrap_or_default(), sent)
}

fn by_code(code: &str, message: &str, sent: usize) -> ModelError {
    let text = format!("{code}: {message}");
    match code {
        "ThrottlingException" | "ModelNotReadyException" => ModelError::Throttled(text),
        _ if overflow::is_overflow(code, message, sent) => ModelError::ContextOverflow(text),
        "ValidationException"
        | "AccessDeniedException"
        | "ResourceNotFoundException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException" => ModelError::Misconfigured(text),
        _ => ModelError::Unavailable(text),
    }
}

/// Formats an error with its sources, because the SDK's own text omits the details.
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
    fn error_codes_become_states_that_a_person_can_read() {
        for (code, message, sent, expected) in [
            ("ThrottlingException", "slow", 0, "throttled"),
            ("ThrottlingException", "Too many tokens", 900_000, "throttled"),
            ("ValidationException", "Input is too long for requested model", 0, "context overflow"),
            ("ValidationException", "Malformed input request", 0, "misconfigured"),
            ("ValidationException", "Malformed input request", 900_000, "context overflow"),
            ("AccessDeniedException", "", 0, "misconfigured"),
            ("UnrecognizedClientException", "", 0, "misconfigured"),
            ("InternalServerException", "", 0, "unavailable"),
            ("unknown", "", 900_000, "unavailable"),
        ] {
            assert!(by_code(code, message, sent).to_string().starts_with(expected), "{code}: {message}");
        }
    }
}
