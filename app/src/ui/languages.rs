//! The choice of a language, a plain form at the foot of every page.

use crate::texts::texts;
use languages::Language;
use leptos::prelude::*;

/// Renders the choice. Each language stands in its own words.
pub(crate) fn languages() -> AnyView {
    let t = texts();
    let buttons = Language::ALL.map(|own| {
        let chosen = (own == t.language()).then_some("true");
        view! {
            <button class="btn quiet" name="language" value=own.code() lang=own.code() aria-current=chosen>{own.name()}</button>
        }
    });
    let buttons = buttons.into_iter().collect_view();
    view! {
        <form class="languages" method="post" action="/language">
            <div class="row" role="group" aria-label=t.language_label()>{buttons}</div>
        </form>
    }
    .into_any()
}
