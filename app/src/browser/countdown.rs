//! Counts down the time that is left to answer, by the server's clock. An element with `data-until` shows it.

use crate::texts::texts;
use crate::ui::time_left::{LATE, shown, spoken};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Returns how many milliseconds the reader's clock is ahead of `server`.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
pub(super) fn ahead_of(server: i64) -> i64 {
    js_sys::Date::now() as i64 - server
}

/// Writes the time left, every second from now on. The reader's clock is `ahead` of the server's.
pub(super) fn start(ahead: i64) {
    let tick = move || {
        let Ok(all) = document().query_selector_all("[data-until]") else { return };
        for element in (0..all.length()).filter_map(|place| all.item(place)?.dyn_into::<Element>().ok()) {
            let until = element.get_attribute("data-until").and_then(|until| until.parse::<i64>().ok());
            write(&element, until.map_or(0, |until| ((ahead - ahead_of(until)) / 1000).max(0)));
        }
    };
    tick();
    set_interval(tick, Duration::from_secs(1));
}

fn write(element: &Element, left: i64) {
    if element.tag_name() == "PROGRESS" {
        let _ = element.set_attribute("value", &left.to_string());
        let _ = element.class_list().toggle_with_force("late", left < LATE);
    } else {
        let t = texts();
        element.set_text_content(Some(&shown(left, t)));
        let _ = element.set_attribute("aria-label", &spoken(left, t));
    }
}
