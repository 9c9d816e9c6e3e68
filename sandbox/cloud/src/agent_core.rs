//! A stand-in for the data plane of Amazon Bedrock AgentCore Runtime: `InvokeAgentRuntime` and `StopRuntimeSession` of botocore's
//! model `bedrock-agentcore/2024-02-28`. It proves the caller as a runtime is configured to (a signature, or a token), and
//! forwards to the container what AgentCore forwards. Must not read bodies.
//! (docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html)

mod error;
mod forward;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use sandbox_kit::sigv4::{ALGORITHM, Authorization};
use sandbox_kit::{Sins, canary};

use crate::lambda::Keys;
use error::AgentCoreError;

/// The header with the id of a session.
const SESSION: &str = "x-amzn-bedrock-agentcore-runtime-session-id";

/// Largest payload, in bytes (AgentCore quotas: 100 MB).
const LARGEST_PAYLOAD: usize = 100 * 1024 * 1024;

/// Decides whether a bearer token is valid for a runtime.
pub type TokenCheck = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The proof that a runtime asks of its callers.
#[derive(Clone)]
pub enum Inbound {
    /// A signature of AWS. The container does not learn whose.
    Iam,
    /// A token that `customJWTAuthorizer` accepts. It reaches the container, as an allowlisted `Authorization`.
    Jwt(TokenCheck),
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iam => "Iam",
            Self::Jwt(_) => "Jwt",
        })
    }
}

/// A runtime: a container with an ARN.
#[derive(Clone)]
struct Runtime {
    container: String,
    inbound: Inbound,
    /// `metadataConfiguration.requireMMDSV2`, without which nothing can be invoked.
    requires_mmds_v2: bool,
}

/// The stand-in. Clones share its runtimes.
#[derive(Clone)]
pub struct AgentCore {
    keys: Keys,
    runtimes: Arc<Mutex<BTreeMap<String, Runtime>>>,
    http: Client<HttpConnector, Body>,
    sins: Sins,
}

impl fmt::Debug for AgentCore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentCore").field("runtimes", &self.runtimes().len()).finish_non_exhaustive()
    }
}

impl AgentCore {
    /// Creates a stand-in without a runtime. `keys` may sign requests.
    #[must_use]
    pub fn new(keys: Keys, sins: Sins) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let http = Client::builder(TokioExecutor::new()).build(connector);
        Self { keys, runtimes: Arc::default(), http, sins }
    }

    /// Hosts the container at `url`, without a trailing slash, and returns the ARN of its runtime.
    pub fn host(&self, name: &str, url: &str, inbound: Inbound) -> String {
        self.hosted(name, Runtime { container: url.to_owned(), inbound, requires_mmds_v2: true })
    }

    /// Hosts a container whose runtime was created without `requireMMDSV2`.
    pub fn host_without_mmds_v2(&self, name: &str, url: &str, inbound: Inbound) -> String {
        self.hosted(name, Runtime { container: url.to_owned(), inbound, requires_mmds_v2: false })
    }

    fn hosted(&self, name: &str, runtime: Runtime) -> String {
        let arn = format!("arn:aws:bedrock-agentcore:{}:000000000000:runtime/{name}-sandbox000", self.keys.region);
        self.runtimes().insert(arn.clone(), runtime);
        arn
    }

    fn runtimes(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Runtime>> {
        self.runtimes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the routes of the API.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/runtimes/{arn}/invocations", post(invoke))
            .route("/runtimes/{arn}/stopruntimesession", post(stop))
            .with_state(self.clone())
    }

    /// Returns the runtime of a request whose caller is proved, and the body.
    async fn admitted(&self, arn: &str, parts: &Parts, body: Body) -> Result<(Runtime, Vec<u8>), AgentCoreError> {
        let body = axum::body::to_bytes(body, LARGEST_PAYLOAD).await.map_err(|_| AgentCoreError::TooLarge)?;
        let runtime = self.runtimes().get(arn).cloned().ok_or_else(|| AgentCoreError::NoRuntime(arn.to_owned()))?;
        match &runtime.inbound {
            Inbound::Iam => self.signed(parts, &body)?,
            Inbound::Jwt(check) => {
                let token = text(&parts.headers, "authorization").strip_prefix("Bearer ");
                if !token.is_some_and(|token| check(token)) {
                    return Err(AgentCoreError::Unauthorized);
                }
            }
        }
        if !matches!(parts.uri.query(), None | Some("qualifier=DEFAULT")) {
            return Err(AgentCoreError::NoRuntime(format!("{arn} with this qualifier")));
        }
        if !runtime.requires_mmds_v2 {
            return Err(AgentCoreError::NotMmdsV2);
        }
        Ok((runtime, body.to_vec()))
    }

    fn signed(&self, parts: &Parts, body: &[u8]) -> Result<(), AgentCoreError> {
        let rest = text(&parts.headers, "authorization").strip_prefix(ALGORITHM).map(str::trim_start);
        let signed = rest.and_then(Authorization::parse).ok_or(AgentCoreError::Denied)?;
        let date = text(&parts.headers, "x-amz-date");
        let covered = |name: &str| signed.signed_headers.split(';').any(|own| own == name);
        let scope = signed.service == "bedrock-agentcore" && signed.region == self.keys.region;
        let own = signed.access_key == self.keys.access_key && date.starts_with(signed.day) && covered("host");
        if scope && own && signed.is_signed_by(&self.keys.secret_key, date, parts, body) {
            Ok(())
        } else {
            Err(AgentCoreError::Denied)
        }
    }

    async fn invoke(&self, arn: &str, parts: &Parts, body: Body) -> Result<Response, AgentCoreError> {
        let (runtime, body) = self.admitted(arn, parts, body).await?;
        let session = session(&parts.headers)?.unwrap_or_else(|| canary::random(40));
        let request = forward::request(&runtime, parts, &session, body)?;
        let answer = self.http.request(request).await.map_err(|_| AgentCoreError::Unreachable)?;
        forward::answer(answer.map(Body::new), &session)
    }

    async fn stop(&self, arn: &str, parts: &Parts, body: Body) -> Result<Response, AgentCoreError> {
        self.admitted(arn, parts, body).await?;
        let session = session(&parts.headers)?.ok_or(AgentCoreError::Session)?;
        Ok(([(SESSION, session)], axum::Json(serde_json::json!({}))).into_response())
    }

    fn told(&self, result: Result<Response, AgentCoreError>) -> Response {
        result.unwrap_or_else(|error| {
            if error.is_sin() {
                self.sins.commit("agentcore", error.to_string());
            }
            error.into_response()
        })
    }
}

/// Returns the id of the session, 33 to 256 characters (`SessionType`); AgentCore makes one up for who sends none.
fn session(headers: &HeaderMap) -> Result<Option<String>, AgentCoreError> {
    match text(headers, SESSION) {
        "" if !headers.contains_key(SESSION) => Ok(None),
        id if (33..=256).contains(&id.len()) => Ok(Some(id.to_owned())),
        _ => Err(AgentCoreError::Session),
    }
}

fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn invoke(State(own): State<AgentCore>, Path(arn): Path<String>, parts: Parts, body: Body) -> Response {
    own.told(own.invoke(&arn, &parts, body).await)
}

async fn stop(State(own): State<AgentCore>, Path(arn): Path<String>, parts: Parts, body: Body) -> Response {
    own.told(own.stop(&arn, &parts, body).await)
}
