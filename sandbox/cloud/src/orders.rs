//! An HTTP API of a company's own with an `OpenAPI` document: orders and their notes. Each request needs a person's access
//! token for this API. Must not depend on the format of tokens, which a callback validates.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use sandbox_kit::Sins;
use serde::Deserialize;
use serde_json::{Value, json};

/// The scopes of the API.
pub const SCOPES: [&str; 2] = ["orders:read", "orders:write"];

/// The `OpenAPI` document.
pub const DOCUMENT: &str = include_str!("orders/openapi.json");

/// The orders.
const ORDERS: [(&str, &str); 2] = [("A-1001", "Two desks"), ("A-1002", "A chair")];

/// Returns the subject and the scopes of a token that is valid for this API.
pub type Authenticate = Arc<dyn Fn(&str) -> Option<(String, Vec<String>)> + Send + Sync>;

/// A request with a valid token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Method and path.
    pub line: String,
    /// The subject of the token.
    pub subject: String,
}

/// The API. Clones share the notes.
#[derive(Clone)]
pub struct Orders {
    authenticate: Authenticate,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Order and text of each note.
    notes: Arc<Mutex<Vec<(String, String)>>>,
    sins: Sins,
}

impl fmt::Debug for Orders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Orders").finish_non_exhaustive()
    }
}

impl Orders {
    /// Creates the API.
    #[must_use]
    pub fn new(authenticate: Authenticate, sins: Sins) -> Self {
        Self { authenticate, asked: Arc::default(), notes: Arc::default(), sins }
    }

    /// Returns every request with a valid token.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns order and text of each note.
    #[must_use]
    pub fn notes(&self) -> Vec<(String, String)> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the routes.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)))
            .route("/orders/{order_id}", get(order))
            .route("/orders/{order_id}/notes", post(note))
            .with_state(self.clone())
    }

    fn admit(&self, line: String, headers: &HeaderMap, scope: &str) -> Result<(), Problem> {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let Some((subject, scopes)) = bearer.and_then(|token| (self.authenticate)(token)) else {
            self.sins.commit("orders", format!("{line}: a token that is not for this API, or none"));
            return Err(Problem(StatusCode::UNAUTHORIZED, "The token is not valid for this API."));
        };
        if !scopes.iter().any(|own| own == scope) {
            return Err(Problem(StatusCode::FORBIDDEN, "The token lacks a scope."));
        }
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(Asked { line, subject });
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    text: String,
}

async fn order(State(orders): State<Orders>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refusal) = orders.admit(format!("GET /orders/{id}"), &headers, SCOPES[0]) {
        return refusal.into_response();
    }
    match ORDERS.iter().find(|(own, _)| *own == id) {
        Some((id, goods)) => {
            let notes: Vec<_> = orders.notes().into_iter().filter(|(own, _)| own == id).map(|(_, text)| text).collect();
            Json(json!({"order_id": id, "goods": goods, "notes": notes})).into_response()
        }
        None => Problem(StatusCode::NOT_FOUND, "There is no such order.").into_response(),
    }
}

async fn note(
    State(orders): State<Orders>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(note): Json<Note>,
) -> Response {
    if let Err(refusal) = orders.admit(format!("POST /orders/{id}/notes"), &headers, SCOPES[1]) {
        return refusal.into_response();
    }
    if !ORDERS.iter().any(|(own, _)| *own == id) {
        return Problem(StatusCode::NOT_FOUND, "There is no such order.").into_response();
    }
    orders.notes.lock().unwrap_or_else(PoisonError::into_inner).push((id, note.text));
    (StatusCode::CREATED, Json(json!({"added": true}))).into_response()
}

/// A problem of RFC 9457: status and detail.
struct Problem(StatusCode, &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body: Value = json!({"status": self.0.as_u16(), "detail": self.1});
        (self.0, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}
