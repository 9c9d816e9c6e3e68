//! Bedrock's errors and their wire format. Must not depend on what causes one.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error of the service with its message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", kind.name())]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    /// Value of the header `retry-after`, in seconds.
    pub(crate) retry_after: Option<u32>,
}

/// The errors that this stand-in returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    AccessDenied,
    UnrecognizedClient,
    InvalidSignature,
    IncompleteSignature,
    ResourceNotFound,
    Validation,
    Throttling,
    InternalServer,
    ServiceUnavailable,
    Model,
    UnknownOperation,
}

impl Kind {
    /// Returns the error's name, as `x-amzn-errortype` carries it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDeniedException",
            Self::UnrecognizedClient => "UnrecognizedClientException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::IncompleteSignature => "IncompleteSignatureException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::Validation => "ValidationException",
            Self::Throttling => "ThrottlingException",
            Self::InternalServer => "InternalServerException",
            Self::ServiceUnavailable => "ServiceUnavailableException",
            Self::Model => "ModelErrorException",
            Self::UnknownOperation => "UnknownOperationException",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::AccessDenied | Self::UnrecognizedClient | Self::InvalidSignature | Self::IncompleteSignature => {
                StatusCode::FORBIDDEN
            }
            Self::ResourceNotFound | Self::UnknownOperation => StatusCode::NOT_FOUND,
            Self::Validation => StatusCode::BAD_REQUEST,
            Self::Throttling => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalServer => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Model => StatusCode::FAILED_DEPENDENCY,
        }
    }
}

impl Fault {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    /// Returns a `ThrottlingException` with the service's own message.
    pub(crate) fn throttled(retry_after: Option<u32>) -> Self {
        let message = "Too many requests, please wait before trying again.";
        Self { retry_after, ..Self::new(Kind::Throttling, message) }
    }

    /// Returns an `InternalServerException` with the service's own message.
    pub(crate) fn internal() -> Self {
        Self::new(
            Kind::InternalServer,
            "The system encountered an unexpected error during processing. Try your request again.",
        )
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = Json(json!({ "message": self.message }));
        let mut response = (self.kind.status(), [("x-amzn-errortype", self.kind.name())], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
