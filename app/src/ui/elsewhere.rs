//! Approvals that wait in other conversations, as links.

use super::at_once::AtOnce;
use crate::wire::Waiting;
use leptos::prelude::*;

/// The list; `None` if no approval waits.
pub(super) fn elsewhere(waiting: Vec<Waiting>) -> Option<AnyView> {
    let link = |Waiting { conversation, summary }: Waiting| {
        view! { <li><a href=format!("/c/{conversation}")>{summary}</a></li> }
    };
    (!waiting.is_empty()).then(|| {
        view! {
            <p>"Waiting for your approval in another conversation:"</p>
            <ul>{waiting.into_iter().map(link).collect_view()}</ul>
        }
        .at_once()
    })
}
