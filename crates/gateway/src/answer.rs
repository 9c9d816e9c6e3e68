//! The data of a target's answer, for the model. All of it is untrusted.

use crate::failure::Failure;
use http::header;
use http_client::BodyError;
use reqwest::Response;
use serde_json::{Value, json};

/// Deepest answer, in levels of JSON.
const DEEPEST: usize = 32;

/// Longest text of a target in an error, in characters.
const LONGEST_TEXT: usize = 200;

/// Longest body of an error that is read, in bytes.
const LONGEST_ERROR: usize = 16 * 1024;

/// The header by which Lambda tells that the function failed (API reference, `Invoke`).
const FUNCTION_ERROR: &str = "x-amz-function-error";

/// Returns the data of a successful answer of at most `longest` bytes.
pub(crate) async fn data(answer: Response, longest: usize) -> Result<Value, Failure> {
    let (kind, body) = body(answer, longest).await?;
    if body.is_empty() {
        return Ok(Value::Null);
    }
    match kind.as_str() {
        "application/json" => parsed(&body, longest),
        json if json.ends_with("+json") => parsed(&body, longest),
        text if text.is_empty() || text.starts_with("text/") => {
            Ok(Value::String(text::multiline(&String::from_utf8_lossy(&body), longest)))
        }
        // Nobody has inspected it.
        _ => Ok(json!({"left out": "a file"})),
    }
}

/// Returns the media type and the body of a successful answer of at most `longest` bytes.
pub(crate) async fn body(answer: Response, longest: usize) -> Result<(String, Vec<u8>), Failure> {
    let status = answer.status();
    if let Some(failure) = Failure::of_status(status) {
        return Err(match failure {
            Failure::Refused(code, _) => Failure::Refused(code, complaint(answer).await),
            other => other,
        });
    }
    if answer.headers().contains_key(FUNCTION_ERROR) {
        return Err(Failure::Function(complaint(answer).await));
    }
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let body = http_client::body(answer, longest).await.map_err(|error| match error {
        BodyError::TooLarge { limit } => Failure::TooLarge(limit),
        BodyError::Interrupted(error) if error.is_timeout() => Failure::Late,
        BodyError::Interrupted(_) => Failure::Cut,
    })?;
    Ok((kind, body))
}

fn parsed(body: &[u8], longest: usize) -> Result<Value, Failure> {
    let value = serde_json::from_slice(body).map_err(|_| Failure::Unreadable)?;
    untrusted::cleaned(&value, longest, DEEPEST).ok_or(Failure::Unreadable)
}

/// The members in which APIs explain an error: RFC 9457, Lambda, and common habits.
const EXPLANATIONS: [&str; 6] = ["detail", "errorMessage", "message", "Message", "error_description", "error"];

/// Returns the target's explanation of an error, on one line; empty if there is none.
async fn complaint(answer: Response) -> String {
    let body = http_client::body(answer, LONGEST_ERROR).await.unwrap_or_default();
    let value: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = EXPLANATIONS.iter().find_map(|name| value[*name].as_str()).unwrap_or_default();
    text::line(text, LONGEST_TEXT).replace('"', "'")
}
