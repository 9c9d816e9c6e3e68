//! The lists of the pages around the chat, and pages that have nothing to list.

use super::super::activity::{Entry, Moment, Tone, Value, Whose, rows};
use super::super::approve::{ApprovePage, Obstacle, Waiting as Question};
use super::super::inbox::{self, Inbox};
use super::super::notice::{Notice, Way};
use super::super::permissions::data::{
    Ability, AbilityState, Duration, MissingPermission, OwnRequest, PermissionsPage, RequestState, RequestToAnswer,
};
use super::super::standing::{StandingBounds, StandingItem};
use super::super::{accounts, permissions as pages};
use crate::ui::samples::{head, rail};
use crate::wire::{Day, Effect, Permanence, Waiting};
use leptos::prelude::*;

/// Renders the page of a request for approval, with every obstacle, and the inbox.
pub(super) fn answering() -> AnyView {
    let question = |asker: Option<&str>, obstacle| Question {
        id: "sample".to_owned(),
        conversation: None,
        code: "N4-5QF".to_owned(),
        asker: asker.map(str::to_owned),
        summary: "Reset the password of eve@acme.example".to_owned(),
        effect: Some(Effect { text: "Eve gets an e-mail.".to_owned(), permanence: Permanence::Permanent }),
        details: vec![("user".to_owned(), "eve@acme.example".to_owned())],
        until: "28 November, 14:39".to_owned(),
        obstacle,
        standing: None,
    };
    let bounds = StandingBounds { uses: 10, minutes: 480, takes_others: true, most_others: 20 };
    let offered = Question { standing: Some(bounds), ..question(None, None) };
    let asked = [
        question(None, None),
        offered,
        question(Some("Bob Crane"), Some(Obstacle::NoPasskey)),
        question(None, Some(Obstacle::SameDevice)),
        question(None, Some(Obstacle::SignInAgain)),
    ];
    let waiting = Waiting { conversation: "sample".to_owned(), summary: "Disable bob@acme.example".to_owned() };
    let browser = inbox::Browser {
        id: "sample".to_owned(),
        label: "Firefox, Linux".to_owned(),
        added: "28 November, 13:00".to_owned(),
    };
    let inbox = inbox::content(
        &rail(vec![head("1", "Okta groups", Day::Today), head("2", "המשימות שלי", Day::Yesterday)], vec![waiting]),
        Inbox {
            approvals: vec![question(Some("Bob Crane"), None)],
            requests: vec![request(RequestState::Open)],
            standing: Ok(vec![standing()]),
            notifications: Ok(Some(inbox::Notifications { key: String::new(), browsers: vec![browser] })),
        },
    );
    view! { {asked.map(|waiting| view! { <ApprovePage waiting/> }).collect_view()}{inbox} }.into_any()
}

fn standing() -> StandingItem {
    StandingItem {
        id: "sample".to_owned(),
        code: "K7-31Q".to_owned(),
        summary: "Disable the user bob@acme.example".to_owned(),
        others: vec!["eve@acme.example".to_owned(), "kim@acme.example".to_owned()],
        left: 7,
        uses: 10,
        until: "28 November, 17:00".to_owned(),
    }
}

fn request(state: RequestState) -> RequestToAnswer {
    RequestToAnswer {
        id: "sample".to_owned(),
        name: "Eve Dorn".to_owned(),
        email: Some("eve@acme.example".to_owned()),
        relation: "can_call".to_owned(),
        object: "tool:countersign/calculate".to_owned(),
        tool: "calculate".to_owned(),
        reason: "I check invoices this week.".to_owned(),
        durations: vec![Duration { value: "1h", text: "1 hour".to_owned() }],
        asked_at: "28 November, 14:00".to_owned(),
        why: vec!["Contractors may not calculate.".to_owned()],
        state,
    }
}

/// Renders tools in every state, and requests for access in every state.
pub(super) fn permissions() -> AnyView {
    let missing = MissingPermission {
        relation: "manage_okta".to_owned(),
        object: "okta:users".to_owned(),
        why: vec!["You are not a member of the group helpdesk.".to_owned()],
        administrators: vec!["ada@acme.example".to_owned()],
        more_administrators: true,
        can_ask: true,
    };
    let account = AbilityState::NeedsAccount { provider: "github".to_owned(), name: "GitHub".to_owned() };
    let states = [
        AbilityState::Works,
        AbilityState::NeedsConfirmation,
        account,
        AbilityState::NotPermitted(missing),
        AbilityState::DependsOnArguments,
        AbilityState::Unknown,
    ];
    let abilities = states.map(|state| Ability {
        tool: "okta_groups".to_owned(),
        system: Some("Okta".to_owned()),
        example: Some("What are my Okta groups?".to_owned()),
        depends_on_object: state == AbilityState::NeedsConfirmation,
        state,
    });
    let by = || "Ada Byron".to_owned();
    let time = || "28 November, 15:00".to_owned();
    let states = [
        RequestState::Open,
        RequestState::Granted { by: by(), until: time() },
        RequestState::Ended { at: time() },
        RequestState::Declined { by: by(), reason: "Not needed for invoices.".to_owned() },
        RequestState::Withdrawn,
        RequestState::NotNeeded,
        RequestState::Revoked { by: by() },
    ];
    let requests = states.map(|state| OwnRequest {
        id: "sample".to_owned(),
        relation: "can_call".to_owned(),
        object: "tool:countersign/calculate".to_owned(),
        tool: "calculate".to_owned(),
        reason: "I check invoices this week.".to_owned(),
        duration: "1 hour".to_owned(),
        asked_at: time(),
        conversation: None,
        state,
    });
    let granted = RequestState::Granted { by: by(), until: time() };
    view! {
        {pages::content(PermissionsPage { abilities: abilities.into(), requests: requests.into() })}
        <ul class="cards">{pages::answerable(request(granted))}</ul>
    }
    .into_any()
}

/// Renders providers in every state.
pub(super) fn connections() -> AnyView {
    let scope = |name: &str, words| accounts::Scope { words, name: name.to_owned() };
    let owner = |name: &str, signed_in_as: Option<&str>| accounts::Owner {
        name: name.to_owned(),
        email: Some("ada@acme.example".to_owned()),
        signed_in_as: signed_in_as.map(str::to_owned),
    };
    let account = |owner| accounts::Account {
        id: "sample".to_owned(),
        owner,
        since: "1 November 2026".to_owned(),
        used: Some("28 November, 13:00".to_owned()),
        scopes: vec![scope("repo", None), scope("read:user", Some("See your profile"))],
        lost: "Countersign will no longer be able to do this for you: list repositories.".to_owned(),
    };
    let states = [
        (
            "GitHub",
            accounts::Accounts::Known(vec![
                account(Some(owner("ada-byron", None))),
                account(Some(owner("bob-crane", Some("bob@acme.example")))),
                account(None),
            ]),
        ),
        ("GitLab", accounts::Accounts::Known(Vec::new())),
        ("Okta", accounts::Accounts::SignInAgain),
        ("Jira", accounts::Accounts::Unknown),
    ];
    let providers = states.map(|(name, accounts)| accounts::Provider {
        id: name.to_owned(),
        name: name.to_owned(),
        uses: vec!["list repositories".to_owned()],
        accounts,
    });
    accounts::content(providers.into())
}

/// Renders the table of activity, pages without content, and a notice.
pub(super) fn records() -> AnyView {
    let way = || Way { href: "#records".to_owned(), label: "Try again" };
    let none = Inbox { approvals: Vec::new(), requests: Vec::new(), standing: Ok(Vec::new()), notifications: Ok(None) };
    let notice = Notice::new("Not now", "Okta cannot be reached right now. Nothing was changed.".to_owned(), way());
    view! {
        {rows(entries(), Whose::Everyones)}
        {inbox::content(&rail(Vec::new(), Vec::new()), none)}
        {accounts::content(Vec::new())}
        <div class="card">{notice.content()}</div>
    }
    .into_any()
}

fn entries() -> Vec<Entry> {
    let at = |clock: &str| Moment {
        utc: format!("2026-11-28T{clock}:00Z"),
        clock: clock.to_owned(),
        full: format!("28 November 2026, {clock}"),
    };
    let entry = |day: &str, clock: &str, tone, result, decided: &str| Entry {
        day: day.to_owned(),
        at: at(clock),
        action: "Reset the password of eve@acme.example".to_owned(),
        person: "Ada Byron".to_owned(),
        email: Some("ada@acme.example".to_owned()),
        href: Some("#records".to_owned()),
        tone,
        result,
        decided: decided.to_owned(),
        facts: vec![
            ("Tool", Value::Name("reset_password".to_owned())),
            ("Decided at", Value::Time(at(clock))),
            ("Reason", Value::Text("Confirmed on the phone".to_owned())),
        ],
        receipt: Some("#records".to_owned()),
        conversation: Some("#records".to_owned()),
    };
    vec![
        entry("Today", "14:32", Tone::Good, "Done", "You, on the phone"),
        entry("Today", "14:30", Tone::Bad, "Not permitted", "Permissions"),
        entry("Yesterday", "09:10", Tone::Open, "Not known", "You, with a passkey"),
        entry("Yesterday", "09:00", Tone::Quiet, "Declined", "Grace Hale"),
    ]
}
