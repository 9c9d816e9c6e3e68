//! The body of a call's card while the call waits for an account: the request, the time left and the buttons.

use super::approval::left;
use super::page::Page;
use crate::state::{AccountRequest, Call};
use crate::texts::texts;
use leptos::prelude::*;

/// The request for an account. "Connect" is a plain form, because it leads to another server; the connection starts
/// only when the person presses the button.
pub(super) fn account(call: &Call, wanting: AccountRequest, page: Page) -> AnyView {
    let AccountRequest { words, scopes, label, seconds, until } = wanting;
    let fields = |conversation: String, call: String| {
        view! {
            <input type="hidden" name="conversation" value=conversation/>
            <input type="hidden" name="call" value=call/>
        }
    };
    view! {
        <div class="ask">
            <p>{words}</p>
            {left("ring", seconds, until)}
        </div>
        {(!scopes.is_empty()).then(|| view! { <p><code>{scopes.join(" ")}</code></p> })}
        <div class="row">
            <form method="post" action="/connect">
                {fields(page.conversation.clone(), call.id.clone())}
                <button class="btn first" type="submit">{label}</button>
            </form>
            <form method="post" action="/api/chat/cancel" data-live="">
                {fields(page.conversation, call.id.clone())}
                <button class="btn quiet" type="submit">{texts().card_not_now()}</button>
            </form>
        </div>
    }
    .into_any()
}
