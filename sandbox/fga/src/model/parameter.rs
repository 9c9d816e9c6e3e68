//! Parameter types of conditions, and the conversion of JSON to their values. Must not depend on expressions.

use cel::objects::Key;
use cel::{Context, Program, Value as Cel};
use serde_json::Value;

use super::wire::{ParameterType, TypeName};

/// The type of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parameter {
    Any,
    Bool,
    String,
    Int,
    Uint,
    Double,
    Duration,
    Timestamp,
    IpAddress,
    Map(Box<Parameter>),
    List(Box<Parameter>),
}

impl Parameter {
    /// Parses the type. Errors are the service's messages.
    pub(super) fn read(wire: &ParameterType) -> Result<Self, String> {
        let generic = |name: &str| match wire.generic_types.as_slice() {
            [of] => Self::read(of).map(Box::new),
            all => Err(format!("condition parameter type `{name}` requires 1 generic types; found {}", all.len())),
        };
        Ok(match wire.type_name {
            TypeName::Any => Self::Any,
            TypeName::Bool => Self::Bool,
            TypeName::String => Self::String,
            TypeName::Int => Self::Int,
            TypeName::Uint => Self::Uint,
            TypeName::Double => Self::Double,
            TypeName::Duration => Self::Duration,
            TypeName::Timestamp => Self::Timestamp,
            TypeName::IpAddress => Self::IpAddress,
            TypeName::Map => Self::Map(generic("TYPE_NAME_MAP")?),
            TypeName::List => Self::List(generic("TYPE_NAME_LIST")?),
        })
    }

    /// Converts a JSON value to this type. Numbers may be written as strings. Errors are the service's messages.
    pub(super) fn take(&self, value: &Value) -> Result<Cel, String> {
        let unfit = |expected: &str| format!("expected type value '{expected}', but found '{}'", kind(value));
        let text = || value.as_str().ok_or_else(|| unfit("string"));
        Ok(match self {
            Self::Any => cel::to_value(value).map_err(|error| error.to_string())?,
            Self::Bool => Cel::Bool(value.as_bool().ok_or_else(|| unfit("bool"))?),
            Self::String => Cel::from(text()?),
            Self::Int => Cel::Int(number(value, "int64", Value::as_i64, integral)?),
            Self::Uint => Cel::UInt(number(value, "uint64", Value::as_u64, integral)?),
            Self::Double => Cel::Float(number(value, "float64", Value::as_f64, Some)?),
            Self::Duration => literal("duration", text()?)?,
            Self::Timestamp => literal("timestamp", text()?)?,
            Self::IpAddress => {
                let text = text()?;
                text.parse::<std::net::IpAddr>()
                    .map_err(|_| format!("expected a well-formed IP address, but found '{text}'"))?;
                Cel::from(text)
            }
            Self::Map(of) => {
                let entries = value.as_object().ok_or_else(|| unfit("map"))?;
                let entries = entries.iter().map(|(key, value)| Ok((Key::from(key.as_str()), of.take(value)?)));
                Cel::from(entries.collect::<Result<std::collections::HashMap<Key, Cel>, String>>()?)
            }
            Self::List(of) => {
                let items = value.as_array().ok_or_else(|| unfit("list"))?;
                Cel::from(items.iter().map(|item| of.take(item)).collect::<Result<Vec<Cel>, String>>()?)
            }
        })
    }

    /// Returns a sample value of this type, to try an expression with; `None` if the type is not specific enough.
    pub(super) fn sample(&self) -> Option<Cel> {
        let json = match self {
            Self::Any => return None,
            Self::Bool => Value::Bool(true),
            Self::String => Value::from(""),
            Self::Int | Self::Uint | Self::Double => Value::from(1),
            Self::Duration => Value::from("1s"),
            Self::Timestamp => Value::from("2000-01-01T00:00:00Z"),
            Self::IpAddress => Value::from("127.0.0.1"),
            Self::Map(of) => of.sample().map(|_| Value::Object(serde_json::Map::new()))?,
            Self::List(of) => of.sample().map(|_| Value::Array(Vec::new()))?,
        };
        self.take(&json).ok()
    }
}

/// Converts a number, or a string that contains one.
fn number<T: std::str::FromStr>(
    value: &Value,
    name: &str,
    exact: fn(&Value) -> Option<T>,
    rounded: fn(f64) -> Option<T>,
) -> Result<T, String> {
    match value {
        Value::Number(found) => exact(value)
            .or_else(|| found.as_f64().and_then(rounded))
            .ok_or_else(|| format!("expected a {name} value, but found numeric value '{found}'")),
        Value::String(text) => {
            text.parse().map_err(|_| format!("expected a {name} value, but found invalid string value '{text}'"))
        }
        other => Err(format!("expected a {name} value, but found '{}'", kind(other))),
    }
}

/// Converts a whole number written with a fraction in JSON, such as `3.0`.
fn integral<T: std::str::FromStr>(number: f64) -> Option<T> {
    (number.fract() == 0.0).then(|| format!("{number:.0}").parse().ok()).flatten()
}

/// Evaluates `function("text")` in CEL, whose syntax of durations and timestamps is the service's.
fn literal(function: &str, text: &str) -> Result<Cel, String> {
    let invalid = || format!("expected a valid {function} string value, but found: '{text}'");
    let program = Program::compile(&format!("{function}(text)")).map_err(|_| invalid())?;
    let mut context = Context::default();
    context.add_variable_from_value("text", text);
    program.execute(&context).map_err(|_| invalid())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "map",
    }
}
