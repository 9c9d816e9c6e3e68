//! The page of one entry: everything that is recorded, its place in the ledger, and how others can verify it.

use super::entry::{Entry, facts};
use crate::pages::load::{Named, page};
use crate::texts::texts;
use crate::ui::nav::Destination;
use crate::ui::words::{NAMES, said, with_names};
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
        Named(Destination::Activity, texts().activity_entry()),
        move |backend, _| async move { backend.activity_entry(&id).await },
        |_, data| content(data),
    )
}

/// The command that verifies a receipt.
const VERIFY: &str = "countersign receipt verify FILE --key KEY";

/// Renders a sentence that names a command.
fn command_in(sentence: &str, command: &str) -> AnyView {
    said(with_names(sentence, [command, ""]))
}

fn content(data: EntryPage) -> AnyView {
    let t = texts();
    let EntryPage { entry, chain, number, hash, previous, key, command } = data;
    let receipt =
        entry.receipt.clone().map(|href| view! { <a class="btn" href=href download="">{t.activity_receipt()}</a> });
    let conversation =
        entry.conversation.clone().map(|href| view! { <a class="btn" href=href>{t.access_conversation()}</a> });
    let check = if entry.receipt.is_some() {
        view! {
            <li>{command_in(&t.activity_verify_receipt(NAMES[0]), VERIFY)}</li>
        }
        .into_any()
    } else {
        view! {
            <li>{command_in(&t.activity_verify_day(NAMES[0]), &command)}</li>
        }
        .into_any()
    };
    view! {
        <h2>{t.stored(&entry.action).into_owned()}" "<span class=entry.tone.class()>{t.stored(entry.result).into_owned()}</span></h2>
        {facts(entry.facts)}
        <p class="row">{conversation}{receipt}<a class="btn quiet" href="/activity">{t.activity_all_back()}</a></p>
        <h2>{t.activity_place()}</h2>
        <dl class="facts">
            <dt>{t.activity_chain()}</dt><dd><code>{chain}</code></dd>
            <dt>{t.activity_record()}</dt><dd>{number.to_string()}</dd>
            <dt>{t.activity_hash()}</dt><dd><code>{hash}</code></dd>
            <dt>{t.activity_previous()}</dt><dd><code>{previous}</code></dd>
            <dt>{t.activity_key()}</dt><dd><code>{key}</code></dd>
        </dl>
        <h2>{t.activity_verify()}</h2>
        <ol class="steps">
            <li>{command_in(&t.activity_verify_key(NAMES[0]), "countersign ledger key")}</li>
            {check}
            <li>{t.activity_verify_compare()}</li>
        </ol>
    }
    .into_any()
}
