//! The frame of every page, and the few pieces that sections are made of. No value gets into HTML unescaped.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
pub(super) use sandbox_kit::html::escape;

/// A whole page; `body` is HTML.
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

/// A section with its heading; `body` is HTML.
pub(super) fn section(id: &str, title: &str, body: &str) -> String {
    let title = escape(title);
    format!("<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>{body}</section>")
}

/// A table of rows whose cells are HTML, or a sentence when there are none.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>], none: &str) -> String {
    if rows.is_empty() {
        return format!("<p class=\"meta\">{}</p>", escape(none));
    }
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{}</th>", escape(head))).collect();
    let cells = |row: &Vec<String>| row.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>();
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>", cells(row))).collect();
    format!("<div class=\"wide\"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>")
}

/// A form of one button; `name` is what it is called, `face` what it shows.
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

/// A labelled input; `attributes` is HTML.
pub(super) fn input(label: &str, name: &str, attributes: &str) -> String {
    format!("<label>{}<input name=\"{name}\" autocomplete=\"off\" {attributes}></label>", escape(label))
}

/// A labelled choice among values, each with what it shows.
pub(super) fn select<'a>(label: &str, name: &str, options: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let option = |(value, face)| format!("<option value=\"{}\">{}</option>", escape(value), escape(face));
    let options: String = options.map(option).collect();
    format!("<label>{}<select name=\"{name}\">{options}</select></label>", escape(label))
}

pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}
