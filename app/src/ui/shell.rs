//! The layout of every page: skip link, column, head, content.

use super::icons::Icon;
use super::nav::Destination;
use super::rail::{RAIL, rail};
use super::signs::{MENU, SHIELD};
use super::title::{counted, page_title};
use crate::wire::Rail;
use leptos::prelude::*;

/// The element id of the explanation behind "Acts as you".
const ACTS: &str = "acts";

/// The frame of a page with its heading. `title` is the name of the page.
pub(crate) fn frame(data: &Rail, here: Option<&str>, current: Destination, title: &str, content: AnyView) -> AnyView {
    view! {
        <a class="skip" href="#content">"Skip to content"</a>
        <div class="shell" data-owner=data.owner.clone()>
            {rail(data, here, current)}
            <header class="head">
                <button class="btn quiet menu" popovertarget=RAIL aria-label="Menu"><Icon path=MENU/></button>
                <h1 dir="auto">{title.to_owned()}</h1>
                <button class="chip" popovertarget=ACTS><Icon path=SHIELD/>"Acts as you"</button>
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

fn acts(data: &Rail) -> AnyView {
    view! {
        <p><b>{data.me.name.clone()}</b><br/><small>{data.me.email.clone()}</small></p>
        <p>"Countersign can do what you can do, and nothing else. It asks your company's permission service before every action."</p>
        <p><a href="/activity">"What was done for you"</a></p>
        <p><a href="/connections">"Your connected accounts"</a></p>
    }
    .into_any()
}
