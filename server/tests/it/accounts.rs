//! Connected accounts of people: requested in the middle of a call, connected only by the person, and removed on
//! request.

use crate::world::browser::{Answer, Browser};
use crate::world::frames::{began, end, refusals, said};
use crate::world::{Custom, TestApp};
use app::wire::{Event, Refusal, TurnEnd};
use reqwest::Url;
use serde_json::{Value, json};

const QUESTION: &str = "What are my Okta groups?";

/// Returns the URL that a page redirects to.
pub(crate) fn leads_to(page: &Answer) -> Url {
    assert_eq!(page.status, 200, "{}", page.body);
    let url = page.between("content=\"0;url=", "\"").replace("&amp;", "&");
    Url::parse(&url).unwrap()
}

impl Browser {
    /// Answers the third party's consent page and returns the callback URL without visiting it.
    pub(crate) async fn consent(&self, page: &Url, action: &str) -> Url {
        self.consent_as(page, action, 0).await
    }

    /// Like [`Browser::consent`], for one of the person's several accounts there.
    pub(crate) async fn consent_as(&self, page: &Url, action: &str, account: usize) -> Url {
        let shown = self.visit(page.as_str()).await;
        let mut accounts = shown.all("name=\"account\" value=\"", "\"");
        let ticket = shown.between("name=\"ticket\" value=\"", "\"");
        let mut target = page.clone();
        target.set_query(None);
        let form = [("ticket", ticket), ("action", action), ("account", accounts.nth(account).unwrap_or_default())];
        self.post_to(target.as_str(), &form).await.location()
    }

    /// Presses the "Connect" button of a call's card.
    pub(crate) async fn want(&self, conversation: &str, call: &str) -> Answer {
        self.submit(&format!("/c/{conversation}"), "/connect", &[("conversation", conversation), ("call", call)]).await
    }
}

/// Starts an app in which only Ada and Grace have connected accounts.
async fn app() -> TestApp {
    TestApp::with(Custom { connected: Vec::new(), ..Custom::default() }).await
}

pub(crate) fn wanted(events: &[Event]) -> (String, String, Vec<String>) {
    let found = events.iter().find_map(|event| match event {
        Event::AccountWanted { call, label, scopes, .. } => Some((call.clone(), label.clone(), scopes.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{events:?}"))
}

pub(crate) fn not_connected(provider: &str) -> Refusal {
    let why = format!("This needs your account at {provider}, which is not connected. Nothing was done.");
    Refusal::NoAccount { why }
}

#[tokio::test]
async fn an_account_is_connected_only_when_needed_in_the_same_tab_and_turn() {
    let app = app().await;
    let bob = app.signed_in("bob").await;
    let posted = bob.begin(QUESTION).await.unwrap();
    let mut watch = bob.watch(&posted.conversation, 0).await;
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    let (call, label, scopes) = wanted(&events);
    assert_eq!((label.as_str(), scopes), ("Connect Okta", vec!["okta.users.read".to_owned()]));
    let page = bob.visit(&format!("/c/{}", posted.conversation)).await.body;
    assert!(page.contains("Connect Okta") && page.contains("okta.users.read"), "{page}");

    let leading = bob.want(&posted.conversation, &call).await;
    let callback = bob.consent(&leads_to(&leading), "allow").await;
    let back = bob.visit(callback.as_str()).await;
    assert_eq!(back.location().path(), format!("/c/{}", posted.conversation));
    let events = watch.turn().await;
    assert!(began(&events) && end(&events) == TurnEnd::Done, "{events:?}");
    assert!(said(&events).contains("Finance"), "{}", said(&events));

    let page = bob.visit("/connections").await;
    assert!(page.body.contains("okta.users.read") && page.body.contains("Disconnect Okta now"), "{}", page.body);
    assert!(page.between("Last used</dt><dd>", "</dd>").contains(", to: "), "{}", page.body);
    let id = page.between("name=\"id\" value=\"", "\"").to_owned();
    let gone = bob.submit("/connections", "/connections/disconnect", &[("id", &id)]).await;
    assert_eq!(gone.location().path(), "/connections");
    let posted = bob.post(&posted.conversation, QUESTION, "client-again").await.unwrap();
    let mut watch = bob.watch(&posted.conversation, posted.said).await;
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    assert!(!began(&events), "{events:?}");
    let (call, ..) = wanted(&events);
    let fields = [("conversation", posted.conversation.as_str()), ("call", &call)];
    assert_eq!(bob.call("/api/chat/cancel", &fields).await.status, 200);
    let events = watch.turn().await;
    assert_eq!((refusals(&events), end(&events)), (vec![not_connected("Okta")], TurnEnd::Done));
    app.finish().await;
}

/// Attack 18: the company's permission and the account's permission are checked separately, and both must allow the
/// call.
#[tokio::test]
async fn attack_18_a_connected_account_is_no_permission_and_a_permission_is_no_account() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.signed_in("ada").await, app.signed_in("eve").await);
    // Eve lacks the permission, so she is not even asked to connect her account.
    let (_, events) = eve.ask(QUESTION).await;
    assert!(matches!(&refusals(&events)[..], [Refusal::Denied { .. }]), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::AccountWanted { .. })));
    // The company lets Bob read groups; Okta decides whose, by his own account.
    let bob = app.signed_in("bob").await;
    let (_, events) = bob.ask("What are the groups of ada@acme.example?").await;
    assert!(events.iter().any(|event| matches!(event, Event::CallFailed { .. })), "{events:?}");
    assert!(!said(&events).contains("IT Helpdesk"), "{}", said(&events));
    // Ada has both.
    assert!(began(&ada.ask(QUESTION).await.1));
    app.revoke("user:auth0|ada", "read_okta", "okta:groups").await;
    app.sandbox.faults().clear();
    assert!(!began(&ada.ask(QUESTION).await.1));
    app.finish().await;
}

/// Attack 19: nobody else can finish a connection that a person started, and nobody can finish it twice.
#[tokio::test]
async fn attack_19_only_the_session_that_began_a_connection_completes_it_and_only_once() {
    let app = app().await;
    let (bob, grace) = (app.signed_in("bob").await, app.signed_in("grace").await);
    // Grace cannot name a call that waits in Bob's conversation; to her it looks like a call that does not exist.
    let posted = bob.begin(QUESTION).await.unwrap();
    let mut watch = bob.watch(&posted.conversation, 0).await;
    let call = wanted(&watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await).0;
    let own_page = format!("/c/{}", grace.begin("Hello").await.unwrap().conversation);
    let fields = [("conversation", posted.conversation.as_str()), ("call", &call)];
    let foreign = grace.submit(&own_page, "/connect", &fields).await;
    assert!(foreign.status == 303 && !foreign.body.contains("ticket"), "{} {}", foreign.status, foreign.body);
    assert_eq!(bob.want(&posted.conversation, &call).await.status, 200, "Bob's own connection can begin");
    let begun = bob.submit("/connections", "/connections/connect", &[("provider", "okta")]).await;
    let callback = bob.consent(&leads_to(&begun), "allow").await;
    for (who, browser) in [("another person", &grace), ("nobody", &app.browser())] {
        let answer = browser.visit(callback.as_str()).await;
        assert!(matches!(answer.status, 400 | 401), "{who}: {} {}", answer.status, answer.body);
    }
    let mut altered = callback.clone();
    altered.set_query(Some(&callback.query().unwrap().replace("state=", "state=x")));
    assert_eq!(bob.visit(altered.as_str()).await.status, 400, "a state that was never issued");
    assert_eq!(bob.visit(callback.as_str()).await.location().path(), "/connections");
    assert_eq!(bob.visit(callback.as_str()).await.status, 400, "a second time");
    assert!(began(&watch.turn().await), "the account is connected on the other page, and the call continues");
    app.finish().await;
}

#[tokio::test]
async fn a_denial_at_the_third_party_leaves_the_call_waiting_and_a_stop_ends_it() {
    let app = app().await;
    let bob = app.signed_in("bob").await;
    let posted = bob.begin(QUESTION).await.unwrap();
    let mut watch = bob.watch(&posted.conversation, 0).await;
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    let leading = bob.want(&posted.conversation, &wanted(&events).0).await;
    let callback = bob.consent(&leads_to(&leading), "deny").await;
    let page = bob.visit(callback.as_str()).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains(&format!("href=\"/c/{}\"", posted.conversation)), "{}", page.body);
    let fields = [("conversation", posted.conversation.as_str())];
    assert_eq!(bob.call("/api/chat/stop", &fields).await.status, 200);
    let events = watch.turn().await;
    assert_eq!((refusals(&events), end(&events)), (vec![not_connected("Okta")], TurnEnd::Stopped));
    app.finish().await;
}

/// Asks for something that no credentials are available for, and cancels.
async fn waits_in_vain(person: &Browser) {
    let posted = person.begin(QUESTION).await.unwrap();
    let mut watch = person.watch(&posted.conversation, 0).await;
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    person.cancel(&posted.conversation, &wanted(&events).0).await.unwrap();
    let events = watch.turn().await;
    let why = "Your sign-in has ended or is too old for this. Sign in again. Nothing was done.";
    let over = Refusal::NoAccount { why: why.to_owned() };
    assert_eq!((refusals(&events), began(&events)), (vec![over], false));
}

/// The most common complaint of users: an expired sign-in must not end the turn.
#[tokio::test]
async fn signing_in_again_lets_the_waiting_call_continue() {
    let app = app().await;
    let ada = app.signed_in("ada").await;
    let all = app.table("Scan", json!({"TableName": "countersign"})).await;
    for item in
        all["Items"].as_array().unwrap().iter().filter(|item| item["pk"]["S"].as_str().unwrap().starts_with("grants#"))
    {
        app.table("DeleteItem", json!({"TableName": "countersign", "Key": {"pk": item["pk"], "sk": item["sk"]}})).await;
    }
    let posted = ada.begin(QUESTION).await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    let page = ada.want(&posted.conversation, &wanted(&events).0).await;
    let back = format!("/auth/login?return_to=/c/{}", posted.conversation);
    assert!(page.status == 401 && page.body.contains(&back), "{} {}", page.status, page.body);
    app.signed_in("ada").await;
    let events = watch.turn().await;
    assert_eq!((refusals(&events), began(&events)), (vec![], true), "the same turn continues");
    app.finish().await;
}

/// A sign-in without a refresh token, or whose session has ended, provides no credentials; a moved or planted one is
/// rejected.
#[tokio::test]
async fn attack_17_nobody_gets_a_token_without_a_valid_grant_of_their_own() {
    let app = app().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let grants = app.table("Scan", json!({"TableName": "countersign"})).await;
    let grants: Vec<Value> = grants["Items"].as_array().unwrap().clone();
    let of = |who: &str| {
        let own = |item: &&Value| {
            let pk = item["pk"]["S"].as_str().unwrap();
            pk.starts_with("grants#") && pk.contains(who)
        };
        grants.iter().find(own).unwrap_or_else(|| panic!("no grant of {who}")).clone()
    };
    assert!(!grants.iter().any(|item| item.to_string().contains("rt_")), "no refresh token in clear");
    // Ada's sealed token is stored under Bob's key; his own is gone.
    let (mut moved, own) = (of("bob"), of("ada"));
    moved["sealed"] = own["sealed"].clone();
    app.table("PutItem", json!({"TableName": "countersign", "Item": moved})).await;
    waits_in_vain(&bob).await;
    let mut planted = own.clone();
    planted["sealed"] = json!({"B": "cGxhaW4gdGV4dA=="});
    app.table("PutItem", json!({"TableName": "countersign", "Item": planted})).await;
    waits_in_vain(&ada).await;
    app.table("PutItem", json!({"TableName": "countersign", "Item": own})).await;
    assert!(began(&ada.ask(QUESTION).await.1));
    let session = json!({"session_id": own["sk"]});
    app.table("DeleteItem", json!({"TableName": "bedrock-sessions", "Key": session})).await;
    let later = app.signed_in("ada").await;
    app.table("DeleteItem", json!({"TableName": "countersign", "Key": {"pk": own["pk"], "sk": own["sk"]}})).await;
    assert!(began(&later.ask(QUESTION).await.1), "a later sign-in has its own grant");
    app.finish().await;
}
