//! The head of the page: what the conversation is, and on whose behalf the agent acts.

use super::at_once::AtOnce;
use super::rail::Talks;
use crate::wire::Me;
use leptos::prelude::*;

/// Title, sheet of conversations for narrow pages, account menu.
#[component]
pub(super) fn Header(me: Me, title: String, talks: Talks) -> impl IntoView {
    // A page of the server alone: a plain link, not a route of ours.
    let between = view! {
        <small>"The assistant can do what you can do, and nothing else."</small>
        <p><a href="/activity" rel="external">"Your activity"</a></p>
        <p><a href="/connections" rel="external">"Connected accounts"</a></p>
    };
    let between = between.at_once();
    view! {
        <header class="head">
            <details class="menu sheet">
                <summary class="btn quiet" aria-label="Conversations">"☰"</summary>
                <nav class="pane" aria-label="Conversations">{talks.view()}</nav>
            </details>
            <h1>{title}</h1>
            <Account me between=between/>
        </header>
    }
    .at_once()
}

/// On whose behalf the agent acts, and the way out; `between` stands over that.
#[component]
pub fn Account(me: Me, between: AnyView) -> impl IntoView {
    view! {
        <details class="menu push">
            <summary class="chip"><i></i>"acting as "<b>{me.name.clone()}</b></summary>
            <div class="pane">
                <p class="who"><b>{me.name}</b><small>{me.email}</small></p>
                {between}
                <form method="post" action="/auth/logout">
                    <button class="btn" type="submit">"Sign out"</button>
                </form>
            </div>
        </details>
    }
    .at_once()
}
