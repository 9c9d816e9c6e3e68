//! What waits for the person's yes in other conversations, and the way there.

use super::at_once::AtOnce;
use crate::wire::Waiting;
use leptos::prelude::*;

/// The list; nothing when nothing waits.
pub(super) fn elsewhere(waiting: Vec<Waiting>) -> Option<AnyView> {
    let link = |Waiting { conversation, summary }: Waiting| {
        view! { <li><a href=format!("/c/{conversation}")>{summary}</a></li> }
    };
    (!waiting.is_empty()).then(|| {
        view! {
            <p>"In another conversation your approval is waited for:"</p>
            <ul>{waiting.into_iter().map(link).collect_view()}</ul>
        }
        .at_once()
    })
}
