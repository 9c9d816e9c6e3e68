//! What was asked, with its headers, so that a test can look which tokens came, and with what a tool was given.
//! Never shown: `Debug` holds neither.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use serde_json::Value;

use crate::rpc::Message;

/// The most requests that are kept; older ones are forgotten.
const MOST: usize = 1000;

/// One request as it came.
#[derive(Clone)]
pub struct Recorded {
    /// Method and path of HTTP: `POST /mcp`.
    pub line: String,
    /// The method of JSON-RPC, when there was one.
    pub method: Option<String>,
    /// The tool's name and its arguments, of a `tools/call`.
    pub called: Option<(String, Value)>,
    headers: HeaderMap,
}

impl Recorded {
    /// The value of a header that came once, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The bearer token.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        self.header(header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
    }

    /// Whether any header holds this text, tokens of others for example.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        self.headers.values().any(|value| String::from_utf8_lossy(value.as_bytes()).contains(text))
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded").field("line", &self.line).field("method", &self.method).finish_non_exhaustive()
    }
}

/// The requests so far. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record(Arc<Mutex<Vec<Recorded>>>);

impl Record {
    pub(crate) fn add(&self, line: String, message: Option<&Message>, headers: &HeaderMap) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == MOST {
            all.remove(0);
        }
        let method = message.map(|message| message.method.clone());
        let called = message.filter(|message| message.method == "tools/call").map(|call| {
            let arguments = call.params.get("arguments").cloned().unwrap_or_default();
            (call.text("name").unwrap_or_default().to_owned(), arguments)
        });
        all.push(Recorded { line, method, called, headers: headers.clone() });
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
