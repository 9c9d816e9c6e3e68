//! Renders the activity pages. Everything goes through views, which escape it; no HTML is concatenated.

mod entry;

use super::super::document::{document, head};
use super::SHOWN;
use super::filter::ActivityQuery;
use agent::Actor;
use agent::ports::{PastEntry, VerdictKind};
use app::ui::icons::Brand;
use axum::response::Html;
use leptos::prelude::*;
use text::visible;

/// The owner of the entries that a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The reader's own.
    Own,
    /// The reader's own; as an auditor, the reader may see the others' too.
    OwnOfAnAuditor,
    /// Everybody's.
    Everybodys,
}

/// The reader's access to the page of MCP tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tools {
    /// The reader is an operator, and gets a link to it.
    Operated,
    /// The reader is no operator, or it is not known.
    Unseen,
}

/// A page of entries.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// The reader.
    pub(super) actor: &'a Actor,
    /// The owner of the entries.
    pub(super) whose: Whose,
    /// The reader's access to the page of MCP tools.
    pub(super) tools: Tools,
    /// The parsed query.
    pub(super) chosen: &'a ActivityQuery,
    /// The entries: at most one more than are shown.
    pub(super) entries: Vec<PastEntry>,
}

impl Page<'_> {
    /// Renders the page.
    pub(super) fn html(&self) -> Html<String> {
        let everybodys = self.whose == Whose::Everybodys;
        let (title, lead) = if everybodys {
            ("Everybody's activity", "All actions that were done or refused in your organization, newest first.")
        } else {
            ("Your activity", "All actions that were done or refused on your behalf, newest first.")
        };
        let list = self.entries.iter().take(SHOWN).map(|entry| self.item(entry)).collect_view();
        let list = if self.entries.is_empty() {
            let days = format!("Nothing from {} to {}.", self.chosen.from, self.chosen.to);
            view! { <p>{days}</p> }.into_any()
        } else {
            view! { <ol class="deeds">{list}</ol> }.into_any()
        };
        let main = view! {
            <main class="wide">
                <h1>{title}</h1>
                <p>{lead}" Days and times are in UTC."</p>
                {self.ways()}
                {self.form()}
                {list}
                {self.older()}
            </main>
        };
        document(title, (head(self.actor), main).into_any())
    }

    fn item(&self, entry: &PastEntry) -> AnyView {
        let own = (entry.issuer.as_str(), entry.subject.as_str()) == (self.actor.issuer(), self.actor.subject());
        entry::item(entry, if own { entry::Reader::Owner } else { entry::Reader::Auditor }, self.whose)
    }

    fn ways(&self) -> AnyView {
        let export = format!("/activity/export?{}", self.chosen.query());
        let all = (self.whose == Whose::OwnOfAnAuditor)
            .then(|| view! { <a class="btn" href="/activity/all">"Everybody's activity"</a> });
        let tools = (self.tools == Tools::Operated).then(|| view! { <a class="btn" href="/tools">"MCP tools"</a> });
        match self.whose {
            Whose::Own | Whose::OwnOfAnAuditor if all.is_none() && tools.is_none() => ().into_any(),
            Whose::Own | Whose::OwnOfAnAuditor => view! { <p class="row">{all}{tools}</p> }.into_any(),
            Whose::Everybodys => view! {
                <p class="row">
                    <a class="btn" href="/activity">"Your activity"</a>
                    <a class="btn" href=export download="">"Export as JSON Lines"</a>
                </p>
            }
            .into_any(),
        }
    }

    fn form(&self) -> AnyView {
        let action = if self.whose == Whose::Everybodys { "/activity/all" } else { "/activity" };
        let narrow = (self.whose == Whose::Everybodys).then(|| {
            let is = |kind| self.chosen.verdict == Some(kind);
            view! {
                <label>"Person (subject)"<input name="person" value=self.chosen.person.clone() autocomplete="off"/></label>
                <label>"Tool"<input name="tool" value=self.chosen.tool.clone() autocomplete="off"/></label>
                <label>
                    "Decision"
                    <select name="decision">
                        <option value="">"Any"</option>
                        <option value="allowed" selected=is(VerdictKind::Allowed)>"Allowed"</option>
                        <option value="refused" selected=is(VerdictKind::Refused)>"Refused"</option>
                    </select>
                </label>
            }
        });
        view! {
            <form class="filter" method="get" action=action>
                {narrow}
                <label>"From"<input type="date" name="from" value=self.chosen.from.to_string()/></label>
                <label>"To"<input type="date" name="to" value=self.chosen.to.to_string()/></label>
                <button class="btn" type="submit">"Show"</button>
            </form>
        }
        .into_any()
    }

    fn older(&self) -> AnyView {
        let Some(next) = self.entries.get(SHOWN) else { return ().into_any() };
        let path = if self.whose == Whose::Everybodys { "/activity/all" } else { "/activity" };
        let href = format!("{path}?{}", self.chosen.query_from(next.at));
        let sentence = format!("There are more than these {SHOWN}.");
        view! { <p class="row">{sentence}<a class="btn" href=href>"Older entries"</a></p> }.into_any()
    }
}

/// Returns the page for a person who lacks `relation` on `object`.
pub(super) fn denied(relation: &'static str, object: &str) -> Html<String> {
    let object = visible(object);
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>"Everybody's activity is for auditors"</h1>
            <p>
                "You don't have permission for this: it needs "<code>{relation}</code>" on "<code>{object}</code>". "
                "Nothing was shown. Once an administrator grants it, it works right away."
            </p>
            <p class="row"><a class="btn first" href="/activity">"Your activity"</a></p>
        </main>
    };
    document("Not allowed", main.into_any())
}
