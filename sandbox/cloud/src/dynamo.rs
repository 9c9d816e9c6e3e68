//! A stand-in for `DynamoDB` on `SQLite`: dynoxide's own server behind a router that records protocol violations
//! (*sins*). Must not depend on the tables' contents.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use dynoxide::Database;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use sandbox_kit::Sins;
use serde_json::{Value, json};

/// Largest error body that is read to describe a sin, in bytes.
const ERROR_LIMIT: usize = 64 * 1024;

/// Errors that a correct client never provokes.
const SINFUL: [&str; 6] = [
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "UnknownOperationException",
    "ValidationException",
];

/// The database could not be opened, or a table not be created.
#[derive(Debug, thiserror::Error)]
#[error("DynamoDB stand-in: {0}")]
pub struct DynamoError(String);

/// A table as [`Dynamo::ensure_table`] creates it: on-demand billing, keys of type string.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The table's name.
    pub name: &'a str,
    /// The partition key's attribute.
    pub partition: &'a str,
    /// The sort key's attribute, if there is one.
    pub sort: Option<&'a str>,
    /// The TTL attribute: an item's expiry, in seconds since 1970.
    pub ttl: &'a str,
}

/// The `DynamoDB` stand-in. Clones share the database; the last one dropped stops its server.
#[derive(Clone)]
pub struct Dynamo(Arc<Inner>);

struct Inner {
    database: Database,
    // dynoxide offers a server on a listener but no router, so this one forwards to it over loopback.
    client: Client<HttpConnector, Body>,
    address: SocketAddr,
    server: tokio::task::AbortHandle,
    sins: Sins,
    /// The number of requests by operation.
    requests: Mutex<BTreeMap<String, u64>>,
}

impl std::fmt::Debug for Dynamo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dynamo").field("address", &self.0.address).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Dynamo {
    /// Opens or creates the `SQLite` file and deletes expired items.
    ///
    /// # Errors
    /// Fails if the file can't be opened or no loopback port is free.
    pub async fn open(path: &Path, sins: Sins) -> Result<Self, DynamoError> {
        let database = Database::new(&path.to_string_lossy()).map_err(error)?;
        database.sweep_ttl().map_err(error)?;
        Self::over(database, sins).await
    }

    /// Creates an in-memory database that is dropped with its last handle.
    ///
    /// # Errors
    /// Fails if no loopback port is free.
    pub async fn in_memory(sins: Sins) -> Result<Self, DynamoError> {
        Self::over(Database::memory().map_err(error)?, sins).await
    }

    /// Creates the table, with its TTL, if it doesn't exist.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub fn ensure_table(&self, table: Table<'_>) -> Result<(), DynamoError> {
        let database = &self.0.database;
        if database.get_table_metadata(table.name).map_err(error)?.is_some() {
            return Ok(());
        }
        let keys = [(table.partition, "HASH")].into_iter().chain(table.sort.map(|sort| (sort, "RANGE")));
        let (schema, attributes): (Vec<Value>, Vec<Value>) = keys
            .map(|(name, kind)| {
                (json!({"AttributeName": name, "KeyType": kind}), json!({"AttributeName": name, "AttributeType": "S"}))
            })
            .unzip();
        let create = json!({"TableName": table.name, "KeySchema": schema, "AttributeDefinitions": attributes,
            "BillingMode": "PAY_PER_REQUEST"});
        let ttl = json!({"TableName": table.name,
            "TimeToLiveSpecification": {"AttributeName": table.ttl, "Enabled": true}});
        database.create_table(serde_json::from_value(create).map_err(error)?).map_err(error)?;
        database.update_time_to_live(serde_json::from_value(ttl).map_err(error)?).map_err(error)?;
        Ok(())
    }

    /// Returns the number of requests so far, by operation (`GetItem`, `PutItem`, …).
    #[must_use]
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the HTTP API: JSON 1.0 as the AWS SDKs speak it.
    pub fn router(&self) -> Router {
        Router::new().fallback(forward).with_state(self.clone())
    }

    async fn over(database: Database, sins: Sins) -> Result<Self, DynamoError> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.map_err(error)?;
        let address = listener.local_addr().map_err(error)?;
        let server = tokio::spawn(dynoxide::server::serve_on(listener, database.clone())).abort_handle();
        let mut connector = HttpConnector::new();
        // Head and body are sent in separate packets; with Nagle's algorithm the second would wait for the first one's
        // acknowledgement.
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self(Arc::new(Inner { database, client, address, server, sins, requests: Mutex::default() })))
    }
}

async fn forward(State(dynamo): State<Dynamo>, mut request: Request) -> Response {
    let Inner { client, address, sins, requests, .. } = &*dynamo.0;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("http://{address}{path}").parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    let operation = target.and_then(|target| target.split('.').next_back()).unwrap_or("no operation").to_owned();
    *requests.lock().unwrap_or_else(PoisonError::into_inner).entry(operation.clone()).or_default() += 1;
    let response = match client.request(request).await {
        Ok(response) => response.map(Body::new),
        Err(problem) => {
            tracing::error!(%problem, "the DynamoDB stand-in did not answer");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    if response.status() == StatusCode::BAD_REQUEST { confess(response, &operation, sins).await } else { response }
}

/// Reads an error's type, records a sin for those in [`SINFUL`], and returns the response unchanged.
async fn confess(response: Response, operation: &str, sins: &Sins) -> Response {
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, ERROR_LIMIT).await.unwrap_or_default();
    let value: Value = serde_json::from_slice(&body).unwrap_or_default();
    let kind = value["__type"].as_str().and_then(|kind| kind.split('#').next_back()).unwrap_or_default();
    if SINFUL.contains(&kind) {
        let message = value["message"].as_str().or(value["Message"].as_str()).unwrap_or_default();
        sins.commit("dynamodb", format!("{operation}: {kind} {message}"));
    }
    Response::from_parts(parts, Body::from(body))
}

fn error(problem: impl std::fmt::Display) -> DynamoError {
    DynamoError(problem.to_string())
}
