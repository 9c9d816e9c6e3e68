//! Fault injection: any service can be made to fail in one of a closed set of ways. Must not depend on the protocol of
//! the service.

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

/// Longest form that is read to match a fault against, in bytes.
const LONGEST_FORM: usize = 256 * 1024;

/// Query suffix that marks a request to the redirect target of [`Fault::Moved`].
const ELSEWHERE: &str = "elsewhere";

/// A way in which a service fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Drops the connection without a response; the request is not executed.
    Refuse,
    /// Never responds; the request is not executed.
    Timeout,
    /// Executes the request, then drops the connection without a response, so that the caller can't know the outcome.
    Lost,
    /// Responds with this status and a small JSON body; the request is not executed.
    Status {
        /// The response status.
        code: StatusCode,
        /// Value of `Retry-After`, in seconds; `None` sends no such header.
        retry_after: Option<u32>,
    },
    /// Redirects (307) to another address where the request succeeds, to catch clients that carry their credentials to
    /// any redirect target.
    Moved,
    /// Responds with this status and this JSON body; the request is not executed.
    Says {
        /// The response status.
        code: StatusCode,
        /// The body.
        body: String,
    },
    /// Executes the request and responds with the right status but a body that breaks off in the middle.
    Malformed,
    /// Executes the request and sends the response body one byte at a time.
    SlowDrip {
        /// Pause before each byte, in tokio's time.
        every: Duration,
    },
}

/// The number of requests that a fault affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Every matching request until the fault is cleared.
    Always,
    /// This many matching requests.
    Next(u32),
}

/// A fault that is set, and the requests that it affects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Armed {
    /// The way of failing.
    pub fault: Fault,
    /// Number of requests still to be affected.
    pub times: Times,
    /// Affects only requests whose `METHOD /path x-amz-target form` contains this text; empty affects all.
    pub matching: String,
}

/// The faults that are set, by service. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<BTreeMap<String, Armed>>>);

impl Faults {
    /// Sets the fault of `service` from now on; `None` clears it. A later call replaces an earlier one.
    pub fn set(&self, service: &str, fault: Option<Fault>, times: Times) {
        match fault {
            Some(fault) => self.set_matching(service, "", fault, times),
            None => drop(self.lock().remove(service)),
        }
    }

    /// Like [`Faults::set`], but affects only requests whose `METHOD /path x-amz-target form` contains `matching`. The
    /// form is the URL-encoded body as sent, so tests can select one grant type of a token endpoint.
    pub fn set_matching(&self, service: &str, matching: &str, fault: Fault, times: Times) {
        let armed = Armed { fault, times, matching: matching.to_owned() };
        self.lock().insert(service.to_owned(), armed);
    }

    /// Clears the faults of every service.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Returns every fault that is set, by service.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, Armed> {
        self.lock().clone()
    }

    /// Wraps a service's router with its faults.
    pub fn wrap(&self, service: &'static str, router: Router) -> Router {
        router.layer(from_fn_with_state((self.clone(), service), inject))
    }

    /// Returns the fault for this request and counts it as used.
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
    tracing::debug!(service, ?fault, "injected a fault");
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

/// Returns the line that `matching` is compared with, and the request unchanged.
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

/// Responds with a body that fails before its first byte: the server then drops the connection without sending
/// anything.
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
    // A checksum of the whole body would let an AWS client blame the transport instead of its parser.
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
