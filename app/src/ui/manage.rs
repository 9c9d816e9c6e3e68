//! The things that a person can do with a conversation as a whole. Plain forms and links.

use crate::texts::texts;
use leptos::prelude::*;

/// Renders the forms to rename and to delete a conversation, and the links to download it.
pub(crate) fn manage(id: &str, title: &str) -> AnyView {
    let t = texts();
    let file = |form: &str| format!("/export/{form}/{id}");
    view! {
        <form class="row" method="post" action="/api/chat/rename">
            <input type="hidden" name="conversation" value=id.to_owned()/>
            <input class="field" name="title" value=title.to_owned() aria-label=t.conversations_new_title() maxlength="120"
                pattern=r".*\S.*" required=true autocomplete="off"/>
            <button class="btn" type="submit">{t.rename()}</button>
        </form>
        <form class="row" method="post" action="/api/chat/delete">
            <input type="hidden" name="conversation" value=id.to_owned()/>
            <a class="btn" href=file("markdown") download="">"Markdown"</a>
            <a class="btn" href=file("json") download="">"JSON"</a>
            <button class="btn" type="submit">{t.delete()}</button>
        </form>
    }
    .into_any()
}
