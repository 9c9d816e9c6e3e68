//! `authorization_details` for display: every member of every object, with Auth0's display form laid out as Auth0's own
//! app does. Must never omit a member, even if `display` says so.

use serde_json::{Map, Value};

use crate::pages::phone::text::visible;

/// Members of a property in Auth0's display form.
const DISPLAY_FORM: [&str; 5] = ["display", "name", "display_order", "description", "value"];

pub(super) fn list(details: &Value) -> String {
    let objects = details.as_array().map(Vec::as_slice).unwrap_or_default();
    objects.iter().map(|object| format!("<div class=\"asked\">{}</div>", one(object))).collect()
}

fn one(object: &Value) -> String {
    let Value::Object(members) = object else { return visible(&object.to_string()) };
    let instruction = members.get("instruction").and_then(Value::as_str);
    let lead = instruction.map(|text| format!("<p>{}</p>", visible(text))).unwrap_or_default();
    let properties = members.get("properties").and_then(Value::as_object);
    let rest = members.iter().filter(|(name, _)| {
        !(*name == "instruction" && instruction.is_some() || *name == "properties" && properties.is_some())
    });
    let rows: String = rest.map(|(name, value)| row(name, value)).collect();
    format!("{lead}<dl>{}{rows}</dl>", properties.map(in_order).unwrap_or_default())
}

fn in_order(properties: &Map<String, Value>) -> String {
    let mut sorted: Vec<_> = properties.iter().collect();
    sorted.sort_by_key(|(_, property)| property["display_order"].as_i64().unwrap_or(i64::MAX));
    sorted.into_iter().map(|(name, value)| property(name, value)).collect()
}

fn property(name: &str, property: &Value) -> String {
    let (Some(members), Some(value)) = (property.as_object(), property.get("value")) else {
        return row(name, property);
    };
    let label = members.get("name").and_then(Value::as_str).unwrap_or(name);
    let description = members.get("description").and_then(Value::as_str);
    let description = description.map(|text| format!("<br><span class=\"meta\">{}</span>", visible(text)));
    let more = members.iter().filter(|(name, _)| !DISPLAY_FORM.contains(&name.as_str()));
    let more: String = more.map(|(name, value)| row(name, value)).collect();
    let more = if more.is_empty() { more } else { format!("<dl>{more}</dl>") };
    format!("{}{more}", pair(label, &(plain(value) + &description.unwrap_or_default())))
}

fn row(name: &str, value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let rows: String = members.iter().map(|(name, value)| row(name, value)).collect();
            format!("{}<dl>{rows}</dl>", pair(name, ""))
        }
        other => pair(name, &plain(other)),
    }
}

/// Returns a value as text, and a list as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| visible(&value.to_string()), visible)
}

/// Returns a term and its description; `value` is HTML.
fn pair(name: &str, value: &str) -> String {
    format!("<dt>{}</dt><dd>{value}</dd>", visible(name))
}
