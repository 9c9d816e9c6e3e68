//! Standing approvals through the whole server: given with a passkey, used by another instance, shown, revoked, and proven by
//! a receipt.

use crate::passkeys::{PolicyFile, begin, bytes, enrolled, party, post, waiting};
use crate::world::browser::{Answer, Browser};
use crate::world::frames::{end, refusals};
use crate::world::{Custom, TestApp};
use agent::Actor;
use agent::actor::Evidence;
use agent::ports::Clock;
use agent::standing::StandingApproval;
use app::wire::{Event, NotApproved, Refusal, TurnEnd};
use countersign::audit::Finding;
use serde_json::{Value, json};
use webauthn::fakes::Authenticator;

const EVE: &str = "Reset the password of eve@acme.example";

/// Starts a server on which passwords may be reset up to three times in advance.
async fn allowing() -> TestApp {
    let file = PolicyFile::of(
        "[[rule]]\ntool = \"okta_reset_password\"\napprovals = [\"passkey\"]\nstanding = { most = 3, minutes = 5 }\n\
         [default]\napprovals = [\"passkey\"]\n",
    );
    let env = vec![("APPROVALS_FILE", file.0.display().to_string())];
    TestApp::with(Custom { env, ..Custom::default() }).await
}

/// Answers a request as its page does, together with a standing approval. `change` alters what was signed.
async fn give(
    app: &TestApp,
    ada: &Browser,
    passkey: &mut Authenticator,
    id: &str,
    fields: &Value,
    change: impl FnOnce(&mut Value),
) -> Answer {
    let begun = post(ada, &format!("/approvals/{id}/standing"), fields).await;
    if begun.status != 200 {
        return begun;
    }
    let begun: Value = serde_json::from_str(&begun.body).unwrap();
    let response = passkey.assert(&party(app), &bytes(&begun["publicKey"]["challenge"]));
    let mut standing = begun["standing"].clone();
    change(&mut standing);
    let body = json!({
        "id": passkey.credential_id, "userHandle": null, "response": response, "standing": standing,
    });
    post(ada, &format!("/approvals/{id}"), &body).await
}

/// Returns the only standing approval of Ada.
async fn own(app: &TestApp) -> StandingApproval {
    let ada = Actor::attest(Evidence::of(app.sandbox.issuer(), "auth0|ada", app.config.tenant.clone()));
    let all = app.services().standing.list(&ada, system::SystemClock.now()).await.unwrap();
    let [own] = &all[..] else { panic!("{all:?}") };
    own.clone()
}

/// Approves the reset of Bob's password, and three resets of Bob's or Eve's in advance.
async fn given(app: &TestApp) -> (Browser, Authenticator) {
    let (ada, mut passkey) = enrolled(app, "ada", "phone").await;
    let (_, mut watch) = begin(&ada).await;
    let id = waiting(&ada).await;
    let fields = json!({ "uses": 3, "minutes": 5, "others": "eve@acme.example\n" });
    let done = give(app, &ada, &mut passkey, &id, &fields, |_| ()).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(end(&watch.turn().await), TurnEnd::Done);
    (ada, passkey)
}

fn in_advance(events: &[Event]) -> Vec<(u32, u32)> {
    let used = events.iter().filter_map(|event| match event {
        Event::ApprovedInAdvance { number, uses, .. } => Some((*number, *uses)),
        _ => None,
    });
    used.collect()
}

#[tokio::test]
async fn an_action_that_was_approved_in_advance_asks_nobody_until_it_is_revoked() {
    let mut app = allowing().await;
    let (ada, _passkey) = given(&app).await;
    let inbox = ada.visit("/inbox").await.body;
    assert!(inbox.contains("Standing approvals") && inbox.contains("eve@acme.example"), "{inbox}");
    assert!(inbox.contains("3 of 3"), "{inbox}");
    app.restart().await;
    let (_, events) = ada.ask(EVE).await;
    assert_eq!((in_advance(&events), end(&events)), (vec![(1, 3)], TurnEnd::Done), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::ApprovalAsked { .. })), "nobody is asked");
    assert_eq!(app.effects().len(), 2);
    assert!(ada.visit("/inbox").await.body.contains("2 of 3"));

    let StandingApproval { limits, .. } = own(&app).await;
    let (id, code) = (limits.id.to_string(), limits.id.code());
    let receipt = ada.visit(&format!("/activity/receipt/{}", limits.use_id(1))).await.body;
    let (_, key) = app.command(&["ledger", "key"]).await;
    let more = receipt.replacen("\"uses\": 3", "\"uses\": 9", 1);
    assert_ne!(more, receipt);
    for (text, expected) in [(receipt, Finding::Well), (more, Finding::Wrong)] {
        let file = std::env::temp_dir().join(format!("countersign-standing-{}.json", std::process::id()));
        std::fs::write(&file, text).unwrap();
        let (found, said) = app.command(&["receipt", "verify", file.to_str().unwrap(), "--key", key.trim()]).await;
        std::fs::remove_file(&file).unwrap();
        assert_eq!(found, expected, "{said}");
        let says = format!("decided by the standing approval {code}, use 1 of 3");
        assert_eq!(said.contains(&says), expected == Finding::Well, "{said}");
    }
    let (found, said) = app.command(&["ledger", "verify"]).await;
    assert_eq!(found, Finding::Well, "{said}");

    let gone = ada.submit("/inbox", "/standing/revoke", &[("id", &id)]).await;
    assert_eq!((gone.status, gone.location().path()), (303, "/inbox"));
    assert!(!ada.visit("/inbox").await.body.contains("Standing approvals"));
    let (_, _watch) = begin(&ada).await;
    assert_ne!(waiting(&ada).await, id, "she is asked again");
    let activity = ada.visit("/activity").await.body;
    for words in ["Approve in advance", "Revoke the standing approval", &format!("Standing approval {code}")] {
        assert!(activity.contains(words), "{words}: {activity}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_standing_approval_is_given_by_its_person_within_the_bounds_and_as_it_was_signed() {
    let app = allowing().await;
    let (ada, mut passkey) = enrolled(&app, "ada", "phone").await;
    let (bob, mut foreign) = enrolled(&app, "bob", "bob's").await;
    let (_, mut watch) = begin(&ada).await;
    let id = waiting(&ada).await;
    let page = ada.visit(&format!("/approve/{id}")).await.body;
    assert!(page.contains("Also approve the next actions") && page.contains("max=\"3\""), "{page}");
    let fields = |uses: u32, minutes: u32, others: &str| json!({ "uses": uses, "minutes": minutes, "others": others });
    let long = "x".repeat(101);
    for (name, uses, minutes, others) in [
        ("no use", 0, 5, ""),
        ("too many uses", 4, 5, ""),
        ("no time", 1, 0, ""),
        ("too long", 1, 6, ""),
        ("a long name", 1, 5, long.as_str()),
    ] {
        let refused = post(&ada, &format!("/approvals/{id}/standing"), &fields(uses, minutes, others)).await;
        assert_eq!(refused.status, 422, "{name}: {}", refused.body);
    }
    let others = give(&app, &bob, &mut foreign, &id, &fields(1, 5, ""), |_| ()).await;
    assert_eq!(others.status, 410, "{}", others.body);
    for (name, change) in [
        ("more uses", (|own| own["uses"] = json!(3)) as fn(&mut Value)),
        ("an earlier end", |own| own["until"] = json!(own["until"].as_i64().unwrap() - 1_000)),
        ("another object", |own| own["others"] = json!(["eve@acme.example"])),
        ("no limits", |own| *own = Value::Null),
    ] {
        let refused = give(&app, &ada, &mut passkey, &id, &fields(1, 5, ""), change).await;
        assert_eq!(refused.status, 403, "{name}: {}", refused.body);
    }
    assert!(!ada.visit("/inbox").await.body.contains("Standing approvals"));
    let done = give(&app, &ada, &mut passkey, &id, &fields(1, 5, ""), |_| ()).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(end(&watch.turn().await), TurnEnd::Done);
    assert!(!bob.visit("/inbox").await.body.contains("Standing approvals"), "nobody else sees it");
    app.finish().await;
}

/// Whoever can write to the table restores the record from before a use. The ledger knows the use, and admits it no second
/// time.
#[tokio::test]
async fn a_restored_record_spends_no_use_twice() {
    let app = allowing().await;
    let (ada, _passkey) = given(&app).await;
    let all = app.table("Scan", json!({ "TableName": "countersign" })).await;
    let is_own = |item: &&Value| item["sk"]["S"] == "standing_approvals";
    let before = all["Items"].as_array().unwrap().iter().find(is_own).unwrap().clone();
    let (_, events) = ada.ask(EVE).await;
    assert_eq!(in_advance(&events), [(1, 3)], "{events:?}");
    app.table("PutItem", json!({ "TableName": "countersign", "Item": before })).await;
    let (_, events) = ada.ask(EVE).await;
    assert_eq!(refusals(&events), [Refusal::NotApproved { why: NotApproved::Used }], "{events:?}");
    assert_eq!(app.effects().len(), 2, "the one that was asked about, and one use");
    app.finish().await;
}
