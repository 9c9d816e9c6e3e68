//! The chat page, for an existing conversation or a new one.

use super::{NotFound, SignedOut, set_status};
use crate::api;
use crate::ui::at_once::AtOnce;
use crate::ui::title::page_title;
use crate::ui::{Chat, icons::Brand};
use crate::wire::{ApiError, Json};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// Waits for the data before the response starts, because the status depends on it.
const BLOCKING: bool = true;

/// The page at `/` and `/c/<id>`.
#[component]
pub fn ChatPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")));
    let before = Memo::new(move |_| query.with(|query| query.get("before").and_then(|number| number.parse().ok())));
    let older = Memo::new(move |_| query.with(|query| query.get("older")));
    let page = Resource::<_, Json>::new_with_options(
        move || (id.get(), before.get(), older.get()),
        |(id, before, older)| api::load(id, before, older),
        BLOCKING,
    );
    view! {
        <Suspense fallback=|| view! { <p class="plain" role="status">"Loading…"</p> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(chat) => view! { <Chat chat/> }.at_once(),
                    Err(error) => view! { <Problem error here=id.get_untracked()/> }.at_once(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Problem(error: ApiError, here: Option<String>) -> impl IntoView {
    match error {
        ApiError::SignedOut => {
            let return_to = here.map_or_else(|| "/".to_owned(), |id| format!("/c/{id}"));
            view! { <SignedOut return_to/> }.at_once()
        }
        ApiError::NotFound | ApiError::Invalid(_) => view! { <NotFound/> }.at_once(),
        error => {
            set_status(&error);
            page_title(|| "Not now · Countersign".to_owned());
            view! {
                <main class="plain">
                    <Brand/>
                    <h1>"Not now"</h1>
                    <p>{error.to_string()}</p>
                    <p class="row"><a class="btn first" href="" rel="external">"Try again"</a></p>
                </main>
            }
            .at_once()
        }
    }
}
