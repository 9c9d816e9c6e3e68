//! The recorded requests with their headers, by which a test checks the tokens that arrived and the arguments of tool
//! calls. `Debug` must never show headers or arguments.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use serde_json::Value;

use crate::rpc::Message;

/// Number of requests kept; older ones are dropped.
const MOST: usize = 1000;

/// One request as received.
#[derive(Clone)]
pub struct Recorded {
    /// HTTP method and path: `POST /mcp`.
    pub line: String,
    /// The JSON-RPC method, if there was one.
    pub method: Option<String>,
    /// The tool's name and arguments of a `tools/call`.
    pub called: Option<(String, Value)>,
    headers: HeaderMap,
}

impl Recorded {
    /// Returns the first value of a header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the bearer token.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        self.header(header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
    }

    /// Returns true if any header contains this text, for example another service's token.
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

/// The recorded requests. Clones share them.
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
