//! The operator's page of the tools of MCP servers: changes that wait for a review first, then the offered tools.

use super::load::{Named, page};
use crate::texts::texts;
use crate::ui::nav::Destination;
use crate::ui::words::{NAMES, said, with_names};
use leptos::prelude::*;

/// An MCP server or a target. All texts of the server have their invisible characters made visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its configured name.
    pub name: String,
    /// Its endpoint.
    pub address: String,
    /// The time of its last answer, in words; `None` for a target, which is not asked.
    pub last: Option<String>,
    /// The reason why it cannot be used now, if it cannot.
    pub trouble: Option<String>,
    /// Notes about what was ignored.
    pub notes: Vec<String>,
    /// The changed tools that wait for a review.
    pub changes: Vec<Change>,
    /// The offered tools.
    pub tools: Vec<Tool>,
    /// The tools that are withheld for another reason: name and reason.
    pub unfit: Vec<(String, String)>,
}

/// A tool whose definition has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name at its server, as it is.
    pub tool: String,
    /// Its name for people.
    pub shown: String,
    /// The difference, line by line.
    pub lines: Vec<Line>,
    /// The digest that identifies exactly this change.
    pub digest: String,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A line of the accepted definition.
    Was(String),
    /// A line of the new definition.
    Now(String),
}

/// An offered tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Everything else about it, by name.
    pub facts: Vec<(&'static str, String)>,
    /// The relation that a call needs, and its object.
    pub needs: (String, String),
}

/// The page at `/tools`.
#[component]
pub fn ToolsPage() -> impl IntoView {
    page(
        Named(Destination::Tools, texts().nav_tools()),
        |backend, _| async move { backend.remote_tools().await },
        |_, servers| content(servers),
    )
}

fn content(servers: Vec<Server>) -> AnyView {
    let t = texts();
    let none = servers.is_empty().then(|| view! { <p>{t.tools_none()}</p> });
    view! {
        <p>{t.tools_lead()}</p>
        {none}
        {servers.into_iter().map(server).collect_view()}
    }
    .into_any()
}

fn server(own: Server) -> AnyView {
    let t = texts();
    let (state, tone) = match (&own.trouble, &own.last) {
        (Some(_), _) => (t.tools_unusable(), "tag bad"),
        (None, Some(_)) => (t.tools_answers(), "tag good"),
        (None, None) => (t.tools_configured(), "tag good"),
    };
    let last = own.last.map(|last| view! { <dt>{t.tools_last_seen()}</dt><dd>{t.stored(&last).into_owned()}</dd> });
    let trouble = own.trouble.map(|why| view! { <dt>{t.tools_why_not()}</dt><dd>{why}</dd> });
    let notes = own.notes.into_iter().map(|note| view! { <dt>{t.tools_note()}</dt><dd>{note}</dd> }).collect_view();
    let name = own.name;
    let changes = own.changes.into_iter().map(|change| changed(&name, change)).collect_view();
    let tools = own.tools.into_iter().map(tool).collect_view();
    let unfit = own.unfit.into_iter().map(|(name, why)| unfit(name, why)).collect_view();
    view! {
        <section class="source" aria-label=name.clone()>
            <h2>{name.clone()}" "<span class=tone>{state}</span></h2>
            <dl class="facts">
                <dt>{t.tools_address()}</dt><dd><code>{own.address}</code></dd>
                {last}
                {trouble}
                {notes}
            </dl>
            <ol class="deeds">{changes}{tools}{unfit}</ol>
        </section>
    }
    .into_any()
}

fn changed(server: &str, change: Change) -> AnyView {
    let t = texts();
    let label = t.tools_accept_of(&change.shown);
    let lines = change.lines.into_iter().map(|line| {
        let (name, class, text) = match line {
            Line::Was(text) => (t.tools_was(), "was", text),
            Line::Now(text) => (t.tools_now(), "now", text),
        };
        view! { <dt>{name}</dt><dd><code class=class>{text}</code></dd> }
    });
    view! {
        <li class="card" data-state="waiting">
            <h3>{change.shown}" "<span class="tag wait">{t.tools_changed()}</span></h3>
            <p>
                {said(with_names(&t.tools_lines(NAMES[0], NAMES[1]), ["model", "schema"]))}
            </p>
            <dl class="facts">{lines.collect_view()}</dl>
            <form class="row" method="post" action="/tools/accept">
                <input type="hidden" name="server" value=server.to_owned()/>
                <input type="hidden" name="tool" value=change.tool/>
                <input type="hidden" name="digest" value=change.digest/>
                <button class="btn" type="submit" aria-label=label>{t.tools_accept()}</button>
            </form>
        </li>
    }
    .into_any()
}

fn tool(own: Tool) -> AnyView {
    let t = texts();
    let (relation, object) = own.needs;
    let facts =
        own.facts.into_iter().map(|(name, value)| view! { <dt>{t.stored(name).into_owned()}</dt><dd>{value}</dd> });
    view! {
        <li class="card" data-state="done">
            <h3>{own.name}" "<span class="tag good">{t.tools_offered()}</span></h3>
            <dl class="facts">
                <dt>{t.tools_needs()}</dt><dd>{said(with_names(&t.access_on(NAMES[0], NAMES[1]), [&relation, &object]))}</dd>
                {facts.collect_view()}
            </dl>
        </li>
    }
    .into_any()
}

fn unfit(name: String, why: String) -> AnyView {
    let t = texts();
    view! {
        <li class="card" data-state="refused">
            <h3>{name}" "<span class="tag bad">{t.tools_not_offered()}</span></h3>
            <dl class="facts"><dt>{t.tools_why_not()}</dt><dd>{why}</dd></dl>
        </li>
    }
    .into_any()
}
