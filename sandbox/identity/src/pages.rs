//! The provider's pages, without scripts except on the phone. Must never put an unescaped value into HTML.

pub(crate) mod connect;
pub(crate) mod consent;
pub(crate) mod phone;
pub(crate) mod sign_in;
pub(crate) mod sign_out;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::settings::Settings;
pub(crate) use sandbox_kit::html::escape;

const BRAND: &str = "<div class=\"brand\"><svg viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" \
    stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\">\
    <path d=\"M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6z\"/></svg>Identity provider</div>";

/// A complete page; `body` is HTML.
pub(crate) struct Page<'a> {
    pub(crate) status: StatusCode,
    pub(crate) title: &'a str,
    pub(crate) body: String,
    /// Additional target allowed for forms. Browsers apply `form-action` to redirects after a form submission as well.
    pub(crate) leads_to: Option<&'a str>,
    pub(crate) refresh: Refresh,
}

/// Updates of a displayed page.
#[derive(Clone, Copy)]
pub(crate) enum Refresh {
    /// The page is static.
    None,
    /// This script below the issuer updates the page; without scripting the browser reloads it every five seconds.
    Script(&'static str),
}

impl Page<'_> {
    pub(crate) fn show(&self, settings: &Settings) -> Response {
        let (script, script_policy) = match self.refresh {
            Refresh::None => (String::new(), ""),
            Refresh::Script(name) => {
                let tags = format!(
                    "<script src=\"{}\" defer></script>\
                     <noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>",
                    escape(&path(&settings.issuer, name))
                );
                (tags, "script-src 'self'; connect-src 'self'; ")
            }
        };
        let html = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title}</title><link rel=\"stylesheet\" href=\"{css}\">{script}\
             <body><header class=\"banner\">Sandbox: these people and services are made up.</header>\
             <main>{BRAND}<h1>{title}</h1>{body}</main></body></html>",
            title = escape(self.title),
            css = escape(&path(&settings.issuer, "sandbox.css")),
            body = self.body,
        );
        let way_out = self.leads_to.and_then(|url| Url::parse(url).ok()).map(|url| url.origin().ascii_serialization());
        let policy = format!(
            "default-src 'none'; style-src 'self'; {script_policy}base-uri 'none'; frame-ancestors 'none'; form-action 'self' {}",
            way_out.unwrap_or_default()
        );
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, policy.trim_end()),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
        ];
        (self.status, headers, html).into_response()
    }
}

/// Returns the error page for a request without a trusted redirect target.
pub(crate) fn error(settings: &Settings, what: &str) -> Response {
    let body = format!("<section class=\"call\"><p>{}</p></section>", escape(what));
    Page {
        status: StatusCode::BAD_REQUEST,
        title: "Something went wrong",
        body,
        leads_to: None,
        refresh: Refresh::None,
    }
    .show(settings)
}

/// Returns a 302 redirect, which Auth0 uses after both GET and POST.
pub(crate) fn redirect(url: &str) -> Response {
    (StatusCode::FOUND, [(LOCATION, url), (CACHE_CONTROL, "no-store")]).into_response()
}

pub(crate) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

pub(crate) async fn stylesheet() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("pages/sandbox.css"))
}

/// Returns the path of a resource below the issuer, for links and cookies.
pub(crate) fn path(issuer: &str, below: &str) -> String {
    let root = Url::parse(issuer).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned());
    format!("{root}{below}")
}
