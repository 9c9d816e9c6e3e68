//! The pending push notifications, each with a link to the phone.

use sandbox_identity::PushState;
use sandbox_kit::Phone;

use super::html::{escape, section as framed, table};
use super::time::written;
use crate::sandbox::Parts;

pub(super) fn section(parts: &Parts) -> String {
    let pushes = parts.provider.pushes();
    let waiting = pushes.iter().filter(|push| push.state == PushState::Pending);
    let rows: Vec<Vec<String>> = waiting
        .map(|push| {
            let who = parts.people.by_sub(&push.sub).map_or(push.sub.as_str(), |person| person.name.as_str());
            vec![
                escape(who),
                escape(&push.binding_message),
                escape(&written(push.expires_at * 1000)),
                link(&parts.provider.phone_url(&push.sub), "Open", &format!("Open the phone of {who}")),
            ]
        })
        .collect();
    let phones: String = (parts.people.iter())
        .filter(|person| person.phone == Phone::Enrolled)
        .map(|person| link(&parts.provider.phone_url(&person.sub), &format!("Phone of {}", person.name), ""))
        .collect();
    let body = table(&["Person", "Request", "Expires", ""], &rows, "No requests are waiting.");
    framed("pushes", "Waiting on phones", &format!("{body}<div class=\"row\">{phones}</div>"))
}

/// Renders a link in the style of a button; `name` is its accessible name, if different from its visible text `face`.
fn link(url: &str, face: &str, name: &str) -> String {
    let name = if name.is_empty() { String::new() } else { format!(" aria-label=\"{}\"", escape(name)) };
    format!("<a class=\"btn\" href=\"{}\"{name}>{}</a>", escape(url), escape(face))
}
