//! The chat page, for an existing conversation or a new one.

use super::{NotFound, SignedOut, set_status};
use crate::api;
use crate::ui::title::page_title;
use crate::ui::{Chat, icons::Brand};
use crate::wire::ApiError;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The page at `/` and `/c/<id>`. The response waits for the data, because the status depends on it.
#[component]
pub fn ChatPage() -> impl IntoView {
    let (params, query) = (use_params_map().get_untracked(), use_query_map().get_untracked());
    let before = query.get("before").and_then(|number| number.parse().ok());
    let (id, older) = (params.get("id"), query.get("older"));
    view! {
        <Suspense>
            {Suspend::new(async move {
                match api::load(id.clone(), before, older).await {
                    Ok(chat) => view! { <Chat chat/> }.into_any(),
                    Err(error) => view! { <Problem error here=id/> }.into_any(),
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
            view! { <SignedOut return_to/> }.into_any()
        }
        ApiError::NotFound | ApiError::Invalid(_) => view! { <NotFound/> }.into_any(),
        error => {
            set_status(&error);
            page_title("Not now · Countersign");
            view! {
                <main class="plain">
                    <Brand/>
                    <h1>"Not now"</h1>
                    <p>{error.to_string()}</p>
                    <p class="row"><a class="btn first" href="">"Try again"</a></p>
                </main>
            }
            .into_any()
        }
    }
}
