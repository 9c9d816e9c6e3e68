//! The service's errors: code, number, status and text. It must never know which request failed.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::eval::Fault;
use crate::model::{ModelFault, TupleFault};

/// The service's error codes, as far as the stand-in uses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// No `Authorization: Bearer` header.
    BearerTokenMissing,
    /// The bearer token is not accepted.
    InvalidBearerToken,
    /// A field is malformed, or a condition could not be decided.
    ValidationError,
    /// The store lacks this model.
    ModelNotFound,
    /// Too many tuples to follow one after another.
    TooComplex,
    /// Nothing to write and nothing to delete.
    InvalidWriteInput,
    /// One tuple twice in one request.
    DuplicateTuples,
    /// A continuation token that was not given out.
    InvalidContinuationToken,
    /// An expansion without an object or a relation.
    InvalidExpandInput,
    /// Writes what exists or deletes what does not.
    WriteFailed,
    /// The store has no model.
    LatestModelNotFound,
    /// The model lacks this type.
    TypeNotFound,
    /// The type lacks this relation.
    RelationNotFound,
    /// The model does not admit a contextual tuple.
    InvalidTuple,
    /// A page size out of range.
    PageSizeInvalid,
    /// Too few types in a model.
    TypeDefinitionsTooFew,
    /// The type of a changes request is not that of its continuation token.
    TypeTokenMismatch,
    /// Too many items in one request.
    ExceededEntityLimit,
    /// The model breaks a rule.
    InvalidModel,
    /// No such route.
    UndefinedEndpoint,
    /// No such store.
    StoreNotFound,
    /// The route lacks this method.
    Unimplemented,
    /// Another write came in between.
    Aborted,
}

impl Code {
    /// The code's name in JSON and its number, which is the status number over gRPC.
    #[must_use]
    pub fn parts(self) -> (&'static str, u16) {
        match self {
            Self::BearerTokenMissing => ("bearer_token_missing", 1010),
            Self::InvalidBearerToken => ("auth_failed_invalid_bearer_token", 1005),
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
            // gRPC's own status: it has no number among the service's codes.
            Self::Aborted => ("Aborted", 10),
        }
    }

    /// The HTTP status that the service gives this code.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self.parts().1 {
            10 => StatusCode::CONFLICT,
            1000..=1999 => StatusCode::UNAUTHORIZED,
            2000..=3499 => StatusCode::BAD_REQUEST,
            _ => StatusCode::NOT_FOUND,
        }
    }
}

/// An error as the service tells it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Its code.
    pub code: Code,
    /// Its text.
    pub message: String,
}

impl Error {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(Code::ValidationError, message)
    }

    /// A contextual tuple that the model does not admit.
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
