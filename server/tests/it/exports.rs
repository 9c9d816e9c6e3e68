//! Downloads of conversations.

use crate::approvals::until_it_rings;
use crate::world::TestApp;
use sandbox::identity::Answer;
use serde_json::Value;

const RESET: &str = "Reset the password of bob@acme.example";

#[tokio::test]
async fn an_export_holds_ones_own_conversations_and_nothing_else() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let (groups, _) = ada.ask("What are my Okta groups?").await;
    let reset = ada.begin(RESET).await.unwrap().conversation;
    let mut watch = ada.watch(&reset, 0).await;
    until_it_rings(&mut watch).await;
    app.answer(Answer::Approve);
    watch.turn().await;
    let (secret, _) = bob.ask("Bob's own words").await;
    for (path, kind, name, conversations) in [
        ("/export/json".to_owned(), "application/json", "countersign-conversations.json".to_owned(), 2),
        ("/export/markdown".to_owned(), "text/markdown; charset=utf-8", "countersign-conversations.md".to_owned(), 2),
        (format!("/export/json/{reset}"), "application/json", format!("countersign-{reset}.json"), 1),
        (format!("/export/markdown/{reset}"), "text/markdown; charset=utf-8", format!("countersign-{reset}.md"), 1),
    ] {
        let file = ada.visit(&path).await;
        assert_eq!((file.status, file.header("content-type")), (200, kind), "{path}");
        assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        let text = &file.body;
        assert!(text.contains(RESET) && text.contains("approved"), "{text}");
        assert_eq!(text.contains(&groups), conversations == 2, "{path}");
        for foreign in [&*secret, "Bob's own words", "client_id", "auth_req_id", "ticket", "evidence", "signature"] {
            assert!(!text.contains(foreign), "{path} holds {foreign}: {text}");
        }
        if kind == "application/json" {
            let json: Value = serde_json::from_str(text).unwrap();
            assert_eq!(json["conversations"].as_array().unwrap().len(), conversations);
            assert_eq!(json["person"]["subject"], "auth0|ada");
        }
    }
    for path in ["/export/xml".to_owned(), "/export/json/x".to_owned(), format!("/export/json/{secret}")] {
        assert_eq!(ada.visit(&path).await.status, 404, "{path}");
    }
    assert_eq!(app.browser().visit("/export/json").await.status, 401);
    app.finish().await;
}
