//! The list of conversations: beside the page when it is wide, a sheet that opens when it is narrow.

use super::at_once::AtOnce;
use super::icons::Brand;
use crate::wire::Head;
use leptos::prelude::*;

/// The rail of a wide page.
#[component]
pub(super) fn Rail(heads: Vec<Head>, current: Option<String>) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Conversations">
            <Brand/>
            <Talks heads current/>
        </nav>
    }
    .at_once()
}

/// The conversations, newest first.
#[component]
pub(super) fn Talks(heads: Vec<Head>, current: Option<String>) -> impl IntoView {
    let empty = heads.is_empty();
    view! {
        <a class="btn" href="/">"New conversation"</a>
        {empty.then(|| view! { <small>"Your conversations will be listed here."</small> })}
        <ul class="talks">
            {heads
                .into_iter()
                .map(|head| {
                    let here = (current.as_ref() == Some(&head.id)).then_some("page");
                    view! { <li><a href=format!("/c/{}", head.id) aria-current=here>{head.title}</a></li> }
                })
                .collect_view()}
        </ul>
    }
    .at_once()
}
