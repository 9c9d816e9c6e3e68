//! The faults of the services.

use std::time::Duration;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Redirect;
use sandbox_cloud::{Fault, Times};
use serde::Deserialize;

use super::html::{button, code, escape, input, section as framed, select, table};
use super::{Done, Refused};
use crate::sandbox::{Parts, SERVICES};

const KINDS: [(&str, &str); 6] = [
    ("refuse", "Refuse the connection"),
    ("timeout", "Never answer"),
    ("lost", "Carry out the request, then lose the answer"),
    ("status", "Answer with a status"),
    ("malformed", "Break off in the body"),
    ("slow-drip", "Send the body slowly"),
];

pub(super) fn section(parts: &Parts) -> String {
    let faults = parts.faults.all();
    let rows: Vec<Vec<String>> = (faults.iter())
        .map(|(service, armed)| {
            let heal =
                button("/faults/clear", &format!("Clear the fault of {service}"), "Clear", &[("service", service)]);
            let times = match armed.times {
                Times::Always => "always".to_owned(),
                Times::Next(times) => format!("{times} more"),
            };
            vec![escape(service), escape(&format!("{:?}", armed.fault)), times, code(&armed.matching), heal]
        })
        .collect();
    let form = format!(
        "<form class=\"row\" method=\"post\" action=\"/faults/set\">{}{}{}{}{}{}<button class=\"btn first\">Set fault</button></form>",
        select("Service", "service", SERVICES.iter().map(|service| (*service, *service))),
        select("Fault", "kind", KINDS.into_iter()),
        input("Status", "status", "type=\"number\" min=\"400\" max=\"599\" value=\"503\" required"),
        input("Retry after (seconds)", "retry_after", "type=\"number\" min=\"0\""),
        input("Times (empty: always)", "times", "type=\"number\" min=\"1\""),
        input("Only requests containing", "matching", ""),
    );
    let body = table(&["Service", "Fault", "Times", "Requests", ""], &rows, "No faults are set.") + &form;
    framed("faults", "Faults", &body)
}

/// The form as browsers send it: an empty field is an empty string.
#[derive(Deserialize)]
pub(super) struct Setting {
    service: String,
    kind: String,
    status: u16,
    #[serde(default)]
    retry_after: String,
    #[serde(default)]
    times: String,
    #[serde(default)]
    matching: String,
}

pub(super) async fn set(State(parts): State<Parts>, Form(form): Form<Setting>) -> Done {
    if !SERVICES.contains(&form.service.as_str()) {
        return Err(Refused(format!("There is no service {}.", form.service)));
    }
    let fault = match form.kind.as_str() {
        "refuse" => Fault::Refuse,
        "timeout" => Fault::Timeout,
        "lost" => Fault::Lost,
        "status" => Fault::Status { code: StatusCode::from_u16(form.status)?, retry_after: number(&form.retry_after)? },
        "malformed" => Fault::Malformed,
        "slow-drip" => Fault::SlowDrip { every: Duration::from_millis(50) },
        other => return Err(Refused(format!("There is no kind of fault {other}."))),
    };
    let times = number(&form.times)?.map_or(Times::Always, Times::Next);
    parts.faults.set_matching(&form.service, &form.matching, fault, times);
    Ok(Redirect::to("/#faults"))
}

#[derive(Deserialize)]
pub(super) struct Healing {
    service: String,
}

pub(super) async fn clear(State(parts): State<Parts>, Form(form): Form<Healing>) -> Done {
    parts.faults.set(&form.service, None, Times::Always);
    Ok(Redirect::to("/#faults"))
}

fn number(text: &str) -> Result<Option<u32>, std::num::ParseIntError> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}
