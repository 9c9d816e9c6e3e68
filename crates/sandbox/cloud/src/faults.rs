//! Faults on demand: any service can be told to fail in one of a closed set of ways.
//! It must never know the protocol of the service that it spoils.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::StreamExt;

/// Longest form that is read to find out whether a fault strikes, in bytes.
const LONGEST_FORM: usize = 256 * 1024;

/// What the other address of [`Fault::Moved`] is known by.
const ELSEWHERE: &str = "elsewhere";

/// A way to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection is dropped without an answer; the request is not carried out.
    Refuse,
    /// No answer ever comes; the request is not carried out.
    Timeout,
    /// The request is carried out, then the connection is dropped without an answer: the caller can't know.
    Lost,
    /// This status with a small JSON body; the request is not carried out.
    Status {
        /// The answer's status.
        code: StatusCode,
        /// Seconds for `Retry-After`; no such header when `None`.
        retry_after: Option<u32>,
    },
    /// The caller is sent to another address (307), where all is well. Who follows takes what it carries to wherever it is told.
    Moved,
    /// This status with this JSON body; the request is not carried out.
    Says {
        /// The answer's status.
        code: StatusCode,
        /// The body.
        body: String,
    },
    /// The request is carried out; the answer has the right status but a body that breaks off in the middle.
    Malformed,
    /// The request is carried out; the answer's body comes one byte at a time.
    SlowDrip {
        /// The pause before each byte, in tokio's time.
        every: Duration,
    },
}

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Until it is cleared.
    Always,
    /// For this many matching requests.
    Next(u32),
}

/// A fault that is set, and when it strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Armed {
    /// What happens.
    pub fault: Fault,
    /// How often it still happens.
    pub times: Times,
    /// Strikes only requests whose `METHOD /path x-amz-target form` contains this text; empty strikes all.
    pub matching: String,
}

/// Which faults are set. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<BTreeMap<String, Armed>>>);

impl Faults {
    /// Sets what befalls every request to `service` from now on; `None` heals it. The last one set wins.
    pub fn set(&self, service: &str, fault: Option<Fault>, times: Times) {
        match fault {
            Some(fault) => self.set_matching(service, "", fault, times),
            None => drop(self.lock().remove(service)),
        }
    }

    /// Like [`Faults::set`], but strikes only requests whose `METHOD /path x-amz-target form` contains `matching`. The form is
    /// the body as it is sent, if it is one: so the grants of a token endpoint can be told apart.
    pub fn set_matching(&self, service: &str, matching: &str, fault: Fault, times: Times) {
        let armed = Armed { fault, times, matching: matching.to_owned() };
        self.lock().insert(service.to_owned(), armed);
    }

    /// Heals every service.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Every fault that is set, by service.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, Armed> {
        self.lock().clone()
    }

    /// The router with its faults before it.
    pub fn wrap(&self, service: &'static str, router: Router) -> Router {
        router.layer(from_fn_with_state((self.clone(), service), inject))
    }

    /// The fault for this request, counted as used.
    fn strike(&self, service: &str, line: &str) -> Option<Fault> {
        let mut faults = self.lock();
        let armed = faults.get_mut(service).filter(|armed| line.contains(&armed.matching))?;
        let fault = armed.fault.clone();
        if let Times::Next(left) = &mut armed.times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                faults.remove(service);
            }
        }
        Some(fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn inject(State((faults, service)): State<(Faults, &'static str)>, request: Request, next: Next) -> Response {
    let elsewhere = request.uri().query().is_some_and(|query| query.ends_with(ELSEWHERE));
    if elsewhere || !faults.lock().contains_key(service) {
        return next.run(request).await;
    }
    let (line, request) = match described(request).await {
        Ok(described) => described,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let Some(fault) = faults.strike(service, &line) else { return next.run(request).await };
    tracing::debug!(service, ?fault, "fault strikes");
    match fault {
        Fault::Refuse => dropped(),
        Fault::Timeout => std::future::pending().await,
        Fault::Lost => {
            drop(next.run(request).await);
            dropped()
        }
        Fault::Status { code, retry_after } => status(code, retry_after),
        Fault::Moved => moved(request.uri()),
        Fault::Says { code, body } => (code, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Fault::Malformed => malformed(next.run(request).await),
        Fault::SlowDrip { every } => slow(next.run(request).await, every),
    }
}

/// What `matching` is looked for in, and the request as it came.
async fn described(request: Request) -> Result<(String, Request), axum::Error> {
    let (parts, body) = request.into_parts();
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let line = format!("{} {} {}", parts.method, parts.uri.path(), header("x-amz-target"));
    if !header("content-type").starts_with("application/x-www-form-urlencoded") {
        return Ok((line, Request::from_parts(parts, body)));
    }
    let form = axum::body::to_bytes(body, LONGEST_FORM).await?;
    let line = format!("{line} {}", String::from_utf8_lossy(&form));
    Ok((line, Request::from_parts(parts, Body::from(form))))
}

/// The server gives up on a connection whose body fails before its first byte, and then nothing has been sent.
fn dropped() -> Response {
    let gone = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
    Response::new(Body::from_stream(futures::stream::iter([Err::<Bytes, _>(gone)])))
}

fn status(code: StatusCode, retry_after: Option<u32>) -> Response {
    let json = (header::CONTENT_TYPE, "application/json");
    let mut response = (code, [json], r#"{"message":"The sandbox was told to fail."}"#).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn moved(from: &Uri) -> Response {
    let query = from.query().map_or_else(|| ELSEWHERE.to_owned(), |query| format!("{query}&{ELSEWHERE}"));
    let to = format!("{}?{query}", from.path());
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
}

fn malformed(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    // A checksum of the whole body would let an AWS client blame the transport and not its parser.
    parts.headers.remove("x-amz-crc32");
    Response::from_parts(parts, Body::from(r#"{"this breaks off":"#))
}

fn slow(response: Response, every: Duration) -> Response {
    let (parts, body) = response.into_parts();
    let bytes = body.into_data_stream().flat_map(move |chunk| {
        let chunk = chunk.unwrap_or_default();
        futures::stream::iter(0..chunk.len()).then(move |at| {
            let byte = chunk.slice(at..=at);
            async move {
                tokio::time::sleep(every).await;
                Ok::<Bytes, std::io::Error>(byte)
            }
        })
    });
    Response::from_parts(parts, Body::from_stream(bytes))
}
