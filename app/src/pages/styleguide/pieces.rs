//! The small pieces that pages are made of.

use crate::ui::icons::{Brand, DOWN, Icon, PHONE, SQUARE, UP};
use crate::ui::signs::SHIELD;
use leptos::prelude::*;

/// Renders them.
pub(super) fn pieces() -> AnyView {
    let tag = |tone: &'static str, text: &'static str| view! { <span class=tone>{text}</span> };
    view! {
        <Brand/>
        <div class="row">
            <button class="btn first" type="button">"First choice"</button>
            <button class="btn" type="button">"Other choice"</button>
            <button class="btn quiet" type="button">"Quiet choice"</button>
            <button class="btn" type="button" disabled=true>"Not now"</button>
            <button class="btn" type="button"><Icon path=DOWN/>"With an icon"</button>
            <a class="btn" href="#pieces">"A link"</a>
            <button class="chip" type="button"><Icon path=SHIELD/>"A chip"</button>
        </div>
        <div class="box">
            <button class="btn round first" type="button" aria-label="Send"><Icon path=UP/></button>
            <button class="btn round" type="button" aria-label="Stop"><Icon path=SQUARE/></button>
            <button class="btn round first" type="button" aria-label="Nothing to send" disabled=true><Icon path=UP/></button>
        </div>
        <div class="row">
            {tag("tag good", "good")}{tag("tag bad", "bad")}{tag("tag wait", "waiting")}{tag("tag mute", "quiet")}
            <code>"okta:groups"</code><span class="code">"N4-5QF"</span>
        </div>
        <nav class="tabs" aria-label="Tabs"><a href="#pieces" aria-current="page">"Mine"</a><a href="#pieces">"Everyone's"</a></nav>
        {forms()}
        <p class="proof"><Icon path=SHIELD/>"A line of proof."</p>
        <ul class="points"><li>"A point."</li><li>"Another one."</li></ul>
        <ul class="cards">
            <li class="card"><h3>"A card"</h3><p>"With text."</p><small>"And small print."</small></li>
            <li class="card" data-state="waiting"><h3><Icon path=PHONE/>"A card that waits"</h3></li>
        </ul>
    }
    .into_any()
}

fn forms() -> AnyView {
    view! {
        <form class="filter" method="get" action="#pieces">
            <label>"Text"<input name="text" value="ada@acme.example" autocomplete="off"/></label>
            <label>"Empty"<input name="empty" placeholder="A hint" autocomplete="off"/></label>
            <label>"Choice"<select name="choice"><option>"1 hour"</option><option>"7 days"</option></select></label>
            <button class="btn" type="submit">"Show"</button>
        </form>
    }
    .into_any()
}
