//! `authorization_details` (RFC 9396) within Auth0's limits. It must never know what a type means.

use serde_json::{Map, Value};

use crate::settings::{Audience, Client};
use crate::token::error::TokenError;

/// Bytes of the whole parameter. Auth0 says 5 KB; the smaller reading is safe by either.
const SIZE_LIMIT: usize = 5000;
const OBJECTS_LIMIT: usize = 5;
/// Of any one object, nested ones included.
const PROPERTIES_LIMIT: usize = 10;
/// Characters of a name, and of a value as JSON writes it.
const TEXT_LIMIT: usize = 255;
/// The array is the first level, its objects are the second: the strictest reading.
const NESTING_LIMIT: usize = 5;

/// The array, checked. Its types must be the client's and, if an API is named, the API's.
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
            return Err(refused("must hold objects alone".to_owned()));
        };
        let Some(wire) = members.get("type").and_then(Value::as_str) else {
            return Err(refused("must hold objects with a type".to_owned()));
        };
        let known = |types: &[String]| types.iter().any(|own| own == wire);
        // What was registered is a setting, and no mistake of the client's code.
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
            return Err(refused("has a name beyond letters, digits and `_.-`".to_owned()));
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
