//! The invariants of the page: it received everything without a reload, and nothing on it stays unfinished.

use super::Violation;
use crate::record::Record;
use app::state::{Item, Place, Transcript, Turn};

pub(super) fn check(record: &Record) -> Vec<Violation> {
    let mut violations: Vec<_> = record.page.over.clone().map(Violation::PageOver).into_iter().collect();
    if record.page.transcript != record.reloaded {
        violations.push(Violation::PageDiffers);
    }
    violations.extend(busy(&record.reloaded).map(Violation::PageBusy));
    violations
}

/// Returns the names of unfinished things.
fn busy(page: &Transcript) -> impl Iterator<Item = &'static str> {
    let items = page.items.iter().filter_map(|item| match &**item {
        Item::Call(call) if call.state.is_open() => Some("a call"),
        Item::Mine { place: Place::Waiting, .. } => Some("a waiting message"),
        _ => None,
    });
    let turn = (page.turn != Turn::Idle).then_some("a turn");
    let words = (!page.partial.is_empty()).then_some("unfinished text");
    items.chain(turn).chain(words)
}
