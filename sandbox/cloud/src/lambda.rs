//! A stand-in for `Invoke` of AWS Lambda with two functions, `order_status` and `refund`. It verifies signatures with the
//! secret of one access key. Must never compare a signature's time with the sandbox's clock: clients sign with the real one.

mod error;
mod functions;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sandbox_kit::Sins;
use sandbox_kit::sigv4::{ALGORITHM, Authorization};
use serde_json::Value;

use error::LambdaError;

/// Largest payload of a synchronous invocation, in bytes (Lambda quotas: 6 MB).
const LARGEST_PAYLOAD: usize = 6 * 1024 * 1024;

/// Longest client context, in bytes of Base64 (API reference, `Invoke`).
const LONGEST_CONTEXT: usize = 3583;

/// The account that owns the functions.
const ACCOUNT: &str = "000000000000";

/// The access key that may invoke functions.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Its id.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
    /// The region of the functions.
    pub region: String,
}

/// An invocation that ran.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// The name of the function.
    pub function: String,
    /// The payload.
    pub payload: Value,
    /// The client context; `null` if there was none.
    pub context: Value,
}

/// The Lambda stand-in. Clones share the invocations.
#[derive(Debug, Clone)]
pub struct Lambda {
    keys: Keys,
    invocations: Arc<Mutex<Vec<Invocation>>>,
    sins: Sins,
}

impl Lambda {
    /// Creates a stand-in whose functions `keys` may invoke.
    #[must_use]
    pub fn new(keys: Keys, sins: Sins) -> Self {
        Self { keys, invocations: Arc::default(), sins }
    }

    /// Returns the ARN of the function of this name.
    #[must_use]
    pub fn arn(&self, function: &str) -> String {
        format!("arn:aws:lambda:{}:{ACCOUNT}:function:{function}", self.keys.region)
    }

    /// Returns every invocation so far.
    #[must_use]
    pub fn invocations(&self) -> Vec<Invocation> {
        self.invocations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the routes of the API.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/2015-03-31/functions/{function}/invocations", post(invoke))
            // Larger bodies get Lambda's own error.
            .layer(DefaultBodyLimit::max(2 * LARGEST_PAYLOAD))
            .with_state(self.clone())
    }

    fn invoke(&self, name: &str, parts: &Parts, body: &[u8]) -> Result<Response, LambdaError> {
        self.authenticated(parts, body)?;
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        if !matches!(text("x-amz-invocation-type"), None | Some("RequestResponse")) {
            return Err(LambdaError::InvocationType);
        }
        if body.len() > LARGEST_PAYLOAD {
            return Err(LambdaError::TooLarge);
        }
        let function = name.strip_prefix(&self.arn("")).unwrap_or(name);
        let run = functions::named(function).ok_or_else(|| LambdaError::NoFunction(self.arn(function)))?;
        let context = context(&parts.headers)?;
        let payload: Value = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(body).map_err(|_| LambdaError::NotJson)?
        };
        let answer = run(&payload);
        let invocation = Invocation { function: function.to_owned(), payload, context };
        self.invocations.lock().unwrap_or_else(PoisonError::into_inner).push(invocation);
        let failed = answer.is_err();
        let body = answer.unwrap_or_else(|error| error).to_string();
        let json = [
            (header::CONTENT_TYPE, "application/json"),
            (header::HeaderName::from_static("x-amz-executed-version"), "$LATEST"),
        ];
        let mut response = (json, body).into_response();
        if failed {
            // A failed function is still a successful invocation.
            response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
        }
        Ok(response)
    }

    fn authenticated(&self, parts: &Parts, body: &[u8]) -> Result<(), LambdaError> {
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Err(LambdaError::Unsigned);
        }
        let rest = text("authorization").strip_prefix(ALGORITHM).map(str::trim_start);
        let signed = rest.and_then(Authorization::parse).ok_or(LambdaError::Incomplete)?;
        let date = text("x-amz-date");
        let covered = |name: &str| signed.signed_headers.split(';').any(|own| own == name);
        let context = !parts.headers.contains_key("x-amz-client-context") || covered("x-amz-client-context");
        if !date.starts_with(signed.day) || !covered("host") || !covered("x-amz-date") || !context {
            return Err(LambdaError::Incomplete);
        }
        if signed.access_key != self.keys.access_key {
            return Err(LambdaError::Stranger);
        }
        let scope = signed.service == "lambda" && signed.region == self.keys.region;
        if scope && signed.is_signed_by(&self.keys.secret_key, date, parts, body) {
            Ok(())
        } else {
            Err(LambdaError::Signature)
        }
    }
}

fn context(headers: &HeaderMap) -> Result<Value, LambdaError> {
    let Some(value) = headers.get("x-amz-client-context") else { return Ok(Value::Null) };
    if value.len() > LONGEST_CONTEXT {
        return Err(LambdaError::Context);
    }
    let json = STANDARD.decode(value.as_bytes()).map_err(|_| LambdaError::Context)?;
    serde_json::from_slice(&json).map_err(|_| LambdaError::Context)
}

async fn invoke(State(lambda): State<Lambda>, Path(name): Path<String>, parts: Parts, body: Bytes) -> Response {
    lambda.invoke(&name, &parts, &body).unwrap_or_else(|error| {
        if error.is_sin() {
            lambda.sins.commit("lambda", error.to_string());
        }
        error.into_response()
    })
}
