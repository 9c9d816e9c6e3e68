//! The help desk resets everybody's password except those of protected users. The permission is checked for the target
//! user as Okta identifies them at that moment.

use crate::approvals::until_it_rings;
use crate::world::frames::{Watch, began, refusals};
use crate::world::{Custom, TestApp};
use app::wire::{Event, NotApproved, Refusal};
use sandbox::identity::Answer;
use sandbox::kit::Person;

const RESET: &str = "Reset the password of eve@acme.example";
const EVE: &str = "okta_user:00u3evedorn00000acme";

/// Starts a server whose application has its own Okta account, with Bob at the help desk.
async fn help_desk() -> TestApp {
    let app = TestApp::with(Custom::application()).await;
    app.grant("user:auth0|bob", "member", "group:helpdesk").await;
    app
}

fn denied(relation: &str, object: &str) -> Vec<Refusal> {
    vec![Refusal::Denied { relation: relation.to_owned(), object: object.to_owned() }]
}

#[tokio::test]
async fn the_help_desk_may_reset_employees_passwords_but_not_administrators() {
    let app = help_desk().await;
    let bob = app.signed_in("bob").await;
    let posted = bob.begin(RESET).await.unwrap();
    let mut watch = bob.watch(&posted.conversation, 0).await;
    until_it_rings(&mut watch).await;
    app.answer(Answer::Approve);
    assert!(began(&watch.turn().await));
    assert_eq!(app.effects(), ["ResetPassword { send_email: true, revoke_sessions: false } eve@acme.example"]);

    for (words, relation, object) in [
        ("Reset the password of ada@acme.example", "can_reset_password", "okta_user:00u1adabyron0000acme"),
        ("Disable the user eve@acme.example", "can_disable", EVE),
        ("Delete the user eve@acme.example", "can_delete", EVE),
    ] {
        let (_, events) = bob.ask(words).await;
        assert_eq!(refusals(&events), denied(relation, object), "{words}");
    }
    assert_eq!((app.sandbox.provider().pushes().len(), app.effects().len()), (1, 1), "no phone rang for those");
    // A person who manages all users may reset the administrator's password too.
    app.grant("user:auth0|bob", "manage_okta", "okta:users").await;
    let posted = bob.begin("Reset the password of ada@acme.example").await.unwrap();
    let mut watch = bob.watch(&posted.conversation, 0).await;
    until_it_rings(&mut watch).await;
    app.finish().await;
}

/// Lets something happen while Bob's approval is pending, and returns the events after he approves.
async fn meanwhile(what: &str, happens: fn(&TestApp)) -> Vec<Event> {
    let app = help_desk().await;
    let bob = app.signed_in("bob").await;
    let posted = bob.begin(RESET).await.unwrap();
    let mut watch: Watch = bob.watch(&posted.conversation, 0).await;
    until_it_rings(&mut watch).await;
    happens(&app);
    app.answer(Answer::Approve);
    let events = watch.turn().await;
    assert!(app.effects().is_empty(), "{what}");
    app.finish().await;
    events
}

#[tokio::test]
async fn a_person_who_becomes_an_administrator_while_the_phone_rings_is_not_touched() {
    let joins = |app: &TestApp| app.sandbox.okta().add_to_group("eve@acme.example", "IT Helpdesk").unwrap();
    assert_eq!(refusals(&meanwhile("joins", joins).await), denied("can_reset_password", EVE));
}

#[tokio::test]
async fn an_action_is_not_redirected_when_the_address_moves_to_another_person() {
    let moves = |app: &TestApp| {
        let okta = app.sandbox.okta();
        okta.rename("eve@acme.example", "eve.dorn@acme.example").unwrap();
        okta.hire(&Person::colleague("auth0|mallory", "00u5mallory00000acme", "eve@acme.example", "Eve", "Dorn"));
    };
    let changed = Refusal::NotApproved { why: NotApproved::Changed };
    assert_eq!(refusals(&meanwhile("moves", moves).await), [changed]);
    let leaves = |app: &TestApp| app.sandbox.okta().rename("eve@acme.example", "eve.dorn@acme.example").unwrap();
    let reason = "Okta has no user whose login is eve@acme.example.".to_owned();
    assert_eq!(refusals(&meanwhile("leaves", leaves).await), [Refusal::BadInput { reason }]);
}

#[tokio::test]
async fn a_user_in_more_groups_than_can_be_checked_is_refused_with_the_reason() {
    let app = help_desk().await;
    for number in 0..110 {
        app.sandbox.okta().add_to_group("eve@acme.example", &format!("project {number}")).unwrap();
    }
    let bob = app.signed_in("bob").await;
    let (_, events) = bob.ask(RESET).await;
    let [Refusal::BadInput { reason }] = &refusals(&events)[..] else { panic!("{events:?}") };
    for words in
        ["can_reset_password on okta_user:00u3evedorn00000acme", "112 Okta groups", "manage_okta on okta:users"]
    {
        assert!(reason.contains(words), "{words}: {reason}");
    }
    let ada = app.signed_in("ada").await;
    let posted = ada.begin(RESET).await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    until_it_rings(&mut watch).await;
    app.finish().await;
}
