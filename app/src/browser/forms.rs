//! Sends the forms of the log without leaving the page. Without the program they are plain forms. Those that lead to another
//! page or server have no mark.

use crate::api;
use crate::ui::attempt::attempt;
use crate::wire::ApiError;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlFormElement};

/// The mark of a form whose result the log shows.
const LIVE: &str = "form[data-live]";
/// The mark of the button that sends a message again that was not sent.
const RETRY: &str = "[data-retry]";

/// Sends what is pressed from now on.
pub(super) fn listen(problem: RwSignal<Option<ApiError>>, again: RwSignal<u32>) {
    window_event_listener(leptos::ev::submit, move |event| {
        let form = pressed(&event, LIVE).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form {
            event.prevent_default();
            attempt(problem, async move { api::submit(&form).await });
        }
    });
    window_event_listener(leptos::ev::click, move |event| {
        if pressed(&event, RETRY).is_some() {
            again.update(|again| *again += 1);
        }
    });
}

/// Returns the element with the mark that the event happened in.
pub(super) fn pressed(event: &Event, mark: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(mark).ok()?
}
