//! An attacker with full write access to the table: they can delete, but nothing that they write takes effect or is
//! shown.

use crate::approvals::until_it_rings;
use crate::world::frames::{began, end};
use crate::world::{TestApp, logs};
use app::wire::{ApiError, TurnEnd};
use sandbox::identity::Answer;
use serde_json::{Value, json};

const RESET: &str = "Reset the password of bob@acme.example";
const TABLE: &str = "countersign";

impl TestApp {
    async fn rows(&self, conversation: &str) -> Vec<Value> {
        let all = self.table("Scan", json!({"TableName": TABLE})).await;
        let mut rows: Vec<Value> = all["Items"].as_array().unwrap().clone();
        rows.retain(|row| {
            let at = |name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
            at("pk").ends_with(conversation) && at("sk").starts_with("e#")
        });
        rows.sort_by_key(|row| row["sk"]["S"].as_str().unwrap().to_owned());
        rows
    }

    async fn plant(&self, row: &Value) {
        self.table("PutItem", json!({"TableName": TABLE, "Item": row})).await;
    }

    async fn cut_out(&self, row: &Value) {
        let key = json!({"pk": row["pk"], "sk": row["sk"]});
        self.table("DeleteItem", json!({"TableName": TABLE, "Key": key})).await;
    }
}

#[tokio::test]
async fn an_approval_is_not_carried_into_another_conversation() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let approved = ada.begin(RESET).await.unwrap();
    let mut watch = ada.watch(&approved.conversation, 0).await;
    until_it_rings(&mut watch).await;
    app.answer(Answer::Approve);
    assert!(began(&watch.turn().await));
    assert_eq!(app.effects().len(), 1);
    // The same person asks again, and the attacker copies an item of the approval into that log while the server is
    // down.
    let asked = ada.begin(RESET).await.unwrap();
    until_it_rings(&mut ada.watch(&asked.conversation, 0).await).await;
    let given = app.rows(&approved.conversation).await;
    let own = app.rows(&asked.conversation).await;
    let mut planted = given[own.len()].clone();
    planted["pk"] = own[0]["pk"].clone();
    app.plant(&planted).await;
    app.restart().await;
    let failure = ada.load(Some(&asked.conversation)).await.unwrap_err();
    assert_eq!((failure.status, failure.error), (500, ApiError::Damaged));
    let refused = ada.post(&asked.conversation, "Go on", "client-0001").await.unwrap_err();
    assert_eq!(refused.error, ApiError::Damaged);
    let page = ada.visit(&format!("/c/{}", asked.conversation)).await;
    assert!(page.body.contains("damaged or was changed") && !page.body.contains("Reset password"), "{}", page.body);
    assert!(logs::text().contains("a log is invalid, so it is not used"), "the log names it");
    app.answer(Answer::Approve);
    assert_eq!(end(&ada.ask("Hello").await.1), TurnEnd::Done, "other conversations go on");
    assert_eq!(app.effects().len(), 1, "nothing was done by it");
    app.finish().await;
}

#[tokio::test]
async fn changed_swapped_or_missing_rows_stop_only_their_conversation() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask("What are my Okta groups?").await;
    let rows = app.rows(&conversation).await;
    let swapped = |row: &Value, place: &Value| {
        let mut row = row.clone();
        row["sk"] = place["sk"].clone();
        row
    };
    let mut plain = json!({"pk": rows[1]["pk"], "sk": rows[1]["sk"]});
    plain["body"] = json!({"S": r#"{"kind":"said","text":"All is well"}"#});
    let mut cut = rows[1].clone();
    let sealed = cut["sealed"]["B"].as_str().unwrap()[4..].to_owned();
    cut["sealed"] = json!({"B": sealed});
    for (name, change) in [("swapped", swapped(&rows[2], &rows[1])), ("in the open", plain), ("cut", cut)] {
        app.plant(&change).await;
        let known = ada.load(Some(&conversation)).await.unwrap();
        assert_eq!(
            known.talk.frames.len(),
            events.len(),
            "{name}: an instance keeps the events that it has already read"
        );
        app.restart().await;
        assert_eq!(ada.load(Some(&conversation)).await.unwrap_err().error, ApiError::Damaged, "{name}");
        app.plant(&rows[1]).await;
        assert!(ada.load(Some(&conversation)).await.is_ok(), "{name}: put back");
    }
    app.cut_out(&rows[1]).await;
    app.restart().await;
    assert_eq!(ada.load(Some(&conversation)).await.unwrap_err().error, ApiError::Damaged);
    app.finish().await;
}

#[tokio::test]
async fn a_forged_entry_of_the_queue_causes_no_action() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.signed_in("ada").await, app.signed_in("eve").await);
    let (conversation, _) = ada.ask("Hello").await;
    let pk = app.rows(&conversation).await[0]["pk"]["S"].as_str().unwrap().to_owned();
    // A message in Ada's name, and entries of the work queue in several forms.
    let evidence = r#"{"issuer":"i","subject":"auth0|ada","tenant":"t","principal":"auth0|ada","name":"Ada"}"#;
    app.plant(&json!({"pk": {"S": "work#0"}, "sk": {"S": pk}, "stamp": {"S": "x"}, "evidence": {"S": evidence},
        "id": {"S": conversation}, "key": {"S": "k1"}, "sealed": {"B": "AAAA"}}))
        .await;
    app.plant(&json!({"pk": {"S": "work#1"}, "sk": {"S": "nonsense"}})).await;
    let before = app.rows(&conversation).await.len();
    // The turn of Eve runs only after the sweep has read the planted entries, which come before hers.
    assert_eq!(end(&eve.ask("Hello").await.1), TurnEnd::Done);
    logs::wait_for("an entry of the queue could not be opened").await;
    assert_eq!(app.rows(&conversation).await.len(), before, "and nothing ran");
    app.finish().await;
}
