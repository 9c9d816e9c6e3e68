//! The middleware of the REST API: user agent, API version, authentication, rate limit, and the record of sins.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sandbox_kit::canary;

use super::GitHub;
use super::api::{self, Caller};
use super::error::{ApiError, Sinful};

/// The only supported API version.
const VERSION: &str = "2022-11-28";

/// The current rate-limit hour, and each account's requests in it.
#[derive(Debug, Default)]
pub(super) struct Window {
    hour: i64,
    used: BTreeMap<u64, u32>,
}

impl Window {
    fn count(&mut self, account: u64, now: i64) -> u32 {
        let hour = now.div_euclid(3600);
        if self.hour != hour {
            *self = Self { hour, used: BTreeMap::new() };
        }
        let used = self.used.entry(account).or_default();
        *used = used.saturating_add(1);
        *used
    }
}

/// The origin that the client addressed, for links.
#[derive(Clone)]
pub(super) struct Base(pub(super) String);

pub(super) async fn pass(State(github): State<GitHub>, mut request: Request, next: Next) -> Response {
    let line = format!("{} {}", request.method(), request.uri().path());
    let host = text(request.headers(), header::HOST.as_str()).unwrap_or("localhost");
    let base = Base(format!("http://{host}"));
    let mut response = match admit(&github, request.headers()) {
        Ok((caller, rate)) => {
            request.extensions_mut().insert(base);
            let scopes = HeaderValue::from_str(&caller.scopes.join(", "));
            request.extensions_mut().insert(caller);
            let mut response = match rate.verdict() {
                Ok(()) => next.run(request).await,
                Err(error) => error.into_response(),
            };
            if let Ok(scopes) = scopes {
                response.headers_mut().insert(HeaderName::from_static("x-oauth-scopes"), scopes);
            }
            rate.describe(response.headers_mut());
            response
        }
        Err(Refused::Agent) => agent_required(),
        Err(Refused::Api(error)) => error.into_response(),
    };
    confess(&github, &line, &mut response);
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-github-api-version-selected"), HeaderValue::from_static(VERSION));
    headers.insert(HeaderName::from_static("x-github-media-type"), HeaderValue::from_static("github.v3; format=json"));
    if let Ok(id) = HeaderValue::from_str(&canary::random(12)) {
        headers.insert(HeaderName::from_static("x-github-request-id"), id);
    }
    response
}

/// Middleware for endpoints with their own authentication: records sins only.
pub(super) async fn record(State(github): State<GitHub>, request: Request, next: Next) -> Response {
    let line = format!("{} {}", request.method(), request.uri().path());
    let mut response = next.run(request).await;
    confess(&github, &line, &mut response);
    response
}

fn confess(github: &GitHub, line: &str, response: &mut Response) {
    if let Some(Sinful(what)) = response.extensions_mut().remove::<Sinful>() {
        github.sin(format!("{line}: {what}"));
    }
}

enum Refused {
    Agent,
    Api(ApiError),
}

struct Rate {
    account: u64,
    limit: u32,
    used: u32,
    /// End of the hour, in seconds since 1970.
    reset: i64,
}

impl Rate {
    fn verdict(&self) -> Result<(), ApiError> {
        if self.used > self.limit { Err(ApiError::rate_limited(self.account)) } else { Ok(()) }
    }

    fn describe(&self, headers: &mut HeaderMap) {
        let numbers = [
            ("x-ratelimit-limit", i64::from(self.limit)),
            ("x-ratelimit-remaining", i64::from(self.limit.saturating_sub(self.used))),
            ("x-ratelimit-used", i64::from(self.used.min(self.limit))),
            ("x-ratelimit-reset", self.reset),
        ];
        for (name, value) in numbers {
            headers.insert(HeaderName::from_static(name), value.into());
        }
        headers.insert(HeaderName::from_static("x-ratelimit-resource"), HeaderValue::from_static("core"));
    }
}

fn admit(github: &GitHub, headers: &HeaderMap) -> Result<(Caller, Rate), Refused> {
    if text(headers, header::USER_AGENT.as_str()).is_none_or(str::is_empty) {
        return Err(Refused::Agent);
    }
    if let Some(other) = text(headers, "x-github-api-version").filter(|version| *version != VERSION) {
        return Err(Refused::Api(ApiError::unsupported_version(other)));
    }
    let caller = api::authenticate(github, headers).map_err(Refused::Api)?;
    let now = github.clock.seconds();
    let mut state = github.lock();
    let (account, limit) = (caller.account, state.requests_per_hour);
    let rate =
        Rate { account, limit, used: state.window.count(account, now), reset: (now.div_euclid(3600) + 1) * 3600 };
    Ok((caller, rate))
}

/// Rejects a request without a user agent, in plain text like GitHub.
fn agent_required() -> Response {
    let text = "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header \
        (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).\r\n";
    let mut response = (StatusCode::FORBIDDEN, text).into_response();
    response.extensions_mut().insert(Sinful("no User-Agent".to_owned()));
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
