//! Cedar types from JSON Schema.
//!
//! | JSON Schema | Cedar |
//! | --- | --- |
//! | string, integer, boolean | `String`, `Long`, `Bool` |
//! | number | `decimal`: at most four decimal places |
//! | array with typed items | `Set` |
//! | object with properties | record |
//! | not in `required`, or `null` is allowed | optional; `null` counts as absent |
//! | anything else: unions, no type, `$ref`, free-form objects, arrays without items, deeper than ten levels | none |
//!
//! A property without a type is left out of the record: its value never reaches a policy, and a policy that names it
//! fails validation, so no one can believe that they govern it.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::schema::{is_identifier, quote};

/// Levels of objects and arrays that get a type.
const DEEPEST: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    String,
    Long,
    Bool,
    Decimal,
    Set(Box<Type>),
    Record(Record),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) fields: BTreeMap<String, Field>,
    pub(crate) extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// `None` if Cedar has no type for it.
    pub(crate) r#type: Option<Type>,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
}

/// Properties that the schema does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extra {
    /// Refused: a policy could not see an argument that the tool obeys.
    Refused,
    /// The tool's schema allows them expressly. No policy sees them.
    Unseen,
}

impl Record {
    /// Reads the schema of a tool's arguments. One that is no object with properties has no fields.
    pub(crate) fn of_input(schema: &Value) -> Self {
        let empty = Map::new();
        let schema = schema.as_object().unwrap_or(&empty);
        if schema.contains_key("properties") {
            return Self::read(schema, 1);
        }
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        let extra = if closed { Extra::Refused } else { Extra::Unseen };
        Self { fields: BTreeMap::new(), extra }
    }

    fn read(schema: &Map<String, Value>, depth: usize) -> Self {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|one| one == name));
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let fields = properties.map(|(name, schema)| {
            let read = type_of(schema, depth + 1);
            let nullable = read.as_ref().is_some_and(|read| read.nullable);
            let field = Field { r#type: read.map(|read| read.r#type), required: is_required(name), nullable };
            (name.clone(), field)
        });
        Self { fields: fields.collect(), extra: extra(schema) }
    }
}

impl Field {
    /// Returns `true` if the value may be absent from the record that a policy sees.
    pub(crate) fn is_optional(&self) -> bool {
        !self.required || self.nullable
    }
}

fn extra(schema: &Map<String, Value>) -> Extra {
    let additional = schema.get("additionalProperties").is_some_and(|value| value != &Value::Bool(false));
    let elsewhere = ["patternProperties", "allOf", "anyOf", "oneOf", "$ref", "if"];
    if additional || elsewhere.iter().any(|key| schema.contains_key(*key)) { Extra::Unseen } else { Extra::Refused }
}

struct Read {
    r#type: Type,
    nullable: bool,
}

fn type_of(schema: &Value, depth: usize) -> Option<Read> {
    if depth > DEEPEST {
        return None;
    }
    let schema = schema.as_object()?;
    match schema.get("type") {
        Some(Value::String(name)) => Some(Read { r#type: named(name, schema, depth)?, nullable: false }),
        Some(Value::Array(names)) => {
            let (name, nullable) = only(names, |name| name == "null")?;
            Some(Read { r#type: named(name.as_str()?, schema, depth)?, nullable })
        }
        Some(_) => None,
        None => {
            let choices = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
            let (choice, nullable) = only(choices, |choice| choice.get("type").is_some_and(|name| name == "null"))?;
            let read = type_of(choice, depth)?;
            Some(Read { nullable: nullable || read.nullable, ..read })
        }
    }
}

/// Returns the single member besides null, and whether null is one.
fn only(members: &[Value], is_null: impl Fn(&Value) -> bool) -> Option<(&Value, bool)> {
    let mut others = members.iter().filter(|member| !is_null(member));
    let one = others.next()?;
    others.next().is_none().then_some((one, members.len() > 1))
}

fn named(name: &str, schema: &Map<String, Value>, depth: usize) -> Option<Type> {
    Some(match name {
        "string" => Type::String,
        "integer" => Type::Long,
        "number" => Type::Decimal,
        "boolean" => Type::Bool,
        "array" if !schema.contains_key("prefixItems") => {
            let items = type_of(schema.get("items")?, depth + 1)?;
            (!items.nullable).then(|| Type::Set(Box::new(items.r#type)))?
        }
        "object" if schema.get("properties").is_some_and(Value::is_object) => Type::Record(Record::read(schema, depth)),
        _ => return None,
    })
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("String"),
            Self::Long => f.write_str("Long"),
            Self::Bool => f.write_str("Bool"),
            Self::Decimal => f.write_str("decimal"),
            Self::Set(items) => write!(f, "Set<{items}>"),
            Self::Record(record) => record.fmt(f),
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "{ ";
        for (name, field) in &self.fields {
            let Some(r#type) = &field.r#type else { continue };
            let name = if is_identifier(name) { name.clone() } else { quote(name) };
            let mark = if field.is_optional() { "?" } else { "" };
            write!(f, "{before}{name}{mark}: {}", r#type)?;
            before = ", ";
        }
        f.write_str(if before == ", " { " }" } else { "{}" })
    }
}
