//! The layout of every page and the elements of its sections. Must never put a value into HTML unescaped.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
pub(super) use sandbox_kit::html::escape;

/// Renders a whole page; `body` is HTML.
pub(super) fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Sandbox console</title>\
         <link rel=\"stylesheet\" href=\"/sandbox.css\">\
         <body><p class=\"banner\">Sandbox: these people and services are made up.</p>\
         <main><header class=\"top\"><h1>Sandbox console</h1><a class=\"btn\" href=\"/\">Refresh</a></header>{body}</main>\
         </body></html>"
    );
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, html).into_response()
}

/// Renders a section with its heading; `body` is HTML.
pub(super) fn section(id: &str, title: &str, body: &str) -> String {
    let title = escape(title);
    format!("<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>{body}</section>")
}

/// Renders a table of rows whose cells are HTML, or the sentence `none` without rows.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>], none: &str) -> String {
    if rows.is_empty() {
        return format!("<p class=\"meta\">{}</p>", escape(none));
    }
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{}</th>", escape(head))).collect();
    let cells = |row: &Vec<String>| row.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>();
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>", cells(row))).collect();
    format!("<div class=\"wide\"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>")
}

/// Renders a form of one button; `name` is its accessible name, `face` its visible text.
pub(super) fn button(action: &str, name: &str, face: &str, fields: &[(&str, &str)]) -> String {
    let hidden = |(name, value): &(&str, &str)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
    };
    let fields: String = fields.iter().map(hidden).collect();
    format!(
        "<form method=\"post\" action=\"{action}\">{fields}<button class=\"btn\" aria-label=\"{}\">{}</button></form>",
        escape(name),
        escape(face),
    )
}

/// Renders a labelled input; `attributes` is HTML.
pub(super) fn input(label: &str, name: &str, attributes: &str) -> String {
    format!("<label>{}<input name=\"{name}\" autocomplete=\"off\" {attributes}></label>", escape(label))
}

/// Renders a labelled selection; each option is a value and its visible text.
pub(super) fn select<'a>(label: &str, name: &str, options: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let option = |(value, face)| format!("<option value=\"{}\">{}</option>", escape(value), escape(face));
    let options: String = options.map(option).collect();
    format!("<label>{}<select name=\"{name}\">{options}</select></label>", escape(label))
}

pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}
