//! Renders the page of the tools. Texts of a server are shown with their invisible characters made visible.

use super::super::document::{document, head};
use crate::remote_tools::{Asks, Change, RemoteServer, RemoteTool};
use crate::time_text::time;
use agent::Actor;
use app::ui::icons::Brand;
use axum::response::Html;
use leptos::prelude::*;
use text::visible;

/// Renders the page.
pub(super) fn html(actor: &Actor, servers: &[RemoteServer]) -> Html<String> {
    let none = servers.is_empty().then(|| view! { <p>"No server is configured."</p> });
    let main = view! {
        <main class="wide">
            <h1>"MCP tools"</h1>
            <p>"These are the tools that MCP servers offer to Countersign, read with your sign-in just now. A tool "
                "that has changed since it was first seen is not offered until an operator accepts the change."</p>
            {none}
            {servers.iter().map(server).collect_view()}
        </main>
    };
    document("MCP tools", (head(actor), main).into_any())
}

fn server(own: &RemoteServer) -> AnyView {
    let state = if own.trouble.is_some() { "cannot be used now" } else { "answers" };
    let trouble = own.trouble.as_ref().map(|why| view! { <dt>"Why not"</dt><dd>{visible(why)}</dd> });
    let notes = own.notes.iter().map(|note| view! { <dt>"Note"</dt><dd>{visible(note)}</dd> }).collect_view();
    let last = own.last.map_or_else(|| "Not since this server started".into_any(), time);
    let changes = own.changes.iter().map(|change| changed(&own.name, change)).collect_view();
    let unfit = own.unfit.iter().map(|(name, why)| unfit(name, why)).collect_view();
    let tools = own.tools.iter().map(tool).collect_view();
    view! {
        <section aria-label=own.name.clone()>
            <h2>{own.name.clone()}" "<small>{state}</small></h2>
            <dl class="facts">
                <dt>"Address"</dt><dd><code>{visible(&own.url)}</code></dd>
                <dt>"Last seen"</dt><dd>{last}</dd>
                {trouble}
                {notes}
            </dl>
            <ol class="deeds">{changes}{tools}{unfit}</ol>
        </section>
    }
    .into_any()
}

fn changed(server: &str, change: &Change) -> AnyView {
    let label = format!("Accept this change of {}", visible(&change.tool));
    let lines = change.lines.iter().map(|line| {
        let (sign, rest) = line.split_at_checked(2).unwrap_or(("", line));
        let name = if sign == "- " { "Was" } else { "Is now" };
        view! { <dt>{name}</dt><dd><code>{visible(rest)}</code></dd> }
    });
    view! {
        <li class="call" data-state="waiting">
            <h3 class="what">{visible(&change.tool)}</h3>
            <p class="state">"changed, not offered"</p>
            <p>
                "Lines that begin with "<code>"model"</code>" show the arguments as the model sees them; lines that "
                "begin with "<code>"schema"</code>" show all that the server says about them."
            </p>
            <dl class="facts">{lines.collect_view()}</dl>
            <form class="row" method="post" action="/tools/accept">
                <input type="hidden" name="server" value=server.to_owned()/>
                <input type="hidden" name="tool" value=change.tool.clone()/>
                <input type="hidden" name="digest" value=change.digest.clone()/>
                <button class="btn" type="submit" aria-label=label>"Accept this change"</button>
            </form>
        </li>
    }
    .into_any()
}

fn tool(own: &RemoteTool) -> AnyView {
    let asks = match own.asks {
        Asks::Nobody => "Nobody: the permission is enough",
        Asks::ThePerson => "The person, on their phone, each time",
    };
    let real = own.own.as_ref().map(|own| view! { <dt>"At the server"</dt><dd><code>{visible(own)}</code></dd> });
    let since = own.since.map(|at| view! { <dt>"Since"</dt><dd>{time(at)}</dd> });
    let by = own.by.as_ref().map(|by| view! { <dt>"Accepted by"</dt><dd><code>{visible(by)}</code></dd> });
    view! {
        <li class="call" data-state="done">
            <h3 class="what">{visible(&own.name)}</h3>
            <p class="state">"offered"</p>
            <dl class="facts">
                {real}
                <dt>"Needs"</dt><dd><code>{own.relation.clone()}</code>" on "<code>{own.object.clone()}</code></dd>
                <dt>"Asks"</dt><dd>{asks}</dd>
                <dt>"Description for the model"</dt><dd>{visible(&own.description)}</dd>
                {since}
                {by}
            </dl>
        </li>
    }
    .into_any()
}

fn unfit(name: &str, why: &str) -> AnyView {
    let name = if name.is_empty() { "(no name)".to_owned() } else { visible(name) };
    // Enough to recognize which tool is meant.
    let name: String = name.chars().take(100).collect();
    view! {
        <li class="call" data-state="refused">
            <h3 class="what">{name}</h3>
            <p class="state">"not offered"</p>
            <dl class="facts"><dt>"Why not"</dt><dd>{visible(why)}</dd></dl>
        </li>
    }
    .into_any()
}

/// Returns the page for a person who lacks `relation` on `object`.
pub(super) fn denied(relation: &'static str, object: &str) -> Html<String> {
    let object = visible(object);
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>"MCP tools are for operators"</h1>
            <p>
                "You don't have permission for this: it needs "<code>{relation}</code>" on "<code>{object}</code>". "
                "Nothing was shown or changed. Once an administrator grants it, it works right away."
            </p>
            <p class="row"><a class="btn first" href="/">"Your conversations"</a></p>
        </main>
    };
    document("Not allowed", main.into_any())
}

/// Returns the page for a change that is no longer what the server proposes.
pub(super) fn outdated() -> Html<String> {
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>"It has changed again"</h1>
            <p>"The server has changed the tool again, or this change was already accepted. Nothing was accepted."</p>
            <p class="row"><a class="btn first" href="/tools">"Read it again"</a></p>
        </main>
    };
    document("Not accepted", main.into_any())
}
