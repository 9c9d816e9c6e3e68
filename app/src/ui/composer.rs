//! Where the person writes. A plain form, so it posts without WebAssembly; with it, Enter sends, and a text that was not
//! taken stays in the box.

use super::kept;
use crate::wire::{ApiError, Chat, Posted};
use leptos::form::ActionForm;
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::server_fn::{Http, ServerFn, client::Client, codec::PostUrl, request::ClientReq};
use serde::de::DeserializeOwned;
use web_sys::FormData;

/// The form of one of the two posting functions.
#[component]
pub(super) fn Composer<F, O>(
    /// What posts: `chat/start` or `chat/post`.
    action: ServerAction<F>,
    /// The conversation.
    conversation: String,
    /// The page as it was loaded.
    chat: Chat,
    /// Stands above the form: a banner, a button to stop.
    children: Children,
) -> impl IntoView
where
    F: ServerFn<Output = Posted, Error = ApiError, Protocol = Http<PostUrl, O>>
        + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static,
    <<F::Client as Client<ApiError>>::Request as ClientReq<ApiError>>::FormData: From<FormData>,
    F::Client: Client<ApiError>,
{
    let area = NodeRef::<Textarea>::new();
    let client_id = RwSignal::new(chat.client_id.clone());
    let value = action.value();
    let pending = action.pending();
    let draft = kept::Draft::of(chat.head.as_ref().map(|head| head.id.as_str()));
    draft.keep(area);
    Effect::new(move |_| {
        if let Some(Ok(posted)) = value.get() {
            client_id.set(posted.next_client_id);
            draft.forget();
            if let Some(area) = area.get_untracked() {
                area.set_value("");
                let _ = area.focus();
            }
        }
    });
    let (text, given_back) = chat.draft.map(|draft| (draft.text, draft.problem)).unzip();
    // Raw content of the element: a text node would bring markers along, which a text area shows.
    let text = text.as_deref().map(escaped);
    let problem = move || match value.get() {
        Some(Err(error)) => Some(error),
        _ => None,
    };
    let send = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            if let Some(form) = area.get_untracked().and_then(|area| area.form()) {
                let _ = form.request_submit();
            }
        }
    };
    view! {
        <div class="dock">
            {children()}
            <div class="problem" role="alert">
                {given_back.map(|problem| view! { <p>{problem}</p> })}
                {move || problem().map(|error| view! {
                    <p>
                        {error.to_string()}
                        {(error == ApiError::SignedOut).then(|| view! {
                            " "<a href="/auth/login" rel="external">"Sign in"</a>
                        })}
                    </p>
                })}
            </div>
            <ActionForm action=action>
                <input type="hidden" name="conversation" value=conversation/>
                <input type="hidden" name="client_id" prop:value=client_id value=chat.client_id/>
                <div class="box">
                    <textarea node_ref=area name="text" rows="1" aria-label="Message" autocomplete="off"
                        placeholder="Ask, or tell me what to do" on:keydown=send inner_html=text></textarea>
                    <button class="btn first" type="submit" disabled=pending>"Send"</button>
                </div>
            </ActionForm>
        </div>
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
