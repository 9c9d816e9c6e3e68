//! GitHub's authorization page. Must never put a value into HTML unescaped.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Account, GitHub};
use sandbox_kit::html::escape;

/// Renders the page on which a person chooses an account or cancels. The browser may be redirected to the origin of
/// `leads_to` after the form.
pub(super) fn question(github: &GitHub, id: &str, scopes: &[String], leads_to: &str) -> Response {
    let accounts: String = github.accounts().iter().map(choice).collect();
    let scopes: String = scopes.iter().map(|scope| format!("<li class=\"mono\">{}</li>", escape(scope))).collect();
    let wants = if scopes.is_empty() {
        "<p>It wants to know who you are.</p>".to_owned()
    } else {
        format!("<p>It wants:</p><ul class=\"call scopes\">{scopes}</ul>")
    };
    let body = format!(
        "<p><b>{}</b> asks to use your account. Choose one; no password is needed here.</p>{wants}\
         <form method=\"post\" action=\"/login/oauth/authorize\">\
         <input type=\"hidden\" name=\"request\" value=\"{}\"><ul class=\"people\">{accounts}</ul>\
         <button class=\"btn quiet\">Cancel</button></form>",
        escape(&github.app.name),
        escape(id),
    );
    show(StatusCode::OK, "Authorize at GitHub", &body, leads_to)
}

pub(super) fn message(status: StatusCode, what: &str) -> Response {
    show(status, "GitHub", &format!("<section class=\"call\"><p>{}</p></section>", escape(what)), "")
}

/// Serves the style sheet that all user-facing pages of the sandbox share.
pub(super) async fn stylesheet() -> impl IntoResponse {
    let css = include_str!("../../../identity/src/pages/sandbox.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], css)
}

fn choice(account: &Account) -> String {
    format!(
        "<li><button class=\"call person\" name=\"account\" value=\"{}\"><span class=\"top\">\
         <span class=\"what\">{}</span><span class=\"chip\">{}</span></span></button></li>",
        account.id,
        escape(&account.name),
        escape(&account.login),
    )
}

fn show(status: StatusCode, title: &str, body: &str, leads_to: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/sandbox.css\">\
         <body><header class=\"banner\">Sandbox: these people and services are made up.</header>\
         <main><h1>{title}</h1>{body}</main></body></html>"
    );
    // Browsers apply `form-action` to redirects after a form as well.
    let origin: String = leads_to.split('/').take(3).collect::<Vec<_>>().join("/");
    let policy = format!(
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {origin}"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy.trim_end()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, html).into_response()
}
