//! The operator's page of the tools of MCP servers: changes that wait for a review first, then the offered tools.

use super::load::{Named, page};
use crate::ui::nav::Destination;
use leptos::prelude::*;

/// An MCP server. All texts of the server have their invisible characters made visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its configured name.
    pub name: String,
    /// Its endpoint.
    pub address: String,
    /// The time of its last answer, in words.
    pub last: String,
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
        Named(Destination::Tools, "Tool sources"),
        |backend, _| async move { backend.remote_tools().await },
        |_, servers| content(servers),
    )
}

fn content(servers: Vec<Server>) -> AnyView {
    let none = servers.is_empty().then(|| view! { <p>"No server is configured."</p> });
    view! {
        <p>"These are the tools that MCP servers offer to Countersign, read with your sign-in just now. A tool "
            "that has changed since it was first seen is not offered until an operator accepts the change."</p>
        {none}
        {servers.into_iter().map(server).collect_view()}
    }
    .into_any()
}

fn server(own: Server) -> AnyView {
    let (state, tone) = if own.trouble.is_some() { ("Cannot be used now", "tag bad") } else { ("Answers", "tag good") };
    let trouble = own.trouble.map(|why| view! { <dt>"Why not"</dt><dd>{why}</dd> });
    let notes = own.notes.into_iter().map(|note| view! { <dt>"Note"</dt><dd>{note}</dd> }).collect_view();
    let name = own.name;
    let changes = own.changes.into_iter().map(|change| changed(&name, change)).collect_view();
    let tools = own.tools.into_iter().map(tool).collect_view();
    let unfit = own.unfit.into_iter().map(|(name, why)| unfit(name, why)).collect_view();
    view! {
        <section class="source" aria-label=name.clone()>
            <h2>{name.clone()}" "<span class=tone>{state}</span></h2>
            <dl class="facts">
                <dt>"Address"</dt><dd><code>{own.address}</code></dd>
                <dt>"Last seen"</dt><dd>{own.last}</dd>
                {trouble}
                {notes}
            </dl>
            <ol class="deeds">{changes}{tools}{unfit}</ol>
        </section>
    }
    .into_any()
}

fn changed(server: &str, change: Change) -> AnyView {
    let label = format!("Accept this change of {}", change.shown);
    let lines = change.lines.into_iter().map(|line| {
        let (name, class, text) = match line {
            Line::Was(text) => ("Was", "was", text),
            Line::Now(text) => ("Is now", "now", text),
        };
        view! { <dt>{name}</dt><dd><code class=class>{text}</code></dd> }
    });
    view! {
        <li class="card" data-state="waiting">
            <h3>{change.shown}" "<span class="tag wait">"changed, not offered"</span></h3>
            <p>
                "Lines that begin with "<code>"model"</code>" show the arguments as the model sees them; lines that "
                "begin with "<code>"schema"</code>" show all that the server says about them."
            </p>
            <dl class="facts">{lines.collect_view()}</dl>
            <form class="row" method="post" action="/tools/accept">
                <input type="hidden" name="server" value=server.to_owned()/>
                <input type="hidden" name="tool" value=change.tool/>
                <input type="hidden" name="digest" value=change.digest/>
                <button class="btn" type="submit" aria-label=label>"Accept this change"</button>
            </form>
        </li>
    }
    .into_any()
}

fn tool(own: Tool) -> AnyView {
    let (relation, object) = own.needs;
    let facts = own.facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> });
    view! {
        <li class="card" data-state="done">
            <h3>{own.name}" "<span class="tag good">"offered"</span></h3>
            <dl class="facts">
                <dt>"Needs"</dt><dd><code>{relation}</code>" on "<code>{object}</code></dd>
                {facts.collect_view()}
            </dl>
        </li>
    }
    .into_any()
}

fn unfit(name: String, why: String) -> AnyView {
    view! {
        <li class="card" data-state="refused">
            <h3>{name}" "<span class="tag bad">"not offered"</span></h3>
            <dl class="facts"><dt>"Why not"</dt><dd>{why}</dd></dl>
        </li>
    }
    .into_any()
}
