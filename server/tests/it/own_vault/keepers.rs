//! The page of accounts while one of their keepers says nothing: the other's are shown, and of its own neither yes nor no.

use super::ADA;
use crate::world::TestApp;
use crate::world::browser::Browser;
use sandbox::cloud::{Fault, Times};
use serde_json::json;

/// Returns the section of a provider on the page.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    Connected,
    Unknown,
    SignInAgain,
}

impl Browser {
    /// Returns the sections of these providers on the page of accounts.
    async fn shown<const N: usize>(&self, providers: [&str; N]) -> [Shown; N] {
        let page = self.visit("/connections").await;
        assert_eq!(page.status, 200, "{}", page.body);
        providers.map(|name| shown(name, page.between(&format!("aria-label=\"{name}\""), "</section>")))
    }
}

fn shown(name: &str, section: &str) -> Shown {
    if section.contains(&format!("Disconnect {name} now")) {
        assert!(section.contains(&format!("Update access to {name}")) && !section.contains("looked up"), "{section}");
        return Shown::Connected;
    }
    assert!(section.contains("Cannot be looked up now"), "{section}");
    for lie in ["Not connected", "<form", "<button", "It allows"] {
        assert!(!section.contains(lie), "{lie}: {section}");
    }
    let way = section.contains("href=\"/auth/login?return_to=/connections\"");
    if way { Shown::SignInAgain } else { Shown::Unknown }
}

#[tokio::test]
async fn a_silent_keeper_hides_no_account_of_another_and_never_shows_its_own_as_not_connected() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    ada.connect_github(ADA).await;
    let both = ["Okta", "GitHub"];
    assert_eq!(ada.shown(both).await, [Shown::Connected, Shown::Connected]);

    // The identity provider's token vault.
    app.sandbox.faults().set_matching("identity", "connected-accounts", Fault::Refuse, Times::Always);
    assert_eq!(ada.shown(both).await, [Shown::Unknown, Shown::Connected]);

    // Our own, whose key has gone; then both.
    let kept = app.kept("ada").await;
    let own = kept.iter().find(|item| item.get("key").is_some()).unwrap();
    let mut locked = own.clone();
    locked["key"] = json!({"S": "gone"});
    app.put(&locked).await;
    assert_eq!(ada.shown(both).await, [Shown::Unknown, Shown::Unknown]);
    app.sandbox.faults().clear();
    assert_eq!(ada.shown(both).await, [Shown::Connected, Shown::Unknown]);
    app.put(own).await;
    assert_eq!(ada.shown(both).await, [Shown::Connected, Shown::Connected], "nothing was changed");

    // A sign-in that lends nothing any more says nothing of the identity provider's either.
    let all = app.table("Scan", json!({"TableName": "countersign"})).await;
    for item in all["Items"].as_array().unwrap() {
        if item["pk"]["S"].as_str().unwrap().starts_with("grants#") {
            let key = json!({"pk": item["pk"], "sk": item["sk"]});
            app.table("DeleteItem", json!({"TableName": "countersign", "Key": key})).await;
        }
    }
    assert_eq!(ada.shown(both).await, [Shown::SignInAgain, Shown::Connected]);
    app.finish().await;
}
