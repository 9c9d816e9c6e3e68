//! Attacks on the local vault: through the table, callbacks and codes.

use super::{ADA, BOB, QUESTION};
use crate::leaks::leaks;
use crate::world::frames::{began, refusals};
use crate::world::{Custom, TestApp};
use sandbox::Storage;
use serde_json::{Value, json};

impl TestApp {
    /// Returns the items of a person's connected accounts.
    pub(super) async fn kept(&self, who: &str) -> Vec<Value> {
        let scanned = self.table("Scan", json!({"TableName": "countersign"})).await;
        let own = |item: &&Value| {
            let pk = item["pk"]["S"].as_str().unwrap();
            pk.starts_with("vault#") && pk.contains(who)
        };
        scanned["Items"].as_array().unwrap().iter().filter(own).cloned().collect()
    }

    pub(super) async fn put(&self, item: &Value) {
        self.table("PutItem", json!({"TableName": "countersign", "Item": item})).await;
    }
}

/// Rows 16 and 17: who has the table, as a file or item by item, has no token.
#[tokio::test]
async fn attack_17_a_stolen_table_yields_no_token() {
    let directory = std::env::temp_dir().join(format!("countersign-own-vault-{}", std::process::id()));
    let storage = Storage::Directory(directory.clone());
    let app = TestApp::with(Custom { storage, ..Custom::default() }).await;
    let bob = app.signed_in("bob").await;
    bob.connect_github(BOB).await;
    assert!(began(&bob.ask(QUESTION).await.1));
    let kept = app.kept("bob").await;
    assert_eq!(kept.len(), 2, "a data key and an account: {kept:?}");
    for item in &kept {
        assert_eq!(leaks(item.to_string().as_bytes()), None);
        for text in ["ghu_", "ghr_", "repo\"", "access"] {
            assert!(!item.to_string().contains(text), "{text} in {item}");
        }
    }
    app.finish().await;
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&directory).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        all.extend(bytes);
    }
    assert_eq!(leaks(&all), None);
    // The search finds what is there to be found: names in clear, and a token beside them.
    let name = b"account#countersign#github";
    assert!(all.windows(name.len()).any(|window| window == name), "the file can be searched");
    all.extend(format!("ghu_{}_x", sandbox::kit::canary::MARK).as_bytes());
    assert!(leaks(&all).is_some(), "the search would find a token");
    std::fs::remove_dir_all(&directory).unwrap();
}

/// Rows 17 and 18: what is sealed opens for its own person alone, wherever it is moved.
#[tokio::test]
async fn attack_17_a_moved_or_planted_account_gives_no_token() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    ada.connect_github(ADA).await;
    bob.connect_github(BOB).await;
    let (of_ada, of_bob) = (app.kept("ada").await, app.kept("bob").await);
    let of = |items: &[Value], sort: &str| {
        items.iter().find(|item| item["sk"]["S"].as_str().unwrap().starts_with(sort)).unwrap().clone()
    };
    let moved = |sort: &str| {
        let (mut item, other) = (of(&of_bob, sort), of(&of_ada, sort));
        item["sealed"] = other["sealed"].clone();
        item
    };
    let mut planted = of(&of_bob, "account#");
    planted["sealed"] = json!({"B": "eyJhY2Nlc3MiOiJnaHVfeCJ9"});
    let rows: [(&str, Vec<Value>); 4] = [
        ("Ada's account under Bob's key", vec![moved("account#")]),
        ("Ada's key under Bob's account", vec![moved("key")]),
        ("both", vec![moved("account#"), moved("key")]),
        ("a token in clear", vec![planted]),
    ];
    for (what, items) in rows {
        for item in &items {
            app.put(item).await;
        }
        let posted = bob.begin(QUESTION).await.unwrap();
        let mut watch = bob.watch(&posted.conversation, 0).await;
        let wanted = |event: &app::wire::Event| {
            matches!(event, app::wire::Event::AccountWanted { .. } | app::wire::Event::TurnEnded { .. })
        };
        let events = watch.events_until(wanted).await;
        assert!(!began(&events), "{what}: {events:?}");
        let _ = bob.stop(&posted.conversation).await;
        for item in &of_bob {
            app.put(item).await;
        }
    }
    assert!(began(&bob.ask(QUESTION).await.1), "it works again with his own account");
    assert_eq!(refusals(&ada.ask(QUESTION).await.1), []);
    app.finish().await;
}

/// Row 19: what one person began, nobody else finishes, nor anybody twice, nor with an answer of another provider.
#[tokio::test]
async fn attack_19_a_callback_counts_once_and_only_for_the_session_provider_and_sign_in_that_began_it() {
    let app = TestApp::with(Custom { connected: Vec::new(), ..Custom::default() }).await;
    let (bob, grace) = (app.signed_in("bob").await, app.signed_in("grace").await);
    let connected = async || !app.kept("bob").await.is_empty();
    let page = bob.begin_github().await;
    let callback = bob.answer_github(&page, BOB).await;
    for (who, browser) in [("another person", &grace), ("nobody", &app.browser())] {
        let answer = browser.visit(callback.as_str()).await;
        assert!(matches!(answer.status, 400 | 401), "{who}: {} {}", answer.status, answer.body);
    }
    let query = callback.query().unwrap().to_owned();
    let altered = async |query: String| {
        let mut altered = callback.clone();
        altered.set_query(Some(&query));
        bob.visit(altered.as_str()).await.status
    };
    assert_eq!(altered(query.replace("state=", "state=x")).await, 400, "a state that was never issued");
    assert_eq!(altered(query.replace("state=", "other=")).await, 400, "no state");
    assert!(!connected().await);
    // Each of these is the end of its own sign-in: a state counts once, whatever comes with it.
    let state = |url: &reqwest::Url| url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let code = |url: &reqwest::Url| url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let others = grace.begin_github().await;
    let foreign = code(&grace.answer_github(&others, 58_004).await);
    let own = code(&callback);
    for (what, rest) in [
        ("another issuer's answer", format!("code={own}&iss=https%3A%2F%2Fevil.example")),
        ("a denial of another issuer", "error=access_denied&iss=https%3A%2F%2Fevil.example".to_owned()),
        ("the code of somebody else's sign-in", format!("code={foreign}")),
        ("an answer of another kind of provider", "connect_code=x".to_owned()),
        ("no code", String::new()),
    ] {
        let begun = state(&bob.begin_github().await);
        assert_eq!(altered(format!("state={begun}&{rest}")).await, 400, "{what}");
        assert_eq!(altered(format!("state={begun}&code={own}")).await, 400, "{what}: a second time");
        assert!(!connected().await, "{what}");
    }
    // The identity provider's way takes no code of OAuth either.
    let okta = bob.submit("/connections", "/connections/connect", &[("provider", "okta")]).await;
    let back = bob.consent(&super::leads_to(&okta), "allow").await;
    assert_eq!(altered(format!("state={}&code={own}", state(&back))).await, 400);

    let page = bob.begin_github().await;
    let callback = bob.answer_github(&page, BOB).await;
    let issuer = format!("{}&iss={}%2Flogin%2Foauth", callback.query().unwrap(), page.origin().ascii_serialization());
    assert_eq!(altered(issuer).await, 303, "an answer with the right issuer is accepted");
    assert!(connected().await);
    assert_eq!(bob.visit(callback.as_str()).await.status, 400, "a second time");
    app.finish().await;
}
