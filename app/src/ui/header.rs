//! The header of the page: the conversation's title and the account menu.

use super::rail::Talks;
use crate::wire::Me;
use leptos::prelude::*;

/// The title, the list of conversations for narrow screens, and the account menu.
#[component]
pub(super) fn Header(me: Me, title: String, talks: Talks) -> impl IntoView {
    let between = view! {
        <small>"Countersign can do what you can do, and nothing else."</small>
        <p><a href="/activity">"Your activity"</a></p>
        <p><a href="/connections">"Connected accounts"</a></p>
    };
    let between = between.into_any();
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
}

/// The account menu: the signed-in person and the sign-out button, with `between` above the button.
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
}
