//! Titles, deletion and retention of conversations.

use crate::approvals::until_it_rings;
use crate::world::chat::Failure;
use crate::world::frames::{Watch, end};
use crate::world::{Custom, TestApp, logs};
use agent::Actor;
use agent::actor::Evidence;
use agent::ids::ConversationId;
use agent::ports::{Clock, Header, Millis};
use app::wire::{ApiError, BadInput, Frame, TurnEnd};
use countersign::wiring::ServerLimits;
use sandbox::bedrock::Mischief;
use sandbox::identity::Answer;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use system::SystemClock;
use turns::{DeletionTimes, Retention};

const QUESTION: &str = "What are my Okta groups?";
const RESET: &str = "Reset the password of bob@acme.example";
const SWEEP: Duration = Duration::from_millis(200);
const DAY: Duration = Duration::from_secs(86_400);

fn not_found() -> Failure {
    Failure { status: 404, error: ApiError::NotFound }
}

async fn with(deletion: DeletionTimes) -> TestApp {
    let bounds = ServerLimits { deletion, ..Custom::default().bounds };
    TestApp::with(Custom { bounds, ..Custom::default() }).await
}

/// Reads a stream to its end and returns the last frame.
async fn last(watch: &mut Watch) -> Option<Frame> {
    let mut last = None;
    while let Some(frame) = watch.next().await {
        last = Some(frame);
    }
    last
}

impl TestApp {
    /// The keys of all items of the main table that mention a conversation.
    async fn traces(&self, conversation: &str) -> Vec<String> {
        let all = self.table("Scan", json!({"TableName": "countersign"})).await;
        let place = |row: &serde_json::Value| format!("{} {}", row["pk"]["S"], row["sk"]["S"]).replace('"', "");
        let mut places: Vec<String> = all["Items"].as_array().unwrap().iter().map(place).collect();
        places.retain(|place| place.contains(conversation));
        places
    }

    /// Waits until only the mark and the timer of the last pass are left of a conversation.
    async fn until_erased(&self, conversation: &str) {
        let marks = |places: &[String]| {
            places.len() == 2 && places.iter().all(|place| place.ends_with(" h") || place.starts_with("deleted#"))
        };
        let erased = async {
            loop {
                let places = self.traces(conversation).await;
                if marks(&places) && logs::text().contains("a deleted conversation was erased") {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), erased).await.expect("it is erased");
    }

    /// Waits until the timer of a conversation that is kept stands after a time.
    async fn until_timer_is_after(&self, conversation: &str, time: Millis) {
        let timer = |place: &String| place.strip_prefix("unused#")?.split(['#', ' ']).nth(1)?.parse::<Millis>().ok();
        let later = async {
            while self.traces(conversation).await.iter().find_map(timer).is_none_or(|at| at <= time) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), later).await.expect("its timer is set anew");
    }

    /// Returns Ada as a member of an organization.
    fn member(&self, organization: &str) -> Actor {
        let issuer = self.sandbox.variable("OIDC_ISSUER").unwrap();
        Actor::attest(Evidence::of(issuer, "auth0|ada", organization))
    }
}

#[tokio::test]
async fn a_first_call_names_a_conversation_until_its_owner_does() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let (hello, _) = ada.ask("Hello").await;
    assert_eq!(ada.titles().await, ["Hello"]);
    ada.ask_on(&hello, QUESTION).await;
    let named = ada.titles().await.remove(0);
    assert_ne!(named, "Hello");
    ada.ask_on(&hello, "Look up bob@acme.example").await;
    assert_eq!(ada.titles().await, [named], "once");
    assert_eq!(ada.rename(&hello, "  My\u{7} groups\r\nat work ").await, Ok(()));
    let (other, _) = ada.ask("Good morning").await;
    assert_eq!(ada.rename(&other, "Mine").await, Ok(()));
    ada.ask_on(&other, QUESTION).await;
    assert_eq!(ada.titles().await, ["Mine", "My groups at work"]);
    let invalid = |bad| Err(Failure { status: 422, error: ApiError::Invalid(bad) });
    assert_eq!(ada.rename(&hello, " \n").await, invalid(BadInput::NoTitle));
    let long = BadInput::LongTitle { length: 121, limit: 120 };
    assert_eq!(ada.rename(&hello, &"ü".repeat(121)).await, invalid(long));
    assert_eq!(bob.rename(&hello, "Bob's").await, Err(not_found()));
    assert_eq!(ada.titles().await, ["Mine", "My groups at work"]);
    app.finish().await;
}

#[tokio::test]
async fn a_deleted_conversation_is_gone_at_once_and_can_be_restored() {
    let app = TestApp::start().await;
    let other = app.second().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let there = other.browser(&ada.session().unwrap());
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 5 });
    let app::wire::Talk { fresh: id, client_id: key, .. } = ada.load(None).await.unwrap().talk;
    let fields = [("conversation", &*id), ("text", "Tell me a long story"), ("client_id", &*key)];
    assert_eq!(ada.call("/api/chat/start", &fields).await.status, 200);
    let id = id.as_str();
    let mut watch = ada.watch(id, 0).await;
    watch.words(5).await;
    let mut elsewhere = there.watch(id, 2).await;
    assert_eq!(bob.delete(id).await, Err(not_found()));
    let deleted = ada.delete(id).await.unwrap();
    assert_eq!(ada.delete(id).await.unwrap(), deleted, "again");
    let gone = Some(Frame::Fault { error: ApiError::NotFound });
    assert_eq!(last(&mut watch).await, gone);
    assert_eq!(last(&mut elsewhere).await, gone, "on the other instance");
    app.sandbox.bedrock().release();
    assert_eq!(ada.post(id, "Hello", "client-0001").await, Err(not_found()));
    assert_eq!(ada.post(id, "Tell me a long story", &key).await, Err(not_found()), "a repeated post");
    assert_eq!(ada.rename(id, "Mine").await, Err(not_found()));
    assert_eq!((ada.stop(id).await, ada.withdraw(id, 1).await), (Err(not_found()), Err(not_found())));
    for browser in [&ada, &there] {
        assert_eq!(browser.load(Some(id)).await.unwrap_err(), not_found());
        for stream in ["/api/chat/watch", "/api/chat/live"] {
            let query = [("conversation", id), ("settled", "0"), ("after", "0")];
            assert_eq!(browser.send(browser.read(stream, &query)).await.value::<()>(), Err(not_found()), "{stream}");
        }
        let page = browser.visit(&format!("/c/{id}")).await;
        assert!(page.status == 404 && !page.body.contains("long story"), "{}", page.body);
        assert_eq!(browser.visit(&format!("/export/json/{id}")).await.status, 404);
        assert_eq!(browser.titles().await, [""; 0]);
    }
    assert_eq!(bob.restore(id).await, Err(not_found()));
    assert_eq!((ada.restore(id).await, ada.restore(id).await), (Ok(()), Ok(())));
    assert_eq!(ada.titles().await, ["Tell me a long story"]);
    assert_eq!(end(&ada.watch(id, 0).await.turn().await), TurnEnd::Stopped);
    assert_eq!(end(&ada.ask_on(id, "Hello").await), TurnEnd::Done, "it goes on");
    assert!(there.load(Some(id)).await.is_ok(), "on the other instance, too");
    // A form without script leads to the list, which offers to restore it.
    let form = ada.submit(&format!("/c/{id}"), "/api/chat/delete", &[("conversation", id)]).await;
    assert_eq!((form.status, form.location().path()), (302, "/conversations"));
    assert_eq!(form.location().query(), Some(&*format!("deleted={id}")));
    let form = ada.submit("/conversations", "/api/chat/restore", &[("conversation", id)]).await;
    assert_eq!((form.status, form.location().path()), (302, &*format!("/c/{id}")));
    other.finish().await;
    app.finish().await;
}

#[tokio::test]
async fn deleting_a_conversation_withdraws_what_waits_for_approval_and_the_ledger_keeps_it() {
    let app = with(DeletionTimes { undo: Duration::from_secs(2), sweep: SWEEP, ..DeletionTimes::default() }).await;
    let ada = app.signed_in("ada").await;
    let (kept, _) = ada.ask(QUESTION).await;
    let posted = ada.begin(RESET).await.unwrap();
    until_it_rings(&mut ada.watch(&posted.conversation, 0).await).await;
    ada.delete(&posted.conversation).await.unwrap();
    app.answer(Answer::Approve);
    app.until_erased(&posted.conversation).await;
    assert_eq!(ada.restore(&posted.conversation).await, Err(not_found()), "too late");
    assert_eq!(app.effects().len(), 0, "an approval after the deletion does nothing");
    let activity = ada.visit("/activity").await;
    assert!(activity.body.contains(&kept) || activity.body.contains("bob@acme.example"), "{}", activity.body);
    assert!(ada.load(Some(&kept)).await.is_ok(), "another conversation stays");
    app.finish().await;
}

#[tokio::test]
async fn the_inbox_lists_conversations_that_were_used_lately() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let owner = app.member(&app.config.tenant);
    let ids = [1, 2].map(|place| ConversationId::from_random([place; 26]));
    for (id, days) in ids.iter().zip([0, 3]) {
        let used = SystemClock.now() - Millis::try_from((days * DAY).as_millis()).unwrap();
        let header = Header::new(id.clone(), format!("Talk of {days} days ago"), used);
        app.conversations().begin(&owner, &header).await.unwrap();
    }
    for (browser, lists) in [(&ada, true), (&bob, false)] {
        let inbox = browser.visit("/inbox").await.body;
        let main = inbox.split_once("<main").unwrap().1;
        let found = [&ids[0], &ids[1]].map(|id| main.contains(&format!("href=\"/c/{id}\"")));
        assert_eq!((main.contains("Recently used"), found), (lists, [lists, false]), "{main}");
    }
    app.finish().await;
}

#[tokio::test]
async fn conversations_that_were_not_used_are_deleted_after_the_time_of_retention() {
    let retention = Retention { general: Some(DAY), ..Retention::default() };
    let app = with(DeletionTimes { undo: Duration::from_millis(10), sweep: SWEEP, retention }).await;
    let ada = app.signed_in("ada").await;
    let owner = app.member(&app.config.tenant);
    ada.ask("Hello").await;
    let old = ConversationId::from_random([1; 26]);
    app.conversations().begin(&owner, &Header::new(old.clone(), "Old".to_owned(), 1_000)).await.unwrap();
    app.until_erased(old.as_str()).await;
    assert_eq!(ada.titles().await, ["Hello"]);
    app.finish().await;
}

#[tokio::test]
async fn the_retention_of_an_organization_goes_before_the_general_one() {
    let by_organization = BTreeMap::from([("org_a".to_owned(), Some(30 * DAY)), ("org_b".to_owned(), None)]);
    let retention = Retention { general: Some(365 * DAY), by_organization };
    let app = with(DeletionTimes { undo: Duration::from_millis(10), sweep: SWEEP, retention }).await;
    let now = SystemClock.now();
    let days_ago = |days: u32| now - Millis::try_from((days * DAY).as_millis()).unwrap();
    let rows = [
        ("org_a", 60, true),
        ("org_a", 20, false),
        ("org_b", 3_000, false),
        ("org_c", 60, false),
        ("org_c", 400, true),
    ];
    let id = |place: usize| ConversationId::from_random([u8::try_from(place).unwrap(); 26]);
    for (place, (organization, days, _)) in rows.iter().enumerate() {
        let header = Header::new(id(place), "Old".to_owned(), days_ago(*days));
        app.conversations().begin(&app.member(organization), &header).await.unwrap();
    }
    for (place, (organization, days, deleted)) in rows.iter().enumerate() {
        let row = format!("{organization}, {days} days ago");
        if *deleted {
            app.until_erased(id(place).as_str()).await;
            continue;
        }
        app.until_timer_is_after(id(place).as_str(), days_ago(31)).await;
        let header = app.conversations().header(&app.member(organization), &id(place)).await.unwrap();
        assert_eq!(header.map(|header| header.used), Some(days_ago(*days)), "{row}");
    }
    app.finish().await;
}
