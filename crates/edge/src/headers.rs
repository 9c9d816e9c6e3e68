//! Security headers. Pages get a content security policy with a nonce; all other answers get one that allows only our
//! own style sheet.

use crate::assets;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use oidc::RelyingParty;
use std::sync::Arc;
use system::random;
use url::Url;

/// The settings that the headers depend on.
#[derive(Debug, Clone)]
pub struct Headers {
    /// The transport by which browsers reach the application.
    pub transport: Transport,
    /// The provider, on whose page a sign-out ends.
    pub provider: Arc<RelyingParty>,
}

impl Headers {
    /// Returns the origin to which a sign-out redirects: that of the discovered end-session endpoint, which at some
    /// providers (Cognito) is not the issuer's; until the discovery, the issuer's.
    fn logout_origin(&self) -> Option<String> {
        let issuer = || Url::parse(self.provider.issuer()).ok().map(|url| url.origin().ascii_serialization());
        self.provider.discovery().end_session_origin().or_else(issuer)
    }
}

/// The nonce of one page, made before the page, so that the header and the scripts cannot differ.
#[derive(Debug, Clone)]
pub struct PageNonce(pub String);

/// The transport by which browsers reach the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// TLS; browsers are told to insist on it (`Strict-Transport-Security`).
    Tls,
    /// Plain HTTP on loopback.
    Loopback,
}

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // A form without script returns to its page by the `Referer`, so our own origin receives it.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

/// The policy of everything but pages with a nonce. Small pages of the edge need only our own style sheet.
const STRICT: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The public files outside `/pkg/`.
const FILES: [&str; 4] = ["/favicon.svg", "/manifest.webmanifest", "/robots.txt", "/sw.js"];

/// Returns the policy of a page whose scripts carry `nonce`. `logout` is the origin to which a sign-out redirects.
#[must_use]
pub fn page_policy(nonce: &str, logout: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self' {logout}; \
         frame-ancestors 'none'"
    )
}

/// The time for which a browser may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// For good: another content has another address.
    Always,
    /// Until the server says that there is a new one, which the browser asks each time.
    WhileCurrent,
    /// Pages and answers are never stored.
    Never,
}

impl Kept {
    fn of(path: &str) -> Self {
        match path {
            path if assets::is_versioned(path) => Self::Always,
            path if path.starts_with("/pkg/") || FILES.contains(&path) => Self::WhileCurrent,
            _ => Self::Never,
        }
    }

    const fn directive(self) -> &'static str {
        match self {
            Self::Always => "public, max-age=31536000, immutable",
            Self::WhileCurrent => "no-cache",
            Self::Never => "no-store",
        }
    }
}

/// Adds the headers that every answer carries.
pub async fn add(State(settings): State<Headers>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let file = Kept::of(path);
    // Without randomness there is no nonce, and without a nonce no script runs: the page still works without script.
    let nonce = random::text().ok();
    if let Some(nonce) = &nonce {
        request.extensions_mut().insert(PageNonce(nonce.clone()));
    }
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy = nonce.filter(|_| page).and_then(|nonce| {
        let logout = settings.logout_origin().unwrap_or_default();
        HeaderValue::from_str(&page_policy(&nonce, &logout)).ok()
    });
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.unwrap_or(HeaderValue::from_static(STRICT)));
    let kept = if status.is_success() || status == StatusCode::NOT_MODIFIED { file } else { Kept::Never };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept.directive()));
    if settings.transport == Transport::Tls {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    response
}
