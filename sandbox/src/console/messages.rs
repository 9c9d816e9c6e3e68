//! The messages of the push service to browsers.

use super::html::{code, escape, section as framed, table};
use super::time::written;
use crate::sandbox::Parts;

pub(super) fn section(parts: &Parts) -> String {
    let messages = parts.push.messages();
    let rows: Vec<Vec<String>> = (messages.iter().rev())
        .map(|message| {
            let topic = message.topic.as_deref().unwrap_or_default();
            vec![
                escape(&written(message.at)),
                code(&message.id),
                code(&message.text),
                format!("{} s", message.ttl_s),
                escape(topic),
            ]
        })
        .collect();
    let table = table(&["Time", "Browser", "Message", "Kept", "Topic"], &rows, "No browser was notified.");
    framed("messages", "Notifications in browsers", &table)
}
