//! The layout of every page: skip link, column, head, content.

use super::icons::Icon;
use super::manage::manage;
use super::nav::Destination;
use super::rail::{RAIL, rail};
use super::signs::{DOTS, MENU, SHIELD};
use super::title::{counted, page_title};
use crate::texts::texts;
use crate::wire::Rail;
use leptos::prelude::*;

/// The element id of the explanation behind "Acts as you".
const ACTS: &str = "acts";

/// The element id of what can be done with the conversation.
const MANAGE: &str = "manage";

/// The frame of a page with its heading. `title` is the name of the page.
pub(crate) fn frame(data: &Rail, here: Option<&str>, current: Destination, title: &str, content: AnyView) -> AnyView {
    let t = texts();
    view! {
        <a class="skip" href="#content">{t.skip()}</a>
        <div class="shell" data-owner=data.owner.clone() data-label-copy=t.copy() data-label-copied=t.copied()
            data-label-still=t.page_still() data-label-reload=t.reload()>
            {rail(data, here, current)}
            <header class="head">
                <button class="btn quiet menu" popovertarget=RAIL aria-label=t.menu()><Icon path=MENU/></button>
                <h1 dir="auto">{title.to_owned()}</h1>
                {here.map(|id| managing(id, title))}
                <button class="chip" popovertarget=ACTS><Icon path=SHIELD/>{t.acts_as_you()}</button>
                <div id=ACTS class="sheet" popover="auto">{acts(data)}</div>
            </header>
            {content}
        </div>
    }
    .into_any()
}

/// A page of text or lists in the frame.
pub(crate) fn text_page(data: &Rail, current: Destination, title: &str, content: AnyView) -> AnyView {
    page_title(counted(data.count, title));
    text_frame(data, current, title, content)
}

/// The frame of such a page, without its title in the head.
pub(crate) fn text_frame(data: &Rail, current: Destination, title: &str, content: AnyView) -> AnyView {
    let content = view! { <main class="main page" id="content" tabindex="0"><div class="wide">{content}</div></main> };
    frame(data, None, current, title, content.into_any())
}

/// The menu of the conversation that is open.
fn managing(id: &str, title: &str) -> AnyView {
    view! {
        <button class="btn quiet dots" popovertarget=MANAGE aria-label=texts().conversations_menu()><Icon path=DOTS/></button>
        <div id=MANAGE class="sheet" popover="auto">{manage(id, title)}</div>
    }
    .into_any()
}

fn acts(data: &Rail) -> AnyView {
    let t = texts();
    view! {
        <p><b>{data.me.name.clone()}</b><br/><small>{data.me.email.clone()}</small></p>
        <p>{t.acts_explained()}</p>
        <p><a href="/activity">{t.acts_activity()}</a></p>
        <p><a href="/connections">{t.acts_accounts()}</a></p>
    }
    .into_any()
}
