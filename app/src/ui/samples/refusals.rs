//! The card of a refused call, with every kind of refusal.

use super::script::Script;
use crate::wire::{Event, NotApproved, Refusal};
use leptos::prelude::*;

/// Renders the cards of refused calls, one of each kind.
pub(crate) fn refusals() -> AnyView {
    let kinds = [
        Refusal::Denied { relation: "manage_okta".to_owned(), object: "okta:users".to_owned() },
        Refusal::NoAccount {
            why: "This needs your account at Okta, which is not connected. Nothing was done.".to_owned(),
        },
        Refusal::NotNow { service: "Okta".to_owned() },
        Refusal::BadInput { reason: "The address is not complete.".to_owned() },
        Refusal::OverLimit { limit: 20 },
        Refusal::NotApproved { why: NotApproved::Denied },
    ];
    cards(kinds)
}

/// Renders the cards of calls without an approval, for every reason.
pub(crate) fn unapproved() -> AnyView {
    cards(not_approved().into_iter().map(|why| Refusal::NotApproved { why }))
}

fn cards(refusals: impl IntoIterator<Item = Refusal>) -> AnyView {
    let refused = |script: Script, refusal| {
        script.call("Reset the password of eve@acme.example", |call| vec![Event::CallRefused { call, refusal }])
    };
    refusals.into_iter().fold(Script::default(), refused).log()
}

fn not_approved() -> Vec<NotApproved> {
    let declined = |by: &str, reason: &str| NotApproved::Declined { by: by.to_owned(), reason: reason.to_owned() };
    vec![
        NotApproved::Denied,
        NotApproved::Expired,
        NotApproved::Cancelled,
        NotApproved::Mismatched,
        NotApproved::Lost,
        declined("", ""),
        declined("", "Not today."),
        declined("Grace Hale", ""),
        declined("Grace Hale", "Eve is on leave."),
        NotApproved::NoPasskey,
        NotApproved::NoApprover,
        NotApproved::NotApprover,
        NotApproved::NoDevice,
        NotApproved::Asked,
        NotApproved::Busy,
        NotApproved::Cooling { until: 60_000 },
        NotApproved::DailyLimit { limit: 50 },
        NotApproved::Stale,
        NotApproved::Used,
        NotApproved::Changed,
    ]
}
