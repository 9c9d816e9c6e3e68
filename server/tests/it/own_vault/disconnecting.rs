//! Disconnecting an account is in the ledger.

use super::BOB;
use crate::world::TestApp;
use countersign::audit::Finding;
use reqwest::{Method, StatusCode};
use sandbox::cloud::{Fault, Times};

/// Without the ledger nothing is disconnected, so that no account is removed that the ledger does not say.
#[tokio::test]
async fn disconnecting_is_recorded_before_the_account_is_removed() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    bob.connect_github(BOB).await;
    let disconnect = || bob.submit("/connections", "/connections/disconnect", &[("id", "own:github")]);
    let unavailable = Fault::Status { code: StatusCode::INTERNAL_SERVER_ERROR, retry_after: None };
    app.sandbox.faults().set_matching("dynamodb", "TransactWriteItems", unavailable, Times::Always);
    let refused = disconnect().await;
    assert_eq!(refused.status, 503);
    let sentence = "It was not disconnected, because the ledger could not record it. You can try again.";
    assert!(refused.body.contains(sentence) && refused.body.contains("href=\"/connections\""), "{}", refused.body);
    assert_eq!(app.sandbox.github().pairs_of(BOB), 1, "the tokens are still valid");
    assert!(bob.visit("/connections").await.body.contains("Disconnect GitHub now"));
    app.sandbox.faults().clear();

    assert_eq!(disconnect().await.location().path(), "/connections");
    assert_eq!(app.sandbox.github().pairs_of(BOB), 0);
    let recorded = "Disconnect the account bobcrane (bob@acme.example) at GitHub";
    for (page, reads) in [(bob.visit("/activity").await, true), (ada.visit("/activity").await, false)] {
        assert_eq!(page.body.matches(recorded).count(), usize::from(reads), "{}", page.body);
    }
    let german = bob.send(bob.request(Method::GET, "/activity").header("accept-language", "de")).await.body;
    assert!(german.contains("Das Konto bobcrane (bob@acme.example) bei GitHub trennen"), "{german}");
    let export = app.signed_in("grace").await.visit("/activity/export?form=csv").await;
    assert!(export.body.contains(recorded) && export.body.contains("account_disconnect"), "{}", export.body);
    let (finding, report) = app.command(&["ledger", "verify"]).await;
    assert_eq!(finding, Finding::Well, "{report}");
    app.finish().await;
}
