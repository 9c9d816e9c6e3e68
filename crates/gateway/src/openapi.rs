//! The operations of an `OpenAPI` document (3.0 and 3.1). Only what this crate can send exactly becomes an operation;
//! everything else is left out with a reason. References are followed within the document alone.

mod parameters;

use crate::http_call::HttpOperation;
use crate::template::Template;
use http::Method;
pub(crate) use parameters::check_kinds;
use parameters::{Collected, collect};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use untrusted::schema;

/// Most references in a row. A longer chain is a cycle.
const MOST_REFERENCES: usize = 8;

/// Most operations of one document that are read.
const MOST_OPERATIONS: usize = 1_000;

/// The methods of a path item that become tools.
const METHODS: [(&str, Method); 6] = [
    ("get", Method::GET),
    ("head", Method::HEAD),
    ("post", Method::POST),
    ("put", Method::PUT),
    ("patch", Method::PATCH),
    ("delete", Method::DELETE),
];

/// An operation that can be called.
#[derive(Debug)]
pub(crate) struct Described {
    /// Its `operationId`.
    pub(crate) id: String,
    pub(crate) description: String,
    /// The reduced schema of the arguments.
    pub(crate) schema: Value,
    pub(crate) operation: HttpOperation,
}

/// The operations of a document.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    pub(crate) all: Vec<Described>,
    /// The operations that are left out, by id or by method and path, each with the reason.
    pub(crate) left_out: Vec<(String, Unsupported)>,
}

/// The reason why an operation is left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsupported {
    #[error("it has no operationId")]
    NoId,
    #[error("another operation has the same operationId")]
    SameId,
    #[error("it refers to something outside the document, or to itself")]
    Reference,
    #[error("it names servers of its own")]
    Servers,
    #[error("it has callbacks")]
    Callbacks,
    #[error("its body is not JSON")]
    NotJson,
    #[error("its body is not an object with described properties")]
    Body,
    #[error("the parameter {0} is in a place or has a style that is not supported")]
    Parameter(String),
    #[error("the header {0} may not be set by a parameter")]
    Header(String),
    #[error("two parameters are called {0}")]
    SameName(String),
    #[error("its path and its path parameters differ")]
    Path,
    #[error("{0}")]
    Schema(#[from] schema::BadSchema),
    #[error("the document has more than 1000 operations")]
    Many,
}

/// The document is none that this crate reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document is not of OpenAPI 3.0 or 3.1")]
pub(crate) struct BadDocument;

/// Reads the operations with an id among `only`, or all of them.
pub(crate) fn read(document: &Value, only: Option<&BTreeSet<String>>) -> Result<Operations, BadDocument> {
    let version = document["openapi"].as_str().unwrap_or_default();
    if !["3.0.", "3.1."].iter().any(|known| version.starts_with(known)) {
        return Err(BadDocument);
    }
    let mut operations = Operations::default();
    let mut ids = BTreeSet::new();
    let paths = document["paths"].as_object().ok_or(BadDocument)?;
    for (path, item) in paths {
        for (word, method) in METHODS {
            let Some(own) = item.get(word) else { continue };
            let id = own["operationId"].as_str();
            if only.is_some_and(|only| id.is_none_or(|id| !only.contains(id))) {
                continue;
            }
            let name = id.map_or_else(|| format!("{} {path}", word.to_uppercase()), str::to_owned);
            let read = match id {
                None => Err(Unsupported::NoId),
                Some(id) if !ids.insert(id) => Err(Unsupported::SameId),
                Some(_) if ids.len() > MOST_OPERATIONS => Err(Unsupported::Many),
                Some(id) => operation(&Source { document, item, own, path }, id, method),
            };
            match read {
                Ok(own) => operations.all.push(own),
                Err(reason) => operations.left_out.push((name, reason)),
            }
        }
    }
    Ok(operations)
}

/// An operation within its document.
struct Source<'a> {
    document: &'a Value,
    item: &'a Value,
    own: &'a Value,
    path: &'a str,
}

fn operation(source: &Source<'_>, id: &str, method: Method) -> Result<Described, Unsupported> {
    let Source { document, item, own, path } = source;
    // A path item elsewhere could hold anything; nobody needs one within its own document.
    if item.get("$ref").is_some() {
        return Err(Unsupported::Reference);
    }
    if item.get("servers").is_some() || own.get("servers").is_some() {
        return Err(Unsupported::Servers);
    }
    if own["callbacks"].as_object().is_some_and(|all| !all.is_empty()) {
        return Err(Unsupported::Callbacks);
    }
    let Collected { properties, required, places, needs_body } = collect(source)?;
    let raw = serde_json::json!({"type": "object", "properties": properties, "required": required});
    let schema = schema::reduce_within(&raw, document)?;
    check_kinds(&schema, &places)?;
    let path = Template::new(path).filter(|_| path.starts_with('/')).ok_or(Unsupported::Path)?;
    parameters::check_path(&path, &places)?;
    let description = [own["summary"].as_str(), own["description"].as_str()];
    let description = description.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let operation = HttpOperation { method, path, places, needs_body };
    Ok(Described { id: id.to_owned(), description, schema, operation })
}

/// Follows references within the document.
fn resolved<'a>(document: &'a Value, mut value: &'a Value) -> Result<&'a Map<String, Value>, Unsupported> {
    for _ in 0..MOST_REFERENCES {
        let members = value.as_object().ok_or(Unsupported::Reference)?;
        let Some(reference) = members.get("$ref") else { return Ok(members) };
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).ok_or(Unsupported::Reference)?;
        value = document.pointer(pointer).ok_or(Unsupported::Reference)?;
    }
    Err(Unsupported::Reference)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
