//! The navigation: one list of the pages, from which the column on every page is made.

use super::icons::{CHAIN, Icon};
use super::signs::{BULB, KEY, LINES, PRINT, SPANNER, TRAY};
use crate::texts::{Texts, texts};
use crate::wire::{Rail, Role};
use leptos::prelude::*;

/// A page of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// A conversation, or the start of one. The list of conversations leads there.
    Chat,
    /// The requests that wait for the person.
    Inbox,
    /// All conversations, with search.
    Conversations,
    /// The things that the person can ask.
    Help,
    /// The person's permissions.
    Permissions,
    /// The person's recorded actions.
    Activity,
    /// The person's connected accounts.
    Accounts,
    /// The person's passkeys.
    Passkeys,
    /// Everybody's recorded actions.
    Audit,
    /// The tools of MCP servers.
    Tools,
}

/// An entry of the navigation.
struct Entry {
    destination: Destination,
    path: &'static str,
    label: fn(Texts) -> &'static str,
    icon: &'static str,
    /// The role that the page requires, if any.
    role: Option<Role>,
}

const fn entry(
    destination: Destination,
    path: &'static str,
    label: fn(Texts) -> &'static str,
    icon: &'static str,
    role: Option<Role>,
) -> Entry {
    Entry { destination, path, label, icon, role }
}

/// The list. `document.rs` routes the same paths; a test compares the two.
const ENTRIES: [Entry; 8] = [
    entry(Destination::Inbox, "/inbox", Texts::nav_inbox, TRAY, None),
    entry(Destination::Help, "/help", Texts::nav_help, BULB, None),
    entry(Destination::Permissions, "/permissions", Texts::nav_permissions, KEY, None),
    entry(Destination::Activity, "/activity", Texts::nav_activity, LINES, None),
    entry(Destination::Accounts, "/connections", Texts::nav_accounts, CHAIN, None),
    entry(Destination::Passkeys, "/passkeys", Texts::nav_passkeys, PRINT, None),
    entry(Destination::Audit, "/activity/all", Texts::nav_audit, LINES, Some(Role::Auditor)),
    entry(Destination::Tools, "/tools", Texts::nav_tools, SPANNER, Some(Role::Operator)),
];

/// Renders the entries that `rail` allows, with `current` marked.
pub(super) fn navigation(rail: &Rail, current: Destination) -> AnyView {
    let (t, waiting) = (texts(), rail.count);
    let links = ENTRIES.iter().filter(|entry| entry.role.is_none_or(|role| rail.roles.contains(&role))).map(|entry| {
        let here = (entry.destination == current).then_some("page");
        // The browser keeps the number up to date (`inbox_count`).
        let count = (entry.destination == Destination::Inbox).then(|| {
            let text = (waiting > 0).then(|| waiting.to_string());
            view! { <b data-inbox="">{text}</b> }
        });
        view! { <a class="nav" href=entry.path aria-current=here><Icon path=entry.icon/>{(entry.label)(t)}{count}</a> }
    });
    links.collect_view().into_any()
}
