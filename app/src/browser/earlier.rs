//! Puts earlier turns in above those of the page.

use super::forms::pressed;
use super::log;
use crate::api;
use crate::ui::scroll::Scroller;
use crate::wire::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The mark of the link, with the number of the event to which the earlier turns lead.
const BEFORE: &str = "data-before";

/// Follows the link in place from now on.
pub(super) fn listen(conversation: String, problem: RwSignal<Option<ApiError>>, scroller: Scroller) {
    window_event_listener(leptos::ev::click, move |event| {
        let link = pressed(&event, "[data-before]");
        let Some(before) = link.and_then(|link| link.get_attribute(BEFORE)?.parse().ok()) else { return };
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        let conversation = conversation.clone();
        spawn_local(async move {
            match api::earlier(&conversation, before).await {
                Ok(page) => {
                    problem.set(None);
                    scroller.keep_distance(|| log::put_earlier(&conversation, before, &page));
                }
                Err(error) => problem.set(Some(error)),
            }
        });
    });
}
