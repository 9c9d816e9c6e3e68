//! The cards that wait for the person: requests for an approval and for an account.

use super::script::Script;
use crate::wire::{AskedAt, Detail, Effect, Event, Permanence};
use leptos::prelude::*;

/// Time to answer, in milliseconds.
const WHOLE: i64 = 300_000;
/// The same, near its end.
const LATE: i64 = 12_000;

/// Renders the requests for an approval.
pub(crate) fn approvals() -> AnyView {
    let reset = Effect {
        text: "Eve Dorn gets an e-mail with a link to choose a new password.".to_owned(),
        permanence: Permanence::Reversible,
    };
    let deletion =
        Effect { text: "The account and everything in it are deleted.".to_owned(), permanence: Permanence::Permanent };
    let ask = |script, effect, until, at| asked(script, "Reset the password of eve@acme.example", effect, until, at);
    let script = ask(Script::default(), Some(reset.clone()), WHOLE, None);
    let script = ask(script, Some(reset.clone()), WHOLE, Some(AskedAt::Phone));
    let script = ask(script, Some(reset.clone()), WHOLE, Some(AskedAt::PhoneAndOthers));
    let script = ask(script, Some(reset.clone()), WHOLE, Some(AskedAt::Page("/inbox".to_owned())));
    let script = ask(script, Some(reset), WHOLE, Some(AskedAt::Others));
    let script = ask(script, None, LATE, Some(AskedAt::Phone));
    asked(script, "Delete the user eve@acme.example", Some(deletion), WHOLE, Some(AskedAt::Phone)).log()
}

fn asked(script: Script, summary: &str, effect: Option<Effect>, until: i64, put: Option<AskedAt>) -> Script {
    let detail = |name: &str, value: &str| Detail { name: name.to_owned(), value: value.to_owned() };
    script.call(summary, |call| {
        let details = vec![detail("Tool", "reset_password"), detail("user", "eve@acme.example")];
        let put = put.map(|at| Event::ApprovalPut { call: call.clone(), at });
        let asked = Event::ApprovalAsked { call, code: "N4-5QF".to_owned(), effect, details, until };
        std::iter::once(asked).chain(put).collect()
    })
}

/// Renders the requests for an account.
pub(crate) fn accounts() -> AnyView {
    let wanted = |call: String, scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let words = "This needs your account at GitHub. Connect it and I'll carry on from here.".to_owned();
        vec![Event::AccountWanted { call, words, scopes, label: "Connect GitHub".to_owned(), until: WHOLE }]
    };
    Script::default()
        .call("List your GitHub repositories", |call| wanted(call, &["repo", "read:user"]))
        .call("List your GitHub repositories", |call| wanted(call, &[]))
        .log()
}
