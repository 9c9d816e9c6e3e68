//! Standing approvals on pages: the fields with which a person gives one on the page of a request, and the list in the
//! inbox.

use crate::texts::texts;
use crate::wire::ApiError;
use leptos::prelude::*;

/// The bounds within which a person may approve further actions in advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingBounds {
    /// Most uses.
    pub uses: u32,
    /// Most minutes.
    pub minutes: u32,
    /// `true` if they may name other objects.
    pub takes_others: bool,
    /// Most names of other objects.
    pub most_others: u32,
}

/// A standing approval in the list of the person who gave it.
#[derive(Debug, Clone)]
pub struct StandingItem {
    /// Its id.
    pub id: String,
    /// Its short code.
    pub code: String,
    /// The action that it was given with.
    pub summary: String,
    /// The other objects that it covers.
    pub others: Vec<String>,
    /// The number of uses that are left.
    pub left: u32,
    /// Most uses.
    pub uses: u32,
    /// The time at which it ends, for people.
    pub until: String,
}

/// The fields of the page of a request. `passkey.js` reads them before the person signs.
pub(super) fn fields(bounds: StandingBounds) -> AnyView {
    let t = texts();
    let StandingBounds { uses, minutes, takes_others, most_others } = bounds;
    let others = takes_others.then(|| {
        view! {
            <label>
                {t.standing_others(most_others.into())}
                <textarea class="field" name="others" rows="3" autocomplete="off" spellcheck="false"></textarea>
            </label>
        }
    });
    view! {
        <form data-standing>
            <label><input type="checkbox" name="standing"/>" "{t.standing_choose()}</label>
            <p><small>{t.standing_lead()}</small></p>
            <label>
                {t.standing_uses(uses.into())}" "
                <input class="field" type="number" name="uses" min="1" max=uses value=uses required/>
            </label>
            <label>
                {t.standing_minutes(minutes.into())}" "
                <input class="field" type="number" name="minutes" min="1" max=minutes value=minutes.min(60) required/>
            </label>
            {others}
        </form>
    }
    .into_any()
}

/// The list in the inbox; nothing if there are none.
pub(super) fn section(found: Result<Vec<StandingItem>, ApiError>) -> Option<AnyView> {
    let t = texts();
    let list = match found {
        Ok(all) if all.is_empty() => return None,
        Ok(all) => view! { <ul class="cards">{all.iter().map(item).collect_view()}</ul> }.into_any(),
        Err(_) => view! { <p>{t.ability_unknown()}</p> }.into_any(),
    };
    Some(view! { <h2>{t.standing_title()}</h2>{list} }.into_any())
}

fn item(own: &StandingItem) -> AnyView {
    let t = texts();
    let others = (!own.others.is_empty()).then(|| {
        view! { <dt>{t.standing_also()}</dt><dd dir="auto">{own.others.join(", ")}</dd> }
    });
    view! {
        <li class="card">
            <h3>{t.stored(&own.summary).into_owned()}<code>{own.code.clone()}</code></h3>
            <dl class="facts">
                {others}
                <dt>{t.standing_left()}</dt><dd>{t.standing_count(own.left.into(), own.uses.into())}</dd>
                <dt>{t.standing_until()}</dt><dd>{own.until.clone()}</dd>
            </dl>
            <form class="row" method="post" action="/standing/revoke">
                <input type="hidden" name="id" value=own.id.clone()/>
                <button class="btn quiet" type="submit" aria-label=t.standing_revoke_named(&own.code)>{t.standing_revoke()}</button>
            </form>
        </li>
    }
    .into_any()
}
