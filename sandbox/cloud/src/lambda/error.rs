//! The errors of `Invoke` (API reference).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// An error before the function runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LambdaError {
    #[error("Missing Authentication Token")]
    Unsigned,
    #[error("The signature's header is malformed, or does not cover host, x-amz-date and x-amz-client-context")]
    Incomplete,
    #[error("The security token included in the request is invalid.")]
    Stranger,
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    Signature,
    #[error("The sandbox knows synchronous invocations alone")]
    InvocationType,
    #[error("Request must be smaller than 6291456 bytes for the InvokeFunction operation")]
    TooLarge,
    #[error("Function not found: {0}")]
    NoFunction(String),
    #[error("Could not parse request body into json")]
    NotJson,
    #[error("Client context must be a valid Base64-encoded JSON object.")]
    Context,
}

impl LambdaError {
    /// Returns true for an error that no correct client causes.
    pub(super) const fn is_sin(&self) -> bool {
        !matches!(self, Self::Stranger | Self::Signature | Self::TooLarge | Self::NoFunction(_))
    }

    const fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unsigned => (StatusCode::FORBIDDEN, "MissingAuthenticationTokenException"),
            Self::Incomplete => (StatusCode::FORBIDDEN, "IncompleteSignatureException"),
            Self::Stranger => (StatusCode::FORBIDDEN, "UnrecognizedClientException"),
            Self::Signature => (StatusCode::FORBIDDEN, "InvalidSignatureException"),
            Self::InvocationType => (StatusCode::BAD_REQUEST, "InvalidParameterValueException"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException"),
            Self::NoFunction(_) => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
            Self::NotJson | Self::Context => (StatusCode::BAD_REQUEST, "InvalidRequestContentException"),
        }
    }
}

impl IntoResponse for LambdaError {
    fn into_response(self) -> Response {
        let (status, kind) = self.kind();
        let body = serde_json::json!({"Type": "User", "message": self.to_string()});
        (status, [("x-amzn-errortype", kind)], axum::Json(body)).into_response()
    }
}
