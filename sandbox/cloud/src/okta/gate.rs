//! The middleware of every request: rate limit, request id, required `Content-Length`, and the record of sins.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sandbox_kit::canary;

use super::error::{OktaError, Sinful};
use super::{Limits, Okta};

/// The current rate-limit minute, and the requests in it.
#[derive(Debug, Default)]
pub(super) struct Window {
    minute: i64,
    used: u32,
}

/// The origin that the client addressed, for links.
#[derive(Clone)]
pub(super) struct Base(pub(super) String);

struct Rate {
    limit: u32,
    remaining: u32,
    /// End of the minute, in seconds since 1970.
    reset: i64,
    verdict: Verdict,
}

enum Verdict {
    Within,
    Exceeded,
}

impl Window {
    fn count(&mut self, limits: Limits, now: i64) -> Rate {
        let minute = now.div_euclid(60);
        if self.minute != minute {
            *self = Self { minute, used: 0 };
        }
        let limit = limits.requests_per_minute;
        let verdict = if self.used < limit { Verdict::Within } else { Verdict::Exceeded };
        self.used = self.used.saturating_add(1);
        Rate { limit, remaining: limit.saturating_sub(self.used), reset: (minute + 1) * 60, verdict }
    }
}

pub(super) async fn pass(State(okta): State<Okta>, mut request: Request, next: Next) -> Response {
    let line = format!("{} {}", request.method(), request.uri().path());
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let base = Base(format!("http://{host}"));
    request.extensions_mut().insert(base);
    let rate = {
        let mut state = okta.lock();
        let limits = state.limits;
        state.window.count(limits, okta.clock.seconds())
    };
    let mut response = match rate.verdict {
        Verdict::Exceeded => OktaError::rate_limited().into_response(),
        Verdict::Within if lacks_length(&request) => OktaError::length_required(),
        Verdict::Within => next.run(request).await,
    };
    if let Some(Sinful(what)) = response.extensions_mut().remove::<Sinful>() {
        okta.sins.commit("okta", format!("{line}: {what}"));
    }
    describe(response.headers_mut(), &rate);
    response
}

fn lacks_length(request: &Request) -> bool {
    let (method, headers) = (request.method(), request.headers());
    (method == Method::POST || method == Method::PUT)
        && !headers.contains_key(header::CONTENT_LENGTH)
        && !headers.contains_key(header::TRANSFER_ENCODING)
}

fn describe(headers: &mut HeaderMap, rate: &Rate) {
    headers.insert(HeaderName::from_static("x-rate-limit-limit"), rate.limit.into());
    headers.insert(HeaderName::from_static("x-rate-limit-remaining"), rate.remaining.into());
    headers.insert(HeaderName::from_static("x-rate-limit-reset"), rate.reset.into());
    if let Ok(id) = HeaderValue::from_str(&canary::random(20)) {
        headers.insert(HeaderName::from_static("x-okta-request-id"), id);
    }
}
