//! The column of every page: new conversation, list of conversations, navigation, the person. On narrow screens it is a
//! drawer: a popover, which the browser itself closes by Escape and by a press outside.

use super::icons::{Brand, Icon};
use super::languages::languages;
use super::nav::{Destination, navigation};
use super::signs::{GLASS, PEN};
use crate::texts::texts;
use crate::wire::{Head, Me, Rail};
use leptos::prelude::*;

/// The element id of the column, by which the button of narrow screens opens it.
pub(super) const RAIL: &str = "rail";

/// The column. `here` is the conversation that is open.
pub(super) fn rail(rail: &Rail, here: Option<&str>, current: Destination) -> AnyView {
    let t = texts();
    view! {
        <nav class="rail" id=RAIL popover="auto" aria-label="Countersign">
            <div class="top">
                <a class="home" href="/"><Brand/></a>
                <a class="btn new" href="/"><Icon path=PEN/>{t.rail_new()}</a>
                <form class="find" role="search" aria-label=t.rail_search_label() action="/conversations">
                    <Icon path=GLASS/>
                    <input name="q" type="search" placeholder=t.rail_search() aria-label=t.rail_search()
                        autocomplete="off" aria-keyshortcuts="/"/>
                </form>
            </div>
            <div class="scroll">{talks(rail, here)}</div>
            <div class="foot">
                {navigation(rail, current)}
                {person(&rail.me)}
                {languages()}
            </div>
        </nav>
    }
    .into_any()
}

/// The list of conversations, grouped by the day of their last use. Its paging links keep the current page open.
pub(super) fn talks(rail: &Rail, here: Option<&str>) -> AnyView {
    let t = texts();
    if rail.heads.is_empty() && rail.listed_after.is_none() {
        return view! { <small class="none">{t.rail_none()}</small> }.into_any();
    }
    let base = here.map_or_else(|| "/".to_owned(), |id| format!("/c/{id}"));
    let more = |href: String, text: &'static str| view! { <a class="more" href=href>{text}</a> };
    let newest = rail.listed_after.as_ref().map(|_| more(base.clone(), t.rail_newest()));
    let older = rail.older.as_ref().map(|place| more(format!("{base}?older={place}"), t.rail_older()));
    let waits = |head: &Head| rail.waiting.iter().any(|waiting| waiting.conversation == head.id);
    let groups = rail.heads.chunk_by(|one, next| one.day == next.day).map(|group| {
        let name = group.first().map(|head| head.day.name(t));
        let links = group.iter().map(|head| {
            let current = (here == Some(head.id.as_str())).then_some("page");
            let dot = waits(head).then(|| view! { <i class="dot"></i><span class="unseen">" "{t.rail_waiting()}</span> });
            view! {
                <li><a href=format!("/c/{}", head.id) aria-current=current><span dir="auto">{head.title.clone()}</span>{dot}</a></li>
            }
        });
        view! { <h2>{name}</h2><ul class="talks">{links.collect_view()}</ul> }
    });
    view! {
        {newest}{groups.collect_view()}{older}
        <a class="more" href="/conversations">{t.rail_all()}</a>
    }
    .into_any()
}

pub(super) fn person(me: &Me) -> AnyView {
    view! {
        <div class="me">
            <span class="avatar" aria-hidden="true">{initials(&me.name)}</span>
            <div><b>{me.name.clone()}</b><small>{me.email.clone()}</small></div>
            <form method="post" action="/auth/logout">
                <button class="btn quiet" type="submit">{texts().sign_out()}</button>
            </form>
        </div>
    }
    .into_any()
}

/// Returns the initials of the first and the last word of a name.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|sign| sign.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (name, expected) in
            [("Ada Byron", "AB"), ("eve", "E"), ("Ana María de la Cruz", "AC"), ("", ""), ("@ ?", "")]
        {
            assert_eq!(initials(name), expected);
        }
    }
}
