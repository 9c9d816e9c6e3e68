//! The errors of the data plane: a status and the header `x-amzn-ErrorType`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// An error before, or in place of, the container's answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum AgentCoreError {
    #[error("The request cannot be read")]
    Malformed,
    #[error("The payload is larger than 100 MB")]
    TooLarge,
    #[error("The runtime session id must have 33 to 256 characters")]
    Session,
    #[error("The agent runtime is not MMDSv2-enabled")]
    NotMmdsV2,
    #[error("The token is missing or not valid")]
    Unauthorized,
    #[error("The request is not signed by a principal that may invoke this runtime")]
    Denied,
    #[error("No endpoint or agent found: {0}")]
    NoRuntime(String),
    #[error("Received error ({}) from runtime. Please check your CloudWatch logs for more information.", .0.as_u16())]
    Container(StatusCode),
    #[error("The container does not answer")]
    Unreachable,
}

impl AgentCoreError {
    /// Returns true for an error that no correct client causes.
    pub(super) const fn is_sin(&self) -> bool {
        matches!(self, Self::Malformed | Self::TooLarge | Self::Session)
    }

    const fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed | Self::TooLarge | Self::Session | Self::NotMmdsV2 => {
                (StatusCode::BAD_REQUEST, "ValidationException")
            }
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "UnauthorizedException"),
            Self::Denied => (StatusCode::FORBIDDEN, "AccessDeniedException"),
            Self::NoRuntime(_) => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
            Self::Container(_) | Self::Unreachable => (StatusCode::FAILED_DEPENDENCY, "RuntimeClientError"),
        }
    }
}

impl IntoResponse for AgentCoreError {
    fn into_response(self) -> Response {
        let (status, kind) = self.kind();
        let body = axum::Json(serde_json::json!({ "message": self.to_string() }));
        let mut answer = (status, [("x-amzn-errortype", kind)], body).into_response();
        if self == Self::Unauthorized {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }
}
