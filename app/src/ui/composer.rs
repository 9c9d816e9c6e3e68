//! The form for a message. It is a plain form and posts without WebAssembly; with WebAssembly, Enter sends, the message
//! appears at once, and a rejected text returns to the box.

use super::attempt::attempt;
use super::draft::Draft;
use super::escape::escaped;
use super::icons::{Icon, SQUARE, UP};
use super::sent::Sent;
use crate::api;
use crate::texts::texts;
use crate::wire::{Activity, ApiError, Posted, Seed};
use leptos::ev::{KeyboardEvent, MouseEvent, SubmitEvent};
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The composer of a page; it starts a conversation or continues one. It shows `above` above the form.
#[component]
pub(super) fn Composer<A: IntoView + 'static>(
    seed: Seed,
    above: A,
    problem: RwSignal<Option<ApiError>>,
    activity: Signal<Activity>,
    sent: RwSignal<Option<Sent>>,
    /// Counts the wishes to send a message again that was not sent.
    again: RwSignal<u32>,
    /// Number of the last event that the page knows.
    last: Signal<u64>,
) -> impl IntoView {
    let t = texts();
    let area = NodeRef::<Textarea>::new();
    let client_id = RwSignal::new(seed.client_id.clone());
    let (typed, alive) = (RwSignal::new(true), RwSignal::new(false));
    let (begins, edit) = (seed.conversation.is_none(), seed.edit);
    let replaces = edit.as_ref().map(|edit| edit.said);
    let draft = Draft::of(&seed.owner, seed.conversation.as_deref(), replaces);
    draft.keep(area, typed);
    Effect::new(move |_| alive.set(true));
    let (endpoint, conversation) = match seed.conversation {
        Some(id) => ("/api/chat/post", id),
        None => ("/api/chat/start", seed.fresh),
    };
    // A form names its person: after another sign-in in the same browser its text would be somebody else's.
    let action = format!("{endpoint}?owner={}", seed.owner);
    let leave = edit.as_ref().map(|_| format!("/c/{conversation}"));
    let sending = Sending {
        begins,
        replaces,
        conversation: conversation.clone(),
        draft,
        area,
        client_id,
        problem,
        typed,
        sent,
        last,
    };
    let resending = sending.clone();
    Effect::new(move |_| {
        if again.get() > 0 {
            resending.send();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        sending.send();
    };
    let stopped = conversation.clone();
    let stop = move |event: MouseEvent| {
        event.prevent_default();
        attempt(problem, api::stop(stopped.clone()));
    };
    let running = move || activity.get() == Activity::Running;
    let placeholder = move || if running() { t.composer_next() } else { t.composer_placeholder() };
    // Without a script both buttons are there while a turn runs.
    let hides_send = move || alive.get() && running() && !typed.get();
    let hides_stop = move || !running() || (alive.get() && typed.get());
    view! {
        <div class="dock">
            {above}
            <form method="post" action=action on:submit=submit>
                <input type="hidden" name="conversation" value=conversation/>
                <input type="hidden" name="client_id" prop:value=client_id value=seed.client_id/>
                {replaces.map(|said| view! { <input type="hidden" name="replaces" value=said.to_string()/> })}
                {leave.map(|href| view! { <p class="editing">{t.composer_editing()}" "<a href=href>{t.composer_leave()}</a></p> })}
                <div class="box">
                    <textarea node_ref=area name="text" rows="1" aria-label=t.composer_label() autocomplete="off" dir="auto"
                        id="message" placeholder=placeholder on:keydown=move |event| on_key(&event, area)
                        on:input=move |_| problem.set(None)
                        inner_html=edit.map(|edit| escaped(&edit.text)).unwrap_or_default()></textarea>
                    <button class="btn round" type="submit" aria-label=t.composer_stop() formaction="/api/chat/stop"
                        hidden=hides_stop on:click=stop><Icon path=SQUARE/></button>
                    <button class="btn round first" type="submit" aria-label=t.composer_send() hidden=hides_send
                        disabled=move || !typed.get()><Icon path=UP/></button>
                </div>
            </form>
            <p class="fine">{t.composer_fine()}</p>
        </div>
    }
}

/// The parts that sending a message needs.
#[derive(Clone)]
struct Sending {
    begins: bool,
    replaces: Option<u64>,
    conversation: String,
    draft: Draft,
    area: NodeRef<Textarea>,
    client_id: RwSignal<String>,
    problem: RwSignal<Option<ApiError>>,
    typed: RwSignal<bool>,
    sent: RwSignal<Option<Sent>>,
    /// Number of the last event that the page knows.
    last: Signal<u64>,
}

impl Sending {
    /// Sends the text of the box, which is empty from then on. While one message is on its way, another one waits in the
    /// box. A message that was not sent before goes first.
    fn send(&self) {
        let Some(area) = self.area.get_untracked() else { return };
        let before = self.sent.get_untracked();
        if before.as_ref().is_some_and(Sent::is_on_its_way) {
            return;
        }
        // An unsent message keeps its text and its key: if it was stored after all, it is not posted twice.
        let unsent = before.filter(Sent::is_unsent).map(|sent| sent.text);
        let then_the_box = unsent.is_some() && !area.value().trim().is_empty();
        let text = unsent.clone().unwrap_or_else(|| area.value());
        let id = self.client_id.get_untracked();
        let (begins, replaces, target, draft) =
            (self.begins, self.replaces, self.conversation.clone(), self.draft.clone());
        let (client_id, problem, typed, sent) = (self.client_id, self.problem, self.typed, self.sent);
        sent.set(Some(Sent::on_its_way(text.clone())));
        if unsent.is_none() {
            area.set_value("");
            typed.set(false);
        }
        let (own, since) = (self.clone(), self.last.get_untracked());
        spawn_local(async move {
            match post(begins, target, text.clone(), id, replaces).await {
                Ok(posted) => {
                    client_id.set(posted.next_client_id);
                    problem.set(None);
                    draft.store(&area.value());
                    sent.set(Some(Sent::accepted(text, posted.said)));
                    if replaces.is_some() {
                        // The page edits no more.
                        let _ = window().location().set_href(&format!("/c/{}", posted.conversation));
                    } else if then_the_box {
                        own.send();
                    }
                }
                Err(error) => {
                    // Whatever was typed meanwhile stays, behind the text that was not sent. A reload finds both in the box.
                    let both =
                        if area.value().is_empty() { text.clone() } else { format!("{text}\n\n{}", area.value()) };
                    draft.store(&both);
                    // The start page has no log for it.
                    let kept = Sent::after(&error, text, since).filter(|_| !begins);
                    if kept.is_none() {
                        area.set_value(&both);
                        typed.set(true);
                    }
                    sent.set(kept);
                    problem.set(Some(error));
                }
            }
            let _ = area.focus();
        });
    }
}

async fn post(
    begins: bool,
    conversation: String,
    text: String,
    client_id: String,
    replaces: Option<u64>,
) -> Result<Posted, ApiError> {
    if begins {
        api::start(conversation, text, client_id).await
    } else {
        api::post(conversation, text, client_id, replaces).await
    }
}

/// The key code of keys that an input method handles (UI Events, `keyCode` 229). Safari ends a composition before the
/// keydown of its Enter.
const COMPOSING: u32 = 229;

/// Sends on Enter, except with Shift or while an input method composes a word.
fn on_key(event: &KeyboardEvent, area: NodeRef<Textarea>) {
    let composing = event.is_composing() || event.key_code() == COMPOSING;
    if event.key() == "Enter" && !event.shift_key() && !composing {
        event.prevent_default();
        if let Some(form) = area.get_untracked().and_then(|area| area.form())
            && !area.get_untracked().is_none_or(|area| area.value().trim().is_empty())
        {
            let _ = form.request_submit();
        }
    }
}
