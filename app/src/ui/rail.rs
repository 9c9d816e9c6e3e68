//! The list of conversations: beside the page when it is wide, a sheet that opens when it is narrow.

use super::icons::Brand;
use crate::wire::Head;
use leptos::prelude::*;
use leptos_router::components::A;

/// The rail of a wide page.
#[component]
pub(super) fn Rail(heads: Vec<Head>, current: Option<String>) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Conversations">
            <Brand/>
            <Talks heads current/>
        </nav>
    }
    .into_any()
}

/// The conversations, newest first.
#[component]
pub(super) fn Talks(heads: Vec<Head>, current: Option<String>) -> impl IntoView {
    let empty = heads.is_empty();
    view! {
        <A href="/" attr:class="btn">"New conversation"</A>
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
    .into_any()
}
