//! The page of one entry: everything that is recorded, its place in the ledger, and how others can verify it.

use super::entry::{Entry, facts};
use crate::pages::load::{Named, page};
use crate::ui::nav::Destination;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// An entry with its place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPage {
    /// The entry.
    pub entry: Entry,
    /// The name of its chain.
    pub chain: String,
    /// Its number in the chain.
    pub number: u64,
    /// The hash of its record.
    pub hash: String,
    /// The hash of the record before it.
    pub previous: String,
    /// The id of the key that signed it.
    pub key: String,
    /// The command that verifies the day of the entry.
    pub command: String,
}

/// The page at `/activity/{id}`.
#[component]
pub fn ActivityEntryPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    page(
        Named(Destination::Activity, "Recorded action"),
        move |backend, _| async move { backend.activity_entry(&id).await },
        |_, data| content(data),
    )
}

fn content(data: EntryPage) -> AnyView {
    let EntryPage { entry, chain, number, hash, previous, key, command } = data;
    let receipt =
        entry.receipt.clone().map(|href| view! { <a class="btn" href=href download="">"Download the receipt"</a> });
    let conversation =
        entry.conversation.clone().map(|href| view! { <a class="btn" href=href>"Open the conversation"</a> });
    let check = if entry.receipt.is_some() {
        view! {
            <li>"Download the receipt and run "<code>"countersign receipt verify FILE --key KEY"</code>". It needs no access to Countersign."</li>
        }
        .into_any()
    } else {
        view! {
            <li>"Ask the person who runs Countersign to run "<code>{command.clone()}</code>". It finds any change, removal or reordering of that day."</li>
        }
        .into_any()
    };
    view! {
        <h2>{entry.action.clone()}" "<span class=entry.tone.class()>{entry.result}</span></h2>
        {facts(entry.facts)}
        <p class="row">{conversation}{receipt}<a class="btn quiet" href="/activity">"All activity"</a></p>
        <h2>"Its place in the ledger"</h2>
        <dl class="facts">
            <dt>"Chain"</dt><dd><code>{chain}</code></dd>
            <dt>"Record"</dt><dd>{number.to_string()}</dd>
            <dt>"Hash"</dt><dd><code>{hash}</code></dd>
            <dt>"Hash of the record before"</dt><dd><code>{previous}</code></dd>
            <dt>"Signed with"</dt><dd><code>{key}</code></dd>
        </dl>
        <h2>"How to verify"</h2>
        <ol class="steps">
            <li>"Get the public key from the person who runs Countersign: "<code>"countersign ledger key"</code>" prints it."</li>
            {check}
            <li>"Compare chain, record and hash with this page. A different hash means that the record was changed."</li>
        </ol>
    }
    .into_any()
}
