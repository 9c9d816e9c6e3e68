//! Connecting an account: the client's two calls, with the consent page between them.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sandbox_kit::canary;
use serde_json::{Value, json};

use crate::my_account::{ALL, COMPLETE, CONNECT, wish};
use crate::world::{ADA, Answer, Ask, BOB, Browser, CALLBACK, GITHUB, OKTA, World};

const PAGE: &str = "/connected-accounts/connect";

/// A connection started by the client `fixed`.
struct Begun {
    token: String,
    verifier: String,
    state: String,
    answer: Value,
}

async fn begin(world: &World, sub: &str, connection: &str, scopes: &[&str]) -> Begun {
    let token = world.my_account(sub, ALL).await;
    let verifier = canary::random(32);
    let mut wish = wish(connection, scopes);
    wish["code_challenge"] = json!(URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())));
    let answer = world.ask("POST", CONNECT, &token, &wish).await.json();
    Begun { token, verifier, state: wish["state"].as_str().unwrap().to_owned(), answer }
}

impl Begun {
    fn ticket(&self) -> &str {
        self.answer["connect_params"]["ticket"].as_str().unwrap()
    }

    /// Opens the page as the person and answers it.
    async fn answer(&self, browser: &Browser<'_>, action: &str, account: &str) -> Answer {
        browser.get(&format!("{PAGE}?ticket={}", self.ticket())).await;
        browser.post(PAGE, &[("ticket", self.ticket()), ("action", action), ("account", account)]).await
    }

    /// Returns the body with which a correct client completes the connection.
    fn completion(&self, back: &Answer) -> Value {
        json!({"auth_session": self.answer["auth_session"], "connect_code": back.sent("connect_code"),
            "redirect_uri": CALLBACK, "code_verifier": self.verifier})
    }
}

fn accounts(world: &World) -> Vec<(String, String, String)> {
    world.provider.connected_accounts().into_iter().map(|own| (own.sub, own.connection, own.account)).collect()
}

#[tokio::test]
async fn an_account_is_connected_by_page_and_code() {
    let world = World::new();
    let begun = begin(&world, BOB, OKTA, &["okta.users.read"]).await;
    let browser = world.browser();
    let page = browser.get(&format!("{PAGE}?ticket={}", begun.ticket())).await;
    for text in [
        "Connect Okta",
        "<b>Vault</b>",
        "<b>Bob Crane</b>",
        "okta.users.read",
        "00u2bobcrane0000acme",
        ">Allow<",
        ">Deny<",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(
        !page.body.contains("<script")
            && page.headers["content-security-policy"].to_str().unwrap().contains("https://app.example")
    );
    assert_eq!(browser.get(&format!("{PAGE}?ticket={}", begun.ticket())).await.status, 200, "it can be reloaded");
    let back = begun.answer(&browser, "allow", "00u2bobcrane0000acme").await;
    assert!(back.location().as_str().starts_with(CALLBACK));
    assert_eq!(back.sent("state").as_ref(), Some(&begun.state));
    assert!(back.sent("connect_code").unwrap().len() <= 46);
    assert_eq!(accounts(&world).len(), 1, "nothing is connected before the client says so");

    let done = world.ask("POST", COMPLETE, &begun.token, &begun.completion(&back)).await;
    assert_eq!(done.status, 201);
    let done = done.json();
    assert_eq!(
        (&done["connection"], &done["scopes"], &done["access_type"]),
        (&json!(OKTA), &json!(["okta.users.read"]), &json!("offline"))
    );
    assert_eq!(accounts(&world)[1], (BOB.into(), OKTA.into(), "00u2bobcrane0000acme".into()));
    assert_eq!(world.sins(), "");

    let again = world.ask("POST", COMPLETE, &begun.token, &begun.completion(&back)).await;
    assert_eq!(again.status, 409);
    assert_eq!(accounts(&world).len(), 2);
}

#[tokio::test]
async fn connecting_an_account_again_replaces_its_scopes_and_another_account_is_added() {
    let world = World::new();
    let connect = async |connection: &str, scopes: &[&str], account: &str| {
        let begun = begin(&world, ADA, connection, scopes).await;
        let back = begun.answer(&world.browser(), "allow", account).await;
        world.ask("POST", COMPLETE, &begun.token, &begun.completion(&back)).await.json()
    };
    let old = world.provider.connected_accounts().remove(0);
    let okta = connect(OKTA, &["okta.users.read", "okta.users.manage"], "00u1adabyron0000acme").await;
    assert_eq!((&okta["id"], &okta["scopes"]), (&json!(old.id), &json!(["okta.users.read", "okta.users.manage"])));
    connect(GITHUB, &["repo"], "1001").await;
    connect(GITHUB, &["repo", "read:user"], "1002").await;
    let ids: Vec<_> = accounts(&world).into_iter().map(|(_, _, account)| account).collect();
    assert_eq!(ids, ["00u1adabyron0000acme", "1001", "1002"]);

    let refresh = world.browser().tokens(&Ask::new().client("fixed", "f"), ADA).await.json();
    let refresh = refresh["refresh_token"].as_str().unwrap();
    let exchange = async |hint: Option<&str>| {
        let mut form = vec![
            ("grant_type", "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token"),
            ("client_id", "fixed"),
            ("client_secret", "f"),
            ("subject_token", refresh),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
            ("requested_token_type", "http://auth0.com/oauth/token-type/federated-connection-access-token"),
            ("connection", GITHUB),
        ];
        form.extend(hint.map(|hint| ("login_hint", hint)));
        world.call("/oauth/token", &form).await
    };
    assert_eq!(exchange(None).await.refusal(), (400, "invalid_request".to_owned()));
    assert_eq!(
        exchange(Some("2001")).await.refusal(),
        (401, "user_not_found".to_owned()),
        "she does not have Bob's account"
    );
    for (hint, scope) in [("1001", "repo"), ("1002", "repo,read:user")] {
        let answer = exchange(Some(hint)).await.json();
        assert_eq!(answer["scope"], scope, "GitHub separates scopes by commas");
        assert_eq!(world.provider.lent(answer["access_token"].as_str().unwrap()).unwrap().account, hint);
    }
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn a_denial_and_an_unknown_scope_lead_back_with_an_error() {
    let world = World::new();
    let begun = begin(&world, BOB, OKTA, &["okta.users.read"]).await;
    let back = begun.answer(&world.browser(), "deny", "00u2bobcrane0000acme").await;
    assert_eq!(
        (back.sent("error").as_deref(), back.sent("state").as_ref()),
        (Some("access_denied"), Some(&begun.state))
    );
    assert_eq!(back.sent("connect_code"), None);
    let begun = begin(&world, BOB, OKTA, &["okta.users.read", "okta.everything"]).await;
    let back = world.browser().get(&format!("{PAGE}?ticket={}", begun.ticket())).await;
    assert_eq!(
        (back.sent("error").as_deref(), back.sent("state").as_ref()),
        (Some("invalid_scope"), Some(&begun.state))
    );
    let guess = json!({"auth_session": begun.answer["auth_session"], "connect_code": "cc_guess", "redirect_uri": CALLBACK,
        "code_verifier": begun.verifier});
    assert_eq!(world.ask("POST", COMPLETE, &begun.token, &guess).await.status, 400);
    assert_eq!(accounts(&world).len(), 1);
}

#[tokio::test]
async fn the_consent_page_works_once_in_the_first_browser_only() {
    let world = World::new();
    let begun = begin(&world, BOB, OKTA, &["okta.users.read"]).await;
    let url = format!("{PAGE}?ticket={}", begun.ticket());
    let (first, other) = (world.browser(), world.browser());
    let allow = [("ticket", begun.ticket()), ("action", "allow"), ("account", "00u2bobcrane0000acme")];
    assert_eq!(other.post(PAGE, &allow).await.status, 400, "a form without a loaded page");
    let begun = begin(&world, BOB, OKTA, &["okta.users.read"]).await;
    let allow = [("ticket", begun.ticket()), ("action", "allow"), ("account", "00u2bobcrane0000acme")];
    assert_eq!(first.get(&format!("{PAGE}?ticket={}", begun.ticket())).await.status, 200);
    assert_eq!(other.get(&format!("{PAGE}?ticket={}", begun.ticket())).await.status, 400);
    assert_eq!(other.post(PAGE, &allow).await.status, 400);
    let foreign = [allow[0], allow[1], ("account", "00u1adabyron0000acme")];
    assert_eq!(first.post(PAGE, &foreign).await.status, 400, "he is not signed in there as Ada");
    assert_eq!(first.post(PAGE, &allow).await.status, 302);
    assert_eq!(first.post(PAGE, &allow).await.status, 400);
    assert_eq!(first.get(&format!("{PAGE}?ticket={}", begun.ticket())).await.status, 400);
    assert_eq!(first.get(&format!("{PAGE}?ticket=guess")).await.status, 400);
    world.clock.advance(300);
    assert_eq!(first.get(&url).await.status, 400, "a link is good for five minutes");
}

/// The page offers the accounts of the person signed in to the browser, even if another person started the connection.
/// The provider does not compare them; the client must, by checking `state` against its own session.
#[tokio::test]
async fn the_consent_page_offers_the_accounts_of_the_browsers_user() {
    let world = World::new();
    let begun = begin(&world, BOB, OKTA, &["okta.users.read"]).await;
    let browser = world.browser();
    browser.sign_in(&Ask::new(), ADA).await;
    let page = browser.get(&format!("{PAGE}?ticket={}", begun.ticket())).await;
    assert!(page.body.contains("<b>Bob Crane</b>") && page.body.contains("00u1adabyron0000acme"));
    let back = begun.answer(&browser, "allow", "00u1adabyron0000acme").await;
    assert_eq!(world.ask("POST", COMPLETE, &begun.token, &begun.completion(&back)).await.status, 201);
    assert_eq!(accounts(&world)[1], (BOB.into(), OKTA.into(), "00u1adabyron0000acme".into()));
}

#[tokio::test]
async fn a_completion_must_match_the_beginning_in_every_member() {
    // Columns: member, value, status, and whether a correct completion still succeeds afterwards.
    let rows = [
        ("auth_session", json!("as_guess"), 400, true),
        ("connect_code", json!("cc_guess"), 400, true),
        ("redirect_uri", json!("https://app.example/"), 400, true),
        ("code_verifier", json!("x".repeat(43)), 400, false),
        ("code_verifier", json!("short"), 400, true),
        ("connect_code", json!(null), 400, true),
    ];
    for (member, value, status, survives) in rows {
        let world = World::new();
        let begun = begin(&world, BOB, OKTA, &["okta.users.read"]).await;
        let back = begun.answer(&world.browser(), "allow", "00u2bobcrane0000acme").await;
        let mut spoilt = begun.completion(&back);
        spoilt[member] = value.clone();
        let row = format!("{member}: {value}");
        assert_eq!(world.ask("POST", COMPLETE, &begun.token, &spoilt).await.status, status, "{row}");
        let honest = world.ask("POST", COMPLETE, &begun.token, &begun.completion(&back)).await;
        assert_eq!(honest.status == 201, survives, "{row}: {}", honest.body);
        assert_eq!(accounts(&world).len(), 1 + usize::from(survives), "{row}");
    }
    let world = World::new();
    let begun = begin(&world, BOB, OKTA, &["okta.users.read"]).await;
    let back = begun.answer(&world.browser(), "allow", "00u2bobcrane0000acme").await;
    let eve = world.my_account("auth0|eve", ALL).await;
    assert_eq!(world.ask("POST", COMPLETE, &eve, &begun.completion(&back)).await.status, 400, "another person");
    world.clock.advance(300);
    assert_eq!(world.ask("POST", COMPLETE, &begun.token, &begun.completion(&back)).await.status, 400, "too late");
    assert_eq!(accounts(&world).len(), 1);
}
