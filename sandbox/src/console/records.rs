//! The records: changes in Okta, requests to the model, and protocol violations (sins).

use sandbox_cloud::okta::Bearer;

use super::html::{code, escape, section, table};
use super::time::written;
use crate::sandbox::Parts;

/// Number of requests to the model that are shown, the latest first.
const SHOWN: usize = 20;

pub(super) fn effects(parts: &Parts) -> String {
    let effects = parts.okta.effects();
    let rows: Vec<Vec<String>> = (effects.iter().rev())
        .map(|effect| {
            let what = escape(&format!("{:?}", effect.what));
            let token = match effect.bearer {
                Bearer::Service => "of the application",
                Bearer::Person => "of the person",
            };
            vec![escape(&written(effect.at)), what, escape(&effect.whom), code(&effect.by), escape(token)]
        })
        .collect();
    section(
        "effects",
        "Okta effects",
        &table(&["Time", "Action", "User", "Actor", "Token"], &rows, "No user was changed."),
    )
}

pub(super) fn model(parts: &Parts) -> String {
    let requests = parts.bedrock.requests();
    let shown: String = (requests.iter().rev().take(SHOWN))
        .map(|request| {
            let kind = if request.streaming { "ConverseStream" } else { "Converse" };
            let body = serde_json::to_string_pretty(&request.body).unwrap_or_default();
            format!(
                "<details><summary>{} {kind} {}</summary><pre>{}</pre></details>",
                escape(&written(request.at)),
                code(&request.model_id),
                escape(&body),
            )
        })
        .collect();
    let none = "<p class=\"meta\">No request was sent to the model.</p>";
    let note =
        "<p class=\"meta\">The model is scripted: it chooses its calls by the tools and words in the request.</p>";
    section("model", "Sent to the model", &format!("{note}{}", if shown.is_empty() { none } else { &shown }))
}

pub(super) fn sins(parts: &Parts) -> String {
    let sins = parts.sins.all();
    let rows: Vec<Vec<String>> = sins.iter().rev().map(|sin| vec![escape(sin.service), escape(&sin.what)]).collect();
    section("sins", "Protocol sins", &table(&["Service", "Sin"], &rows, "None."))
}
