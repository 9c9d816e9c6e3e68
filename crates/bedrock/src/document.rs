//! Conversion of JSON to a Smithy document.

use aws_smithy_types::{Document, Number};
use serde_json::Value;

/// Converts a value to a document.
pub(crate) fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(truth) => Document::Bool(*truth),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(items) => Document::Array(items.iter().map(document).collect()),
        Value::Object(members) => {
            Document::Object(members.iter().map(|(key, value)| (key.clone(), document(value))).collect())
        }
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(positive), _, _) => Number::PosInt(positive),
            (None, Some(negative), _) => Number::NegInt(negative),
            (None, None, float) => Number::Float(float.unwrap_or(f64::NAN)),
        }),
    }
}
