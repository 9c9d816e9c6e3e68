//! Questions and their answers or refusals, according to the person's permissions at that moment.

use crate::world::TestApp;
use crate::world::frames::{began, deeds, denied, end, refusals, said};
use app::wire::{Event, TurnEnd};

const OWN: &str = "What are my Okta groups?";
const DONE: [&str; 6] = ["user_said", "turn_started", "call_proposed", "call_started", "call_done", "turn_ended"];
const REFUSED: [&str; 5] = ["user_said", "turn_started", "call_proposed", "call_refused", "turn_ended"];

#[tokio::test]
async fn a_permitted_person_gets_their_groups_from_okta() {
    let app = TestApp::start().await;
    let rows: [(&str, &str, &str, &[&str]); 3] = [
        ("ada", OWN, "Read your Okta groups", &["Everyone", "IT Helpdesk", "VPN users"]),
        ("bob", OWN, "Read your Okta groups", &["Everyone", "Finance"]),
        ("ada", "What are the groups of bob@acme.example?", "Read the Okta groups of bob@acme.example", &["Finance"]),
    ];
    for (who, question, summary, groups) in rows {
        let browser = app.signed_in(who).await;
        let (_, events) = browser.ask(question).await;
        assert_eq!(deeds(&events), DONE, "{who}: {question}");
        let proposed = events.iter().find_map(|event| match event {
            Event::CallProposed { summary, .. } => Some(summary.as_str()),
            _ => None,
        });
        assert_eq!(proposed, Some(summary), "{who}: {question}");
        for group in groups {
            assert!(said(&events).contains(group), "{who}: {question}: {group} in {}", said(&events));
        }
        assert_eq!(end(&events), TurnEnd::Done);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_person_without_permission_is_told_which_one_is_missing() {
    let app = TestApp::start().await;
    let eve = app.signed_in("eve").await;
    let (conversation, events) = eve.ask(OWN).await;
    assert_eq!(deeds(&events), REFUSED);
    assert_eq!(refusals(&events), [denied()]);
    let page = eve.visit(&format!("/c/{conversation}")).await;
    assert!(page.body.contains("read_okta") && page.body.contains("okta:groups"), "{}", page.body);
    app.finish().await;
}

#[tokio::test]
async fn a_granted_or_removed_permission_takes_effect_at_once_in_the_same_session() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let ada_may = ("user:auth0|ada", "read_okta", "okta:groups");
    let (conversation, events) = ada.ask(OWN).await;
    assert_eq!(deeds(&events), DONE);
    app.revoke(ada_may.0, ada_may.1, ada_may.2).await;
    let events = ada.ask_on(&conversation, OWN).await;
    assert_eq!((deeds(&events), refusals(&events)), (REFUSED.map(str::to_owned).to_vec(), vec![denied()]));
    app.grant(ada_may.0, ada_may.1, ada_may.2).await;
    assert_eq!(deeds(&ada.ask_on(&conversation, OWN).await), DONE);
    app.finish().await;
}

#[tokio::test]
async fn a_conversation_without_an_action_needs_no_permission() {
    let app = TestApp::start().await;
    let eve = app.signed_in("eve").await;
    let (_, events) = eve.ask("Hello").await;
    assert_eq!(deeds(&events), ["user_said", "turn_started", "turn_ended"]);
    assert!(!began(&events) && !said(&events).is_empty());
    app.finish().await;
}

#[tokio::test]
async fn the_page_works_without_script() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let home = ada.visit("/").await;
    let (conversation, client_id) = hidden(&home.body);
    let fields = [("conversation", &*conversation), ("client_id", &*client_id), ("text", OWN)];
    let answer = ada.submit("/", "/api/chat/start", &fields).await;
    assert_eq!((answer.status, answer.location().path()), (302, &*format!("/c/{conversation}")));
    ada.watch(&conversation, 0).await.turn().await;
    let page = ada.visit(answer.location().path()).await;
    assert!(page.body.contains("IT Helpdesk"), "the answer is in the page itself: {}", page.body);
    let (again, client_id) = hidden(&page.body);
    assert_eq!(again, conversation);
    let fields = [("conversation", &*conversation), ("client_id", &*client_id), ("text", "Thanks")];
    let answer = ada.submit(page.url.path(), "/api/chat/post", &fields).await;
    assert_eq!((answer.status, answer.location().path()), (302, page.url.path()));
    app.finish().await;
}

#[tokio::test]
async fn conversations_are_listed_for_their_owner_newest_first() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    for text in ["First things", "Second things"] {
        ada.ask(text).await;
    }
    let titles: Vec<_> = ada.load(None).await.unwrap().rail.heads.into_iter().map(|head| head.title).collect();
    assert_eq!(titles, ["Second things", "First things"]);
    assert_eq!(bob.load(None).await.unwrap().rail.heads, []);
    app.finish().await;
}

/// Returns the conversation id and idempotency key in the form of a page.
fn hidden(body: &str) -> (String, String) {
    let value = |name: &str| {
        let field = body.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).unwrap();
        field.split_once(" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
    };
    (value("conversation"), value("client_id"))
}
