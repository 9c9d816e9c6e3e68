//! Where the person writes. A plain form, so it posts without WebAssembly; with it, Enter sends, and a text that was not
//! taken stays in the box.

use super::kept;
use crate::api;
use crate::wire::{ApiError, Chat, Posted};
use leptos::form::ActionForm;
use leptos::html::Textarea;
use leptos::prelude::*;

/// The composer of a page: it begins a conversation or goes on with one. `above` stands over the form.
#[component]
pub(super) fn Composer(chat: Chat, above: AnyView) -> impl IntoView {
    match chat.head.clone() {
        Some(head) => {
            let post = ServerAction::<api::Post>::new();
            let fields = fields(chat, head.id, post.value().into(), post.pending());
            dock(above, fields.1, view! { <ActionForm action=post>{fields.0}</ActionForm> }.into_any())
        }
        None => {
            let start = ServerAction::<api::Start>::new();
            let fresh = chat.fresh.clone();
            let fields = fields(chat, fresh, start.value().into(), start.pending());
            dock(above, fields.1, view! { <ActionForm action=start>{fields.0}</ActionForm> }.into_any())
        }
    }
}

fn dock(above: AnyView, problem: AnyView, form: AnyView) -> AnyView {
    view! { <div class="dock">{above}{problem}{form}</div> }.into_any()
}

/// The form's fields, and what stands over them when a text was not taken. Not generic: both forms share its code.
fn fields(
    chat: Chat,
    conversation: String,
    answer: Signal<Option<Result<Posted, ApiError>>>,
    pending: Memo<bool>,
) -> (AnyView, AnyView) {
    let area = NodeRef::<Textarea>::new();
    let client_id = RwSignal::new(chat.client_id.clone());
    let draft = kept::Draft::of(chat.head.as_ref().map(|head| head.id.as_str()));
    draft.keep(area);
    Effect::new(move |_| {
        if let Some(Ok(posted)) = answer.get() {
            client_id.set(posted.next_client_id);
            draft.forget();
            if let Some(area) = area.get_untracked() {
                area.set_value("");
                let _ = area.focus();
            }
        }
    });
    let send = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            if let Some(form) = area.get_untracked().and_then(|area| area.form()) {
                let _ = form.request_submit();
            }
        }
    };
    let (text, given_back) = chat.draft.map(|draft| (draft.text, draft.problem)).unzip();
    // Raw content of the element: a text node would bring markers along, which a text area shows.
    let text = text.as_deref().map(escaped);
    let fields = view! {
        <input type="hidden" name="conversation" value=conversation/>
        <input type="hidden" name="client_id" prop:value=client_id value=chat.client_id/>
        <div class="box">
            <textarea node_ref=area name="text" rows="1" aria-label="Message" autocomplete="off"
                placeholder="Ask, or tell me what to do" on:keydown=send inner_html=text></textarea>
            <button class="btn first" type="submit" disabled=pending>"Send"</button>
        </div>
    };
    (fields.into_any(), problem(given_back, answer))
}

fn problem(given_back: Option<String>, answer: Signal<Option<Result<Posted, ApiError>>>) -> AnyView {
    let error = move || answer.get().and_then(Result::err);
    view! {
        <div class="problem" role="alert">
            {given_back.map(|problem| view! { <p>{problem}</p> })}
            {move || error().map(|error| {
                let signed_out = error == ApiError::SignedOut;
                view! {
                    <p>
                        {error.to_string()}
                        {signed_out.then(|| view! { " "<a href="/auth/login" rel="external">"Sign in"</a> })}
                    </p>
                }
            })}
        </div>
    }
    .into_any()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
