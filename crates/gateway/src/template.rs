//! Texts with arguments of a call in braces: paths, summaries, and objects of authorization.

use agent::intent::Object;
use agent::tool::BadInput;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use std::fmt;

/// Everything that is encoded in a part of a path, a query or an object id: all but RFC 3986's unreserved characters.
pub(crate) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Longest value of an argument in a summary, in characters.
const LONGEST_SHOWN: usize = 80;

/// Leaks a text, so that it lives as long as the process: relations and types are `&'static str`, and the configuration
/// is read once, at the start.
pub(crate) fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// A text with arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Argument(String),
}

impl Template {
    /// Parses a text such as `/orders/{order_id}`. `None` if a brace is unmatched or an argument's name cannot be one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
            if before.contains('}') || name.is_empty() || !name.chars().all(good) {
                return None;
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Argument(name.to_owned()));
            rest = after;
        }
        if rest.contains('}') {
            return None;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Some(Self(parts))
    }

    /// The names of the arguments.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Argument(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Returns the text with each argument's value as `put` writes it.
    pub(crate) fn fill(
        &self,
        arguments: &Map<String, Value>,
        put: impl Fn(&str, &str) -> Result<String, BadInput>,
    ) -> Result<String, BadInput> {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Argument(name) => filled.push_str(&put(name, &scalar(name, arguments.get(name))?)?),
            }
        }
        Ok(filled)
    }

    /// Returns the text for people.
    pub(crate) fn shown(&self, arguments: &Map<String, Value>) -> Result<String, BadInput> {
        self.fill(arguments, |_, value| Ok(text::line(value, LONGEST_SHOWN)))
    }
}

/// An object of authorization whose id may contain arguments. Different arguments never give the same object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectTemplate {
    kind: &'static str,
    id: Template,
}

impl ObjectTemplate {
    /// Parses a text such as `order:{order_id}`. `None` if it is no object, or if the end of an argument could not be told.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        let good = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let id = Template::new(id).filter(|_| good)?;
        // A character that is always encoded in an argument must stand between two of them.
        let separates = |part: &Part| match part {
            Part::Text(text) => text.bytes().any(|b| !b.is_ascii_alphanumeric() && !b"-._~%".contains(&b)),
            Part::Argument(_) => false,
        };
        let mut since = true;
        for part in &id.0 {
            match part {
                Part::Argument(_) if !since => return None,
                Part::Argument(_) => since = false,
                Part::Text(_) => since = since || separates(part),
            }
        }
        let sample: Map<_, _> = id.arguments().map(|name| (name.to_owned(), Value::from("x"))).collect();
        let own = Self { kind: kept(kind.to_owned()), id };
        own.object(&sample).is_ok().then_some(own)
    }

    /// The names of the arguments.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.id.arguments()
    }

    /// Returns `true` if an argument decides whether this is the object of a tool as a whole, `tool:<target>/<tool>`.
    pub(crate) fn may_be_a_tool(&self) -> bool {
        let text = self.to_string();
        let fixed = text.split_once('{').map(|(fixed, _)| fixed);
        fixed.is_some_and(|fixed| self.kind == "tool" && fixed.matches('/').count() < 2)
    }

    /// Returns the object that a call with these arguments touches.
    pub(crate) fn object(&self, arguments: &Map<String, Value>) -> Result<Object, BadInput> {
        let id = self.id.fill(arguments, |name, value| {
            if value.is_empty() {
                return Err(BadInput(format!("The argument {name} must not be empty.")));
            }
            Ok(utf8_percent_encode(value, ENCODED).to_string())
        })?;
        Object::new(self.kind, &id).map_err(|_| BadInput("An argument is too long.".to_owned()))
    }
}

impl fmt::Display for ObjectTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Argument(name) => write!(f, "{{{name}}}"),
        })
    }
}

/// Returns the text of an argument that is a single value.
pub(crate) fn scalar(name: &str, value: Option<&Value>) -> Result<String, BadInput> {
    match value {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Bool(own)) => Ok(own.to_string()),
        Some(Value::Number(own)) => Ok(own.to_string()),
        Some(_) => Err(BadInput(format!("The argument {name} must be a single value."))),
        None => Err(BadInput(format!("The argument {name} is missing."))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn arguments(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn an_argument_cannot_name_another_object() {
        let template = ObjectTemplate::new("order:shop/{shop}/{id}").unwrap();
        let object = |shop: &str, id: &str| {
            template.object(&arguments(json!({"shop": shop, "id": id}))).map(|own| own.to_string())
        };
        for (shop, id, expected) in [
            ("a", "1", "order:shop/a/1"),
            ("a/1", "2", "order:shop/a%2F1/2"),
            ("a", "1/2", "order:shop/a/1%2F2"),
            ("a", "*", "order:shop/a/%2A"),
            ("a", "1#owner", "order:shop/a/1%23owner"),
            ("a", "x@acme.example", "order:shop/a/x%40acme.example"),
            ("a", "user:bob", "order:shop/a/user%3Abob"),
            ("a", "%2F", "order:shop/a/%252F"),
            ("a", "\u{e9}\n", "order:shop/a/%C3%A9%0A"),
        ] {
            assert_eq!(object(shop, id).as_deref(), Ok(expected), "{shop} {id}");
        }
        assert!(object("", "1").is_err() && object("a", &"x".repeat(300)).is_err());
        for value in [json!({"shop": "a"}), json!({"shop": "a", "id": ["1"]}), json!({"shop": "a", "id": null})] {
            assert!(template.object(&arguments(value.clone())).is_err(), "{value}");
        }
    }

    #[test]
    fn a_template_whose_arguments_run_together_is_rejected() {
        for (text, good) in [
            ("order:{id}", true),
            ("order:{a}/{b}", true),
            ("order:x-{a}|{b}", true),
            ("order:fixed", true),
            ("order:{a}{b}", false),
            ("order:{a}-{b}", false),
            ("order:{a}x{b}", false),
            ("order:{a}%2F{b}", false),
            ("order:", false),
            ("{kind}:1", false),
            ("Order:{id}", false),
            ("order:{id", false),
            ("order:id}", false),
            ("order:{i d}", false),
            ("order:*", false),
            ("order:a#b", false),
        ] {
            assert_eq!(ObjectTemplate::new(text).is_some(), good, "{text}");
        }
    }
}
