//! The HTTP request that a call stands for. It is made of the arguments alone: only declared parameters go out, each in its
//! place.

use crate::config::ParameterPlace;
use crate::template::{ENCODED, Template, scalar};
use agent::tool::BadInput;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::Url;

/// An operation of an HTTP API.
#[derive(Debug, Clone)]
pub(crate) struct HttpOperation {
    pub(crate) method: Method,
    pub(crate) path: Template,
    /// The place of each parameter.
    pub(crate) places: BTreeMap<String, ParameterPlace>,
    /// Set if a request without any member of the body still has an empty one.
    pub(crate) needs_body: bool,
}

/// A request without its credential.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl HttpOperation {
    /// Builds the request to the API at `base`.
    pub(crate) fn request(&self, base: &Url, arguments: &Map<String, Value>) -> Result<Prepared, BadInput> {
        let mut url = base.clone();
        let path = self.path.fill(arguments, segment)?;
        let path = format!("{}{path}", base.path().trim_end_matches('/'));
        url.set_path(&path);
        // The parser removes dot segments; a path that it changed is another one than the operator described.
        if url.path() != path {
            return Err(BadInput("The arguments would change the path of the request.".to_owned()));
        }
        let (mut query, mut headers, mut members) = (Vec::new(), HeaderMap::new(), Map::new());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in arguments {
            match self.places.get(name) {
                Some(ParameterPlace::Path) => {}
                Some(ParameterPlace::Query) => pairs(name, value, &mut query)?,
                Some(ParameterPlace::Header) => {
                    let (name, value) = header_of(name, value)?;
                    headers.insert(name, value);
                }
                Some(ParameterPlace::Body) => drop(members.insert(name.clone(), value.clone())),
                None => return Err(BadInput(format!("There is no argument {name}."))),
            }
        }
        if !query.is_empty() {
            url.set_query(Some(&query.join("&")));
        }
        let mut body = Vec::new();
        if self.needs_body || !members.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            body = Value::Object(members).to_string().into_bytes();
        }
        Ok(Prepared { method: self.method.clone(), url, headers, body })
    }
}

/// Returns a value as one segment of a path. Slashes are rejected even though they would be encoded: some servers decode
/// a path before they split it.
fn segment(name: &str, value: &str) -> Result<String, BadInput> {
    let traverses = value.contains(['/', '\\']) || value.contains(char::is_control);
    if value.is_empty() || traverses {
        return Err(BadInput(format!("The argument {name} cannot be a part of a path.")));
    }
    Ok(encoded(value))
}

fn pairs(name: &str, value: &Value, query: &mut Vec<String>) -> Result<(), BadInput> {
    let one = |value: &Value| Ok(format!("{}={}", encoded(name), encoded(&scalar(name, Some(value))?)));
    match value {
        Value::Array(items) => query.extend(items.iter().map(one).collect::<Result<Vec<_>, BadInput>>()?),
        single => query.push(one(single)?),
    }
    Ok(())
}

fn header_of(name: &str, value: &Value) -> Result<(HeaderName, HeaderValue), BadInput> {
    let wrong = || BadInput(format!("The argument {name} cannot be the value of a header."));
    let text = scalar(name, Some(value))?;
    let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let value = HeaderValue::from_str(text.trim()).ok().filter(|_| printable).ok_or_else(wrong)?;
    Ok((HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?, value))
}

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn operation() -> HttpOperation {
        let places = [
            ("id", ParameterPlace::Path),
            ("q", ParameterPlace::Query),
            ("X-Trace", ParameterPlace::Header),
            ("note", ParameterPlace::Body),
        ];
        HttpOperation {
            method: Method::POST,
            path: Template::new("/orders/{id}/refund").unwrap(),
            places: places.map(|(name, place)| (name.to_owned(), place)).into(),
            needs_body: false,
        }
    }

    fn request(arguments: Value) -> Result<Prepared, BadInput> {
        let base = Url::parse("https://orders.example/v1/").unwrap();
        operation().request(&base, arguments.as_object().unwrap())
    }

    #[test]
    fn each_argument_goes_to_its_own_place_and_nowhere_else() {
        let sent =
            request(json!({"id": "A 1?x#y", "q": ["a&b=c", 2], "X-Trace": "t", "note": {"text": "\u{e9}"}})).unwrap();
        assert_eq!(sent.url.as_str(), "https://orders.example/v1/orders/A%201%3Fx%23y/refund?q=a%26b%3Dc&q=2");
        assert_eq!(
            sent.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["accept", "x-trace", "content-type"]
        );
        assert_eq!(serde_json::from_slice::<Value>(&sent.body).unwrap(), json!({"note": {"text": "\u{e9}"}}));
        assert!(request(json!({"id": "1"})).unwrap().body.is_empty());
    }

    #[test]
    fn no_argument_leaves_its_place() {
        for arguments in [
            json!({"id": ".."}),
            json!({"id": "."}),
            json!({"id": "../admin"}),
            json!({"id": "a/b"}),
            json!({"id": "a\\b"}),
            json!({"id": "a\u{0}"}),
            json!({"id": ""}),
            json!({"id": ["1"]}),
            json!({}),
            json!({"id": "1", "X-Trace": "a\r\nAuthorization: b"}),
            json!({"id": "1", "X-Trace": "\u{e9}"}),
            json!({"id": "1", "X-Trace": {"a": 1}}),
            json!({"id": "1", "q": {"a": 1}}),
            json!({"id": "1", "q": [["a"]]}),
            json!({"id": "1", "Authorization": "Bearer x"}),
        ] {
            assert!(request(arguments.clone()).is_err(), "{arguments}");
        }
        for (id, path) in [("%2e%2e", "/v1/orders/%252e%252e/refund"), ("..;", "/v1/orders/..%3B/refund")] {
            assert_eq!(request(json!({"id": id})).unwrap().url.path(), path);
        }
    }
}
