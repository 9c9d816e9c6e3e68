//! The form for a message. It is a plain form and posts without WebAssembly; with WebAssembly, Enter sends, and a
//! rejected text stays in the box.

use super::at_once::AtOnce;
use super::kept;
use crate::api;
use crate::wire::{ApiError, Posted, Talk};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The composer of a page; it starts a conversation or continues one. It shows `above` and the error `problem` above
/// the form.
#[component]
pub(super) fn Composer(talk: Talk, above: AnyView, problem: RwSignal<Option<ApiError>>) -> impl IntoView {
    let area = NodeRef::<Textarea>::new();
    let client_id = RwSignal::new(talk.client_id.clone());
    let sending = RwSignal::new(false);
    let draft = kept::Draft::of(talk.conversation.as_deref());
    draft.keep(area);
    let here = talk.conversation.as_ref().map_or_else(|| "/".to_owned(), |id| format!("/c/{id}"));
    let begins = talk.conversation.is_none();
    let (endpoint, conversation) = match talk.conversation {
        Some(id) => ("/api/chat/post", id),
        None => ("/api/chat/start", talk.fresh),
    };
    let target = conversation.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(area) = area.get_untracked() else { return };
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let (target, text, id) = (target.clone(), area.value(), client_id.get_untracked());
        let draft = draft.clone();
        spawn_local(async move {
            match send(begins, target, text, id).await {
                Ok(posted) => {
                    client_id.set(posted.next_client_id);
                    problem.set(None);
                    draft.forget();
                    area.set_value("");
                }
                Err(error) => problem.set(Some(error)),
            }
            let _ = area.focus();
            sending.set(false);
        });
    };
    view! {
        <div class="dock">
            {above}
            <div class="problem" role="alert">
                {move || problem.get().map(|error| sentence(error, &here))}
            </div>
            <form method="post" action=endpoint on:submit=submit>
                <input type="hidden" name="conversation" value=conversation/>
                <input type="hidden" name="client_id" prop:value=client_id value=talk.client_id/>
                <div class="box">
                    <textarea node_ref=area name="text" rows="1" aria-label="Message" autocomplete="off"
                        placeholder="Ask for help, or say what to do"
                        on:keydown=move |event| on_key(&event, area)></textarea>
                    <button class="btn first" type="submit" disabled=sending>"Send"</button>
                </div>
            </form>
        </div>
    }
    .at_once()
}

async fn send(begins: bool, conversation: String, text: String, client_id: String) -> Result<Posted, ApiError> {
    if begins {
        api::start(conversation, text, client_id).await
    } else {
        api::post(conversation, text, client_id).await
    }
}

/// Sends on Enter, except with Shift or while an input method composes a word.
fn on_key(event: &KeyboardEvent, area: NodeRef<Textarea>) {
    if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
        event.prevent_default();
        if let Some(form) = area.get_untracked().and_then(|area| area.form()) {
            let _ = form.request_submit();
        }
    }
}

/// The error text; for a signed-out person with a sign-in link that returns to this page.
fn sentence(error: ApiError, here: &str) -> AnyView {
    let way_back = (error == ApiError::SignedOut).then(|| format!("/auth/login?return_to={here}"));
    view! {
        <p>
            {error.to_string()}
            {way_back.map(|href| view! { " "<a href=href>"Sign in"</a> })}
        </p>
    }
    .at_once()
}
