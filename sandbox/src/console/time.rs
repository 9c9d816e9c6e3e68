//! The sandbox's clock, which can be advanced to let something expire.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use jiff::Timestamp;
use serde::Deserialize;

use super::Done;
use super::html::{escape, input, section as framed};
use crate::sandbox::Parts;

pub(super) fn section(parts: &Parts) -> String {
    let form = format!(
        "<p>It is {}.</p><form class=\"row\" method=\"post\" action=\"/clock/advance\">{}\
         <button class=\"btn\">Advance the clock</button></form>",
        escape(&written(parts.clock.millis())),
        input("Seconds", "seconds", "type=\"number\" required value=\"3600\""),
    );
    framed("clock", "Clock", &form)
}

#[derive(Deserialize)]
pub(super) struct Advance {
    seconds: i32,
}

pub(super) async fn advance(State(parts): State<Parts>, Form(form): Form<Advance>) -> Done {
    parts.clock.advance(form.seconds.into());
    Ok(Redirect::to("/#clock"))
}

/// Formats milliseconds since 1970 for a reader.
pub(super) fn written(millis: i64) -> String {
    let at = Timestamp::from_millisecond(millis).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
