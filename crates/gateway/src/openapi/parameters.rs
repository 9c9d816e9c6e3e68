//! The parameters of an operation and the properties of its JSON body, as properties of one object.

use super::{Source, Unsupported, resolved};
use crate::config::{ParameterPlace, is_reserved};
use crate::template::Template;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The parameters of an operation, before their schemas are reduced.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) properties: Map<String, Value>,
    pub(super) required: Vec<String>,
    pub(super) places: BTreeMap<String, ParameterPlace>,
    pub(super) needs_body: bool,
}

/// Headers that `OpenAPI` tells to ignore as parameters ("Parameter Object", `name`).
const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];

pub(super) fn collect(source: &Source<'_>) -> Result<Collected, Unsupported> {
    let mut collected = Collected::default();
    for ((name, place), own) in declared(source)? {
        let unsupported = || Unsupported::Parameter(name.clone());
        let required = own.get("required").and_then(Value::as_bool).unwrap_or_default();
        let place = match place.as_str() {
            "path" => ParameterPlace::Path,
            "query" => ParameterPlace::Query,
            "header" if IGNORED.contains(&name.to_ascii_lowercase().as_str()) => continue,
            "header" if is_reserved(&name.to_ascii_lowercase()) => return Err(Unsupported::Header(name)),
            "header" => ParameterPlace::Header,
            // The tool sends no cookies.
            "cookie" if !required => continue,
            _ => return Err(unsupported()),
        };
        if !plain(own, place) {
            return Err(unsupported());
        }
        let mut schema = own.get("schema").cloned().ok_or_else(unsupported)?;
        if let (Some(members), Some(text)) = (schema.as_object_mut(), own.get("description")) {
            members.entry("description").or_insert_with(|| text.clone());
        }
        collected.add(name, place, schema, required || place == ParameterPlace::Path)?;
    }
    body(source, &mut collected)?;
    Ok(collected)
}

/// Parameters by name and place.
type Declared<'a> = BTreeMap<(String, String), &'a Map<String, Value>>;

/// Returns the parameters by name and place. Those of the operation replace those of its path.
fn declared<'a>(source: &Source<'a>) -> Result<Declared<'a>, Unsupported> {
    let of = |value: &'a Value| value["parameters"].as_array().into_iter().flatten();
    let mut declared = BTreeMap::new();
    for raw in of(source.item).chain(of(source.own)) {
        let own = resolved(source.document, raw)?;
        let text = |name: &str| own.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        declared.insert((text("name"), text("in")), own);
    }
    Ok(declared)
}

/// Returns `true` if the parameter is written as this crate writes it: `simple` in paths and headers, `form` with
/// `explode` in queries, all of which are the defaults, and reserved characters encoded.
fn plain(own: &Map<String, Value>, place: ParameterPlace) -> bool {
    let style = own.get("style").and_then(Value::as_str);
    let standard = if place == ParameterPlace::Query { "form" } else { "simple" };
    let explodes = own.get("explode").and_then(Value::as_bool).unwrap_or(true);
    style.is_none_or(|style| style == standard)
        && (explodes || place != ParameterPlace::Query)
        && own.get("allowReserved").and_then(Value::as_bool) != Some(true)
}

/// Adds the properties of the body. Those of an optional body are optional.
fn body(source: &Source<'_>, collected: &mut Collected) -> Result<(), Unsupported> {
    let Some(raw) = source.own.get("requestBody") else { return Ok(()) };
    let body = resolved(source.document, raw)?;
    let content = body.get("content").and_then(Value::as_object).ok_or(Unsupported::NotJson)?;
    let json =
        content.iter().find(|(kind, _)| kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json"));
    let schema = json.and_then(|(_, own)| own.get("schema")).ok_or(Unsupported::NotJson)?;
    let schema = resolved(source.document, schema)?;
    let properties = schema.get("properties").and_then(Value::as_object).ok_or(Unsupported::Body)?;
    if ["allOf", "anyOf", "oneOf", "not"].iter().any(|name| schema.contains_key(*name)) {
        return Err(Unsupported::Body);
    }
    let needed = body.get("required").and_then(Value::as_bool).unwrap_or_default();
    let required: BTreeSet<_> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, own) in properties {
        if own["readOnly"].as_bool() == Some(true) {
            continue;
        }
        collected.add(name.clone(), ParameterPlace::Body, own.clone(), needed && required.contains(name.as_str()))?;
    }
    collected.needs_body = needed;
    Ok(())
}

impl Collected {
    fn add(&mut self, name: String, place: ParameterPlace, schema: Value, required: bool) -> Result<(), Unsupported> {
        if self.places.insert(name.clone(), place).is_some() {
            return Err(Unsupported::SameName(name));
        }
        if required {
            self.required.push(name.clone());
        }
        self.properties.insert(name, schema);
        Ok(())
    }
}

/// Checks that each parameter outside the body is a single value, or a list of them in a query.
pub(crate) fn check_kinds(schema: &Value, places: &BTreeMap<String, ParameterPlace>) -> Result<(), Unsupported> {
    for (name, place) in places {
        let own = &schema["properties"][name];
        let single = |own: &Value| !matches!(own["type"].as_str(), Some("object" | "array" | "null"));
        let fits = match place {
            ParameterPlace::Body => true,
            ParameterPlace::Query if own["type"] == "array" => single(&own["items"]),
            _ => single(own),
        };
        if !fits {
            return Err(Unsupported::Parameter(name.clone()));
        }
    }
    Ok(())
}

/// Checks that the path names its parameters, and no others.
pub(super) fn check_path(path: &Template, places: &BTreeMap<String, ParameterPlace>) -> Result<(), Unsupported> {
    let named: BTreeSet<_> = path.arguments().collect();
    let of_path = places.iter().filter(|(_, place)| **place == ParameterPlace::Path);
    let declared: BTreeSet<_> = of_path.map(|(name, _)| name.as_str()).collect();
    if named == declared { Ok(()) } else { Err(Unsupported::Path) }
}
