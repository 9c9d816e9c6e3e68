//! The log: what was said and done, and what is going on.

use super::call_card::CallCard;
use crate::api;
use crate::state::{Item, Place, Transcript, Turn};
use leptos::form::ActionForm;
use leptos::prelude::*;
use std::sync::Arc;

/// The items, the unfinished block, and a line for screen readers. Words in the making are not announced, blocks are.
#[component]
pub(super) fn Log(conversation: String, transcript: RwSignal<Transcript>, partial: RwSignal<String>) -> impl IntoView {
    let withdraw = ServerAction::<api::Withdraw>::new();
    let turn = Memo::new(move |_| transcript.with(|transcript| transcript.turn));
    let busy = move || if turn.get() == Turn::Idle { "false" } else { "true" };
    view! {
        <div class="log" role="log" aria-label="Conversation" aria-busy=busy>
            <For
                each=move || transcript.with(|transcript| transcript.items.clone())
                key=key
                let:item
            >
                {one(&item, conversation.clone(), withdraw)}
            </For>
            <Show when=move || matches!(turn.get(), Turn::Speaking { .. })>
                <article class="said" aria-hidden="true"><p class="typing">{move || partial.get()}</p></article>
            </Show>
            <Show when=move || matches!(turn.get(), Turn::Thinking { .. })>
                <p class="thinking">"Thinking…"</p>
            </Show>
        </div>
        <p class="unseen" role="status">{move || announcement(turn.get())}</p>
    }
    .into_any()
}

fn key(item: &Arc<Item>) -> (u64, u8) {
    item.key()
}

fn one(item: &Item, conversation: String, withdraw: ServerAction<api::Withdraw>) -> AnyView {
    match item.clone() {
        Item::Mine { n, text, place } => view! {
            <article class="said mine" data-place=name(place)>
                <span class="unseen">"You: "</span>
                <p>{text}</p>
                {(place == Place::Waiting).then(|| view! {
                    <ActionForm action=withdraw>
                        <input type="hidden" name="conversation" value=conversation.clone()/>
                        <input type="hidden" name="said" value=n.to_string()/>
                        <small>"Waiting for its turn"</small>
                        <button class="btn quiet" type="submit">"Withdraw"</button>
                    </ActionForm>
                })}
                {(place == Place::Withdrawn).then(|| view! { <small>"Withdrawn"</small> })}
            </article>
        }
        .into_any(),
        Item::Theirs { html, .. } => view! {
            <article class="said"><span class="unseen">"Assistant: "</span><div inner_html=html></div></article>
        }
        .into_any(),
        Item::Call(call) => view! { <CallCard call/> }.into_any(),
        Item::Remark { text, .. } => view! { <p class="remark">{text}</p> }.into_any(),
    }
}

const fn name(place: Place) -> &'static str {
    match place {
        Place::Waiting => "waiting",
        Place::Taken => "taken",
        Place::Withdrawn => "withdrawn",
    }
}

const fn announcement(turn: Turn) -> &'static str {
    match turn {
        Turn::Idle => "",
        Turn::Thinking { .. } => "The assistant is thinking.",
        Turn::Speaking { .. } => "The assistant is answering.",
        Turn::Calling { .. } => "The assistant is using a tool.",
    }
}
