//! The service's errors: code, number, HTTP status and message. Must not depend on the request.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::eval::Fault;
use crate::model::{ModelFault, TupleFault};

/// The service's error codes that the sandbox uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request has no `Authorization: Bearer` header.
    BearerTokenMissing,
    /// The bearer token is invalid.
    InvalidBearerToken,
    /// The bearer token's client lacks the permission.
    Forbidden,
    /// A field is malformed, or a condition could not be evaluated.
    ValidationError,
    /// The store does not contain this model.
    ModelNotFound,
    /// The evaluation exceeds the maximum depth.
    TooComplex,
    /// The request contains neither writes nor deletes.
    InvalidWriteInput,
    /// The request contains a tuple twice.
    DuplicateTuples,
    /// The continuation token was not issued by the service.
    InvalidContinuationToken,
    /// The object or the relation of an expansion is missing.
    InvalidExpandInput,
    /// A tuple to write exists already, or a tuple to delete does not exist.
    WriteFailed,
    /// The store has no model.
    LatestModelNotFound,
    /// The model does not define this type.
    TypeNotFound,
    /// The type does not define this relation.
    RelationNotFound,
    /// The model does not allow a contextual tuple.
    InvalidTuple,
    /// The page size is out of range.
    PageSizeInvalid,
    /// The model defines too few types.
    TypeDefinitionsTooFew,
    /// The type of a changes request differs from the type in its continuation token.
    TypeTokenMismatch,
    /// The request contains too many items.
    ExceededEntityLimit,
    /// The model violates a rule.
    InvalidModel,
    /// The route does not exist.
    UndefinedEndpoint,
    /// The store does not exist.
    StoreNotFound,
    /// The route does not support this method.
    Unimplemented,
    /// The write conflicts with another write or a stored tuple.
    Aborted,
}

impl Code {
    /// Returns the code's name in JSON and its number, which is also the status number over gRPC.
    #[must_use]
    pub fn parts(self) -> (&'static str, u16) {
        match self {
            Self::BearerTokenMissing => ("bearer_token_missing", 1010),
            Self::InvalidBearerToken => ("auth_failed_invalid_bearer_token", 1005),
            Self::Forbidden => ("forbidden", 1600),
            Self::ValidationError => ("validation_error", 2000),
            Self::ModelNotFound => ("authorization_model_not_found", 2001),
            Self::TooComplex => ("authorization_model_resolution_too_complex", 2002),
            Self::InvalidWriteInput => ("invalid_write_input", 2003),
            Self::DuplicateTuples => ("cannot_allow_duplicate_tuples_in_one_request", 2004),
            Self::InvalidContinuationToken => ("invalid_continuation_token", 2007),
            Self::InvalidExpandInput => ("invalid_expand_input", 2010),
            Self::WriteFailed => ("write_failed_due_to_invalid_input", 2017),
            Self::LatestModelNotFound => ("latest_authorization_model_not_found", 2020),
            Self::TypeNotFound => ("type_not_found", 2021),
            Self::RelationNotFound => ("relation_not_found", 2022),
            Self::InvalidTuple => ("invalid_tuple", 2027),
            Self::PageSizeInvalid => ("page_size_invalid", 2039),
            Self::TypeDefinitionsTooFew => ("type_definitions_too_few_items", 2045),
            Self::TypeTokenMismatch => ("query_string_type_continuation_token_mismatch", 2052),
            Self::ExceededEntityLimit => ("exceeded_entity_limit", 2053),
            Self::InvalidModel => ("invalid_authorization_model", 2056),
            Self::UndefinedEndpoint => ("undefined_endpoint", 5000),
            Self::StoreNotFound => ("store_id_not_found", 5002),
            Self::Unimplemented => ("unimplemented", 5004),
            // A gRPC status, which has no number among the service's codes.
            Self::Aborted => ("Aborted", 10),
        }
    }

    /// Returns the HTTP status of this code.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self.parts().1 {
            10 => StatusCode::CONFLICT,
            1600 => StatusCode::FORBIDDEN,
            1000..=1999 => StatusCode::UNAUTHORIZED,
            2000..=3499 => StatusCode::BAD_REQUEST,
            _ => StatusCode::NOT_FOUND,
        }
    }
}

/// An error response of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The error code.
    pub code: Code,
    /// The error message.
    pub message: String,
}

impl Error {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(Code::ValidationError, message)
    }

    /// Creates the error for a contextual tuple that the model does not allow.
    pub(crate) fn contextual(fault: &TupleFault) -> Self {
        let code = if matches!(fault, TupleFault::Tuple { .. }) { Code::InvalidTuple } else { Code::ValidationError };
        Self::new(code, fault.to_string())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let code = if fault == Fault::TooComplex { Code::TooComplex } else { Code::ValidationError };
        Self::new(code, fault.to_string())
    }
}

impl From<ModelFault> for Error {
    fn from(fault: ModelFault) -> Self {
        let code = match &fault {
            ModelFault::Shape(_) | ModelFault::Field(_) => Code::ValidationError,
            ModelFault::NoTypes => Code::TypeDefinitionsTooFew,
            ModelFault::TooManyTypes => Code::ExceededEntityLimit,
            ModelFault::Rule(_) | ModelFault::Condition(..) => Code::InvalidModel,
        };
        Self::new(code, fault.to_string())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        (self.code.status(), Json(json!({ "code": self.code.parts().0, "message": self.message }))).into_response()
    }
}
