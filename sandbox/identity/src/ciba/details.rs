//! Validation of `authorization_details` (RFC 9396) against Auth0's limits. Must not interpret types.

use serde_json::{Map, Value};

use crate::settings::{Audience, Client};
use crate::token::error::TokenError;

/// Maximum size of the whole parameter in bytes. Auth0 documents 5 KB; 5,000 satisfies both readings of KB.
const SIZE_LIMIT: usize = 5000;
const OBJECTS_LIMIT: usize = 5;
/// Maximum number of properties of each object, including nested ones.
const PROPERTIES_LIMIT: usize = 10;
/// Maximum length of a name, a string, or the JSON text of any other scalar, in characters.
const TEXT_LIMIT: usize = 255;
/// Maximum depth, in the strictest reading: the array is level 1 and its objects are level 2.
const NESTING_LIMIT: usize = 5;

/// Parses and validates the array. The client, and the API if the request names one, must allow each type.
pub(super) fn read(text: &str, client: &Client, api: Option<&Audience>) -> Result<Value, TokenError> {
    if text.len() > SIZE_LIMIT {
        return Err(refused(format!("has more than {SIZE_LIMIT} bytes")));
    }
    let Ok(Value::Array(objects)) = serde_json::from_str(text) else {
        return Err(refused("must be a JSON array".to_owned()));
    };
    if objects.is_empty() || objects.len() > OBJECTS_LIMIT {
        return Err(refused(format!("must hold 1 to {OBJECTS_LIMIT} objects")));
    }
    for object in &objects {
        let Value::Object(members) = object else {
            return Err(refused("must hold only objects".to_owned()));
        };
        let Some(wire) = members.get("type").and_then(Value::as_str) else {
            return Err(refused("must hold objects with a type".to_owned()));
        };
        let known = |types: &[String]| types.iter().any(|own| own == wire);
        // A type that is not registered is a configuration error, not a protocol violation by the client.
        if !known(&client.details_types) || !api.is_none_or(|api| known(&api.details_types)) {
            return Err(TokenError::invalid_details(format!("authorization_details: unsupported type {wire}")));
        }
        check_object(members, 2)?;
    }
    Ok(Value::Array(objects))
}

fn check(value: &Value, level: usize) -> Result<(), TokenError> {
    match value {
        Value::Object(members) => check_object(members, level),
        Value::Array(_) if level > NESTING_LIMIT => Err(too_deep()),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, level + 1)),
        Value::String(text) => check_text(text),
        scalar => check_text(&scalar.to_string()),
    }
}

fn check_object(members: &Map<String, Value>, level: usize) -> Result<(), TokenError> {
    if level > NESTING_LIMIT {
        return Err(too_deep());
    }
    if members.len() > PROPERTIES_LIMIT {
        return Err(refused(format!("has an object of more than {PROPERTIES_LIMIT} properties")));
    }
    members.iter().try_for_each(|(name, value)| {
        check_text(name)?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)) {
            return Err(refused("has a name with characters other than letters, digits and `_.-`".to_owned()));
        }
        check(value, level + 1)
    })
}

fn check_text(text: &str) -> Result<(), TokenError> {
    if text.chars().count() > TEXT_LIMIT {
        return Err(refused(format!("has a name or value of more than {TEXT_LIMIT} characters")));
    }
    Ok(())
}

fn too_deep() -> TokenError {
    refused(format!("is nested deeper than {NESTING_LIMIT} levels"))
}

fn refused(what: String) -> TokenError {
    TokenError::invalid_details(format!("authorization_details {what}")).blame_as_described()
}
