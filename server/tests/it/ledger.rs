//! The ledger records decisions and actions permanently: its integrity can be verified, and a change is found.

use crate::world::frames::refusals;
use crate::world::{Custom, TestApp, aws};
use agent::Actor;
use agent::actor::Evidence;
use agent::ports::{Audit, Outcome, PastEntry, Verdict};
use app::wire::Event;
use countersign::audit::{Command, CommandContext, Finding};
use countersign::wiring::{StartError, ledger_commands};
use sandbox::Sandbox;
use sandbox::identity::{Answer, PushState};
use serde_json::json;

const SECRET: &str = "countersign/ledger-keys";
const RESET: &str = "Reset the password of bob@acme.example";

impl TestApp {
    /// Runs a command with the settings of this server and returns its output.
    pub(crate) async fn command(&self, words: &[&str]) -> (Finding, String) {
        let outside = async || Ok(CommandContext { config: self.config.clone(), aws: aws(&self.sandbox).await });
        let mut out = Vec::new();
        let found = Command::parse(words).unwrap().run(outside, &mut out).await.unwrap();
        (found, String::from_utf8(out).unwrap())
    }

    async fn own(&self, who: &Actor) -> Vec<PastEntry> {
        let ledger = ledger_commands::open(&self.config, &aws(&self.sandbox).await).await.unwrap();
        ledger.entries_of(who, 0..i64::from(i32::MAX) * 1000, 99).await.unwrap()
    }
}

pub(crate) fn actor(app: &TestApp, subject: &str) -> Actor {
    Actor::attest(Evidence::of(app.sandbox.issuer(), subject, app.config.tenant.clone()))
}

#[tokio::test]
async fn an_approval_leaves_valid_entries_and_a_receipt_that_anybody_can_check() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let posted = ada.begin(RESET).await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    watch.events_until(|event| matches!(event, Event::ApprovalPut { .. })).await;
    let (found, said) = app.command(&["ledger", "verify"]).await;
    assert_eq!(
        (found, said.as_str()),
        (Finding::Well, "0 tenants, 0 chains, 0 records, 0 entries, 0 without an outcome: nothing is wrong\n")
    );
    let push = app.sandbox.provider().pushes().into_iter().find(|push| push.state == PushState::Pending).unwrap();
    app.sandbox.provider().answer(&push.id, Answer::Approve).unwrap();
    watch.turn().await;

    let own = app.own(&actor(&app, "auth0|ada")).await;
    let [entry] = own.as_slice() else { panic!("{own:?}") };
    assert_eq!((&entry.verdict, &entry.object), (&Verdict::Allowed, &"okta_user:00u2bobcrane0000acme".to_owned()));
    assert_eq!(entry.ending.as_ref().unwrap().outcome, Outcome::Done);
    let approval = entry.approval.clone().unwrap();
    let given = approval.given.into_iter().next().unwrap();
    assert_eq!((given.subject.as_str(), given.evidence.len()), ("auth0|ada", 64));
    assert!(app.own(&actor(&app, "auth0|bob")).await.is_empty());

    let (_, heads) = app.command(&["ledger", "heads"]).await;
    assert_eq!(heads.lines().count(), 3, "tenants, chains, entries: {heads}");
    let (_, keys) = app.command(&["ledger", "key"]).await;
    let directory = std::env::temp_dir().join(format!("countersign-ledger-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let kept = directory.join("heads");
    std::fs::write(&kept, heads).unwrap();
    let (found, said) = app.command(&["ledger", "verify", "--witness", kept.to_str().unwrap()]).await;
    assert_eq!(found, Finding::Well, "{said}");

    // A witness continues after the last line of its file; there is nothing new.
    let witness = ["ledger", "witness", "--file", kept.to_str().unwrap(), "--looks", "1"];
    assert_eq!(app.command(&witness).await, (Finding::Well, String::new()));
    let (found, printed) = app.command(&["ledger", "witness", "--looks", "2", "--every", "1"]).await;
    assert_eq!((found, printed.lines().count()), (Finding::Well, 3), "{printed}");
    assert_eq!(std::fs::read_to_string(&kept).unwrap().lines().count(), 3);

    let audit = ledger_commands::open(&app.config, &aws(&app.sandbox).await).await.unwrap();
    assert_eq!(audit.receipt_of(&actor(&app, "auth0|bob"), &approval.id).await.unwrap(), None);
    let receipt = audit.receipt_of(&actor(&app, "auth0|ada"), &approval.id).await.unwrap().unwrap();
    for (text, expected) in
        [(receipt.clone(), Finding::Well), (receipt.replace("bob@acme", "eve@acme"), Finding::Wrong)]
    {
        let file = directory.join("receipt.json");
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let (with_settings, _) = app.command(&["receipt", "verify", file]).await;
        let (found, said) = app.command(&["receipt", "verify", file, "--key", keys.trim()]).await;
        assert_eq!((with_settings, found), (expected, expected), "{said}");
        assert!(found == Finding::Wrong || said.contains("Reset the password of bob@acme.example"), "{said}");
        assert!(found == Finding::Wrong || said.contains(&format!("evidence  SHA-256 {}", given.evidence)), "{said}");
    }
    std::fs::remove_dir_all(&directory).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn records_that_are_removed_from_the_table_are_named() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.signed_in("ada").await, app.signed_in("eve").await);
    ada.ask("What are my Okta groups?").await;
    let (_, events) = eve.ask("What are my Okta groups?").await;
    assert_eq!(refusals(&events).len(), 1);
    let (found, said) = app.command(&["ledger", "verify"]).await;
    assert!(found == Finding::Well && said.contains("3 records, 2 entries, 0 without an outcome"), "{said}");

    let all = app.table("Scan", json!({"TableName": "countersign"})).await;
    let items = all["Items"].as_array().unwrap();
    let records: Vec<_> =
        items.iter().filter(|item| item["pk"]["S"].as_str().unwrap().starts_with("ledger#")).collect();
    let text = serde_json::to_string(&records).unwrap();
    for secret in ["What are my", "IT Helpdesk", "eyJ", "Bearer"] {
        assert!(!text.contains(secret), "no prompt, tool body or token: {secret} in {text}");
    }
    let doomed = records.iter().find(|item| item["sk"]["S"] == "000000000002").unwrap();
    let key = json!({"pk": doomed["pk"], "sk": doomed["sk"]});
    app.table("DeleteItem", json!({"TableName": "countersign", "Key": key})).await;
    let (found, said) = app.command(&["ledger", "verify"]).await;
    let named = format!("{} record 2: removed", doomed["pk"]["S"].as_str().unwrap());
    assert!(found == Finding::Wrong && said.contains(&named), "{said}");
    let (found, _) = app.command(&["ledger", "verify", "--to", "2026-01-01"]).await;
    assert_eq!(found, Finding::Well, "days outside the range are not checked");
    app.finish().await;
}

#[tokio::test]
async fn the_server_does_not_start_without_valid_ledger_keys() {
    type Spoil = fn(&Sandbox);
    let rows: [(&str, Spoil); 3] = [
        ("no JSON", |sandbox| sandbox.secrets().put(SECRET, "hunter2")),
        ("no key", |sandbox| sandbox.secrets().put(SECRET, r#"{"current":"k1","keys":{}}"#)),
        ("an empty secret", |sandbox| sandbox.secrets().put(SECRET, "")),
    ];
    for (what, prepare) in rows {
        let error = TestApp::try_with(Custom { prepare, ..Custom::default() }).await.err();
        assert!(matches!(error, Some(StartError::LedgerKeys(_))), "{what}: {error:?}");
        assert!(!format!("{error:?}").contains("hunter2"), "{what}: {error:?}");
    }
    let env = vec![("LEDGER_KEY_SECRET_ID", "countersign/other".to_owned())];
    let error = TestApp::try_with(Custom { env, ..Custom::default() }).await.err();
    assert!(matches!(error, Some(StartError::LedgerKeys(_))), "{error:?}");
}
