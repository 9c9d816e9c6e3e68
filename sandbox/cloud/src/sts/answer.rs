//! Answers and errors, in XML, or in JSON for who asks for it.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::json;

/// The namespace of the answers.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// The id of every request: nothing here depends on it.
const REQUEST: &str = "00000000-0000-4000-8000-000000000000";

/// A successful answer.
#[derive(Debug)]
pub(super) enum Answer {
    Identity { account: String, arn: String, user: String },
    Token { token: String, expires_at: i64 },
}

impl Answer {
    pub(super) fn told(self, as_json: bool) -> Response {
        let (action, members) = match self {
            Self::Identity { account, arn, user } => {
                ("GetCallerIdentity", vec![("Arn", arn), ("UserId", user), ("Account", account)])
            }
            Self::Token { token, expires_at } => {
                let time = Timestamp::from_second(expires_at).unwrap_or_default();
                ("GetWebIdentityToken", vec![("WebIdentityToken", token), ("Expiration", time.to_string())])
            }
        };
        if as_json {
            let members: serde_json::Map<_, _> =
                members.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            let result = json!({ format!("{action}Result"): members, "ResponseMetadata": { "RequestId": REQUEST } });
            return axum::Json(json!({ format!("{action}Response"): result })).into_response();
        }
        let members: String = members.iter().map(|(name, value)| format!("<{name}>{value}</{name}>")).collect();
        xml(
            StatusCode::OK,
            format!(
                "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{members}</{action}Result>\
                 <ResponseMetadata><RequestId>{REQUEST}</RequestId></ResponseMetadata></{action}Response>"
            ),
        )
    }
}

/// An error of the API (its reference, "Common errors").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum StsError {
    #[error("The request cannot be read")]
    Malformed,
    #[error("The sandbox knows GetCallerIdentity and GetWebIdentityToken of version 2011-06-15 alone")]
    NoAction,
    #[error("Request is missing Authentication Token")]
    Unsigned,
    #[error("The signature is malformed, or does not cover host and x-amz-date")]
    Incomplete,
    #[error("The security token included in the request is invalid.")]
    Stranger,
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    Signature,
    #[error("The parameter {0} is missing or not valid")]
    Parameter(String),
    #[error("The sandbox signs with ES384 alone")]
    Algorithm,
    #[error("The token could not be signed")]
    Key,
}

impl StsError {
    pub(super) fn missing(name: &str) -> Self {
        Self::Parameter(name.to_owned())
    }

    /// Returns true for an error that no correct client causes.
    pub(super) const fn is_sin(&self) -> bool {
        !matches!(self, Self::Stranger | Self::Signature | Self::Algorithm | Self::Key)
    }

    const fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "MalformedQueryString"),
            Self::NoAction => (StatusCode::BAD_REQUEST, "InvalidAction"),
            Self::Unsigned => (StatusCode::FORBIDDEN, "MissingAuthenticationToken"),
            Self::Incomplete => (StatusCode::BAD_REQUEST, "IncompleteSignature"),
            Self::Stranger => (StatusCode::FORBIDDEN, "InvalidClientTokenId"),
            Self::Signature => (StatusCode::FORBIDDEN, "SignatureDoesNotMatch"),
            Self::Parameter(_) | Self::Algorithm => (StatusCode::BAD_REQUEST, "ValidationError"),
            Self::Key => (StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure"),
        }
    }
}

impl IntoResponse for StsError {
    fn into_response(self) -> Response {
        let (status, code) = self.kind();
        let fault = if status.is_server_error() { "Receiver" } else { "Sender" };
        xml(
            status,
            format!(
                "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{fault}</Type><Code>{code}</Code>\
                 <Message>{self}</Message></Error><RequestId>{REQUEST}</RequestId></ErrorResponse>"
            ),
        )
    }
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
}
