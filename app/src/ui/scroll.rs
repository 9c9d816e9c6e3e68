//! The scroll area of the log. Its style begins at the end and keeps it in view (`style/frame.css`); this module knows
//! when the reader has left the end, and when the request that waits for them is out of view.

use leptos::prelude::*;

/// Distance from the end, in pixels, from which the reader counts as away.
const AWAY: i32 = 80;

/// The scroll area.
#[derive(Debug, Clone, Copy)]
pub struct Scroller {
    /// Set while the reader is away from the end.
    pub(crate) away: RwSignal<bool>,
    /// Set while the waiting request is out of view.
    pub(crate) hidden: RwSignal<bool>,
}

impl Scroller {
    pub(crate) fn new() -> Self {
        Self { away: RwSignal::new(false), hidden: RwSignal::new(false) }
    }

    /// Looks whenever the reader scrolls, from now on.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn listen(self) {
        use wasm_bindgen::JsCast;
        use wasm_bindgen::closure::Closure;
        let look = Closure::<dyn Fn()>::new(move || self.look()).into_js_value();
        if let Some(pane) = pane() {
            let _ = pane.add_event_listener_with_callback("scroll", look.unchecked_ref());
        }
    }

    /// Shows the end.
    pub(crate) fn to_end(self) {
        if let Some(pane) = pane() {
            pane.set_scroll_top(0);
        }
        self.look();
    }

    /// Looks again at what is in view: after a scroll, and once a change is rendered.
    pub(crate) fn look(self) {
        let Some(pane) = pane() else { return };
        // In a reversed column the end is zero, and positions before it are negative.
        set_if_new(self.away, pane.scroll_top() < -AWAY);
        let card = pane.query_selector(".waits").ok().flatten();
        let hidden = card.is_some_and(|card| {
            let (card, pane) = (card.get_bounding_client_rect(), pane.get_bounding_client_rect());
            card.bottom() < pane.top() + 60.0 || card.top() > pane.bottom() - 60.0
        });
        set_if_new(self.hidden, hidden);
    }

    /// Keeps the distance to the end while `change` adds something at the beginning. The area would do so by itself, but
    /// the browser moves it on to keep the first visible element, which stood still.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn keep_distance(self, change: impl FnOnce()) {
        let place = pane().map(|pane| (pane.scroll_top(), pane));
        change();
        request_animation_frame(move || {
            if let Some((top, pane)) = place {
                pane.set_scroll_top(top);
            }
        });
    }

    /// Looks again whenever `changed` changes.
    pub(crate) fn follow(self, changed: impl Fn() + 'static) {
        Effect::new(move |_| {
            changed();
            request_animation_frame(move || self.look());
        });
    }
}

/// Returns the element.
fn pane() -> Option<web_sys::Element> {
    document().query_selector(".pane").ok().flatten()
}

fn set_if_new(signal: RwSignal<bool>, value: bool) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}
