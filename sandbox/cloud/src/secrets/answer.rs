//! Responses and errors in Secrets Manager's format.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sandbox_kit::{Sins, canary};
use serde_json::{Value, json};

use super::store::Found;

pub(super) const CONTENT: &str = "application/x-amz-json-1.1";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

pub(super) fn secret(found: &Found<'_>) -> Response {
    let body = json!({"ARN": found.arn, "Name": found.name, "VersionId": found.version.id, "SecretString": found.version.value,
        "VersionStages": found.version.stages, "CreatedDate": found.version.created});
    respond(StatusCode::OK, &body)
}

/// An error of the service, with the party to blame.
pub(super) struct Failure {
    kind: &'static str,
    message: String,
    blame: Blame,
}

enum Blame {
    /// An ordinary error, which a correct client may cause.
    Nobody,
    /// An error that only a defective client causes; recorded as a sin.
    Client,
}

impl Failure {
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self { kind: "ResourceNotFoundException", message: message.into(), blame: Blame::Nobody }
    }

    pub(super) fn mismatch() -> Self {
        let message = "You provided a VersionStage that is not associated to the provided VersionId.";
        Self { kind: "InvalidRequestException", message: message.to_owned(), blame: Blame::Client }
    }

    pub(super) fn parameter(message: impl Into<String>) -> Self {
        Self { kind: "InvalidParameterException", message: message.into(), blame: Blame::Client }
    }

    pub(super) fn unsigned() -> Self {
        let message = "Request is missing Authentication Token".to_owned();
        Self { kind: "MissingAuthenticationTokenException", message, blame: Blame::Client }
    }

    pub(super) fn signature(what: &str) -> Self {
        let message = format!("Authorization header requires {what}.");
        Self { kind: "IncompleteSignatureException", message, blame: Blame::Client }
    }

    pub(super) fn unknown_operation(target: Option<&str>) -> Self {
        let message = format!("Unknown operation {}", target.unwrap_or("(none)"));
        Self { kind: "UnknownOperationException", message, blame: Blame::Client }
    }

    pub(super) fn serialization(message: String) -> Self {
        Self { kind: "SerializationException", message, blame: Blame::Client }
    }

    pub(super) fn answer(self, sins: &Sins) -> Response {
        if let Blame::Client = self.blame {
            sins.commit("secretsmanager", format!("{}: {}", self.kind, self.message));
        }
        respond(StatusCode::BAD_REQUEST, &json!({"__type": self.kind, "Message": self.message}))
    }
}

fn respond(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, CONTENT.to_owned()), (REQUEST_ID, canary::random(16))];
    (status, headers, body.to_string()).into_response()
}
