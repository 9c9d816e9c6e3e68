//! The list of conversations: a column on wide screens, a sheet that opens on narrow ones.

use super::icons::Brand;
use crate::wire::{Chat, Head};
use leptos::prelude::*;

/// The column of wide screens.
#[component]
pub(super) fn Rail(talks: Talks) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Conversations">
            <Brand/>
            {talks.view()}
        </nav>
    }
}

/// One page of the list of conversations, most recently used first.
#[derive(Debug, Clone)]
pub(super) struct Talks {
    heads: Vec<Head>,
    current: Option<String>,
    /// Addresses of the first page of the list, unless this is it, and of the next page.
    newest: Option<String>,
    older: Option<String>,
}

impl Talks {
    /// The list beside a page. Its paging links keep the current conversation open.
    pub(super) fn of(chat: &Chat) -> Self {
        let current = chat.head.as_ref().map(|head| head.id.clone());
        let here = current.as_ref().map_or_else(|| "/".to_owned(), |id| format!("/c/{id}"));
        let older = chat.older.as_ref().map(|place| format!("{here}?older={place}"));
        let newest = chat.listed_after.as_ref().map(|_| here);
        Self { heads: chat.heads.clone(), current, newest, older }
    }

    pub(super) fn view(self) -> AnyView {
        let Self { heads, current, newest, older } = self;
        let empty = heads.is_empty() && newest.is_none();
        let link =
            |href: Option<String>, text: &'static str| href.map(|href| view! { <a class="more" href=href>{text}</a> });
        view! {
            <a class="btn" href="/">"New conversation"</a>
            {empty.then(|| view! { <small>"Your conversations will be listed here."</small> })}
            {link(newest, "Show newest conversations")}
            <ul class="talks">
                {heads
                    .into_iter()
                    .map(|head| {
                        let here = (current.as_ref() == Some(&head.id)).then_some("page");
                        view! { <li><a href=format!("/c/{}", head.id) aria-current=here>{head.title}</a></li> }
                    })
                    .collect_view()}
            </ul>
            {link(older, "Show older conversations")}
        }
        .into_any()
    }
}
