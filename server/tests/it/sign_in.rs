//! Sign-in under attack: forged tokens, crafted callbacks, planted sessions, foreign return paths.

use crate::world::browser::{Answer, Browser};
use crate::world::{Custom, TestApp, logs};
use reqwest::Url;
use sandbox::identity::{Alteration, Endpoint, Grant, Signing, Tamper};
use serde_json::json;

const LOGIN: &str = "/auth/login";
const REFUSED: &str = "This sign-in could not be verified";

/// Requires that nobody is signed in and that the response gives no reason.
async fn assert_refused(browser: &Browser, answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.body);
    assert!(answer.body.contains(REFUSED), "{what}: {}", answer.body);
    assert_eq!(browser.load(None).await.unwrap_err().status, 401, "{what}");
}

/// Changes one parameter of a callback; `None` removes it.
fn with(callback: &Url, name: &str, value: Option<&str>) -> String {
    let mut url = callback.clone();
    let others: Vec<_> = callback
        .query_pairs()
        .filter(|(own, _)| own != name)
        .map(|(own, value)| (own.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(others);
    if let Some(value) = value {
        url.query_pairs_mut().append_pair(name, value);
    }
    url.into()
}

fn param(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[tokio::test]
async fn attacks_01_to_05_an_invalid_id_token_signs_nobody_in() {
    let app = TestApp::start().await;
    let issuer = app.sandbox.issuer();
    let no_slash = json!(issuer.trim_end_matches('/'));
    let rows: Vec<(&str, Alteration)> = vec![
        ("1: no signature", Alteration::IdTokenSigned(Signing::Nothing)),
        ("1: HS256 by the public key in PEM", Alteration::IdTokenSigned(Signing::HmacOfPublicPem)),
        ("1: HS256 by the public key in DER", Alteration::IdTokenSigned(Signing::HmacOfPublicDer)),
        (
            "1: HS256 by the client's secret",
            Alteration::IdTokenSigned(Signing::HmacOfClientSecret("countersign".into())),
        ),
        ("2: a key of nobody", Alteration::IdTokenSigned(Signing::UnknownKey)),
        ("2: another key under a known id", Alteration::IdTokenSigned(Signing::ImpostorKey)),
        ("1: a broken signature", Alteration::IdTokenSigned(Signing::Broken)),
        ("3: another issuer", Alteration::IdTokenClaim("iss", json!("https://evil.example/"))),
        ("3: the issuer without its slash", Alteration::IdTokenClaim("iss", no_slash)),
        ("3: no issuer", Alteration::IdTokenClaim("iss", json!(null))),
        ("3: another audience", Alteration::IdTokenClaim("aud", json!("another-client"))),
        ("3: no audience", Alteration::IdTokenClaim("aud", json!(null))),
        ("3: an empty list of audiences", Alteration::IdTokenClaim("aud", json!([]))),
        ("3: an audience more", Alteration::IdTokenForTwo),
        ("3: for another client", Alteration::IdTokenOfAnother),
        ("3: azp of another client", Alteration::IdTokenClaim("azp", json!("another-client"))),
        ("3: no subject", Alteration::IdTokenClaim("sub", json!(null))),
        ("4: no ID token", Alteration::NoIdToken),
        ("4: the access token in its place", Alteration::IdTokenIsAccessToken),
        ("5: two subjects", Alteration::IdTokenTwice("sub", json!("auth0|grace"))),
        ("5: two nonces", Alteration::IdTokenTwice("nonce", json!("stolen"))),
        ("5: two ends", Alteration::IdTokenTwice("exp", json!(9_999_999_999_i64))),
        ("5: two audiences", Alteration::IdTokenTwice("aud", json!("another-client"))),
        ("5: expired", Alteration::IdTokenExpired),
        ("5: no exp", Alteration::IdTokenClaim("exp", json!(null))),
        ("5: exp as text", Alteration::IdTokenClaim("exp", json!("tomorrow"))),
        ("5: a negative exp", Alteration::IdTokenClaim("exp", json!(-1))),
        ("5: no iat", Alteration::IdTokenClaim("iat", json!(null))),
        ("5: issued in an hour", Alteration::IdTokenClaim("iat", json!(app.sandbox.clock().seconds() + 3600))),
        ("8: the nonce of another sign-in", Alteration::IdTokenClaim("nonce", json!("stolen"))),
        ("8: no nonce", Alteration::IdTokenClaim("nonce", json!(null))),
    ];
    for (what, alteration) in rows {
        let browser = app.browser();
        let callback = browser.callback("ada", LOGIN).await;
        app.sandbox.provider().tamper(Tamper::Once(alteration));
        let answer = browser.visit(callback.as_str()).await;
        assert!(matches!(answer.status, 400 | 503), "{what}: {} {}", answer.status, answer.body);
        for reason in ["nonce", "signature", "audience", "issuer", "expired", "claim"] {
            assert!(!answer.body.contains(reason), "{what}: only the log has the reason");
        }
        assert_eq!(browser.load(None).await.unwrap_err().status, 401, "{what}");
        app.sandbox.provider().tamper(Tamper::Off);
        assert_eq!(browser.sign_in("ada").await.status, 200, "an honest sign-in after {what}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_published_key_is_accepted_after_a_rotation() {
    let app = TestApp::start().await;
    app.signed_in("ada").await;
    app.sandbox.provider().rotate_keys().unwrap();
    app.signed_in("bob").await;
    app.finish().await;
}

#[tokio::test]
async fn attack_02_unknown_keys_do_not_cause_repeated_requests_to_the_provider() {
    let app = TestApp::start().await;
    app.signed_in("ada").await;
    let asked = app.sandbox.provider().requests_to(Endpoint::Keys);
    for _ in 0..5 {
        let browser = app.browser();
        let callback = browser.callback("ada", LOGIN).await;
        app.sandbox.provider().tamper(Tamper::Once(Alteration::IdTokenSigned(Signing::UnknownKey)));
        assert_refused(&browser, &browser.visit(callback.as_str()).await, "an unknown key").await;
    }
    let again = app.sandbox.provider().requests_to(Endpoint::Keys) - asked;
    assert!(again <= 1, "keys were fetched {again} times more");
    app.finish().await;
}

#[tokio::test]
async fn attack_06_the_same_subject_of_another_issuer_is_another_person() {
    let first = TestApp::start().await;
    let ada = first.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    // Another issuer with the same database.
    let variable = |name: &str| first.sandbox.variable(name).unwrap().to_owned();
    let env = ["DYNAMODB_ENDPOINT_URL", "SECRETS_MANAGER_ENDPOINT_URL"].map(|name| (name, variable(name))).into();
    let second = TestApp::with(Custom { env, ..Custom::default() }).await;
    let other = second.signed_in("ada").await;
    assert_eq!(other.load(Some(&conversation)).await.unwrap_err().status, 404);
    assert!(other.load(None).await.unwrap().rail.heads.is_empty());
    second.finish().await;
    first.finish().await;
}

#[tokio::test]
async fn attack_07_a_callback_of_another_issuer_is_rejected_before_its_code_is_sent() {
    let app = TestApp::start().await;
    for iss in [None, Some("https://evil.example/"), Some(""), Some("http://localhost/")] {
        let browser = app.browser();
        let callback = browser.callback("ada", LOGIN).await;
        let before = exchanges(&app);
        let answer = browser.visit(&with(&callback, "iss", iss)).await;
        assert_refused(&browser, &answer, &format!("{iss:?}")).await;
        assert_eq!(exchanges(&app), before, "{iss:?}: the code was sent");
    }
    app.finish().await;
}

fn exchanges(app: &TestApp) -> u64 {
    app.sandbox.provider().requests_to(Endpoint::Token(Grant::AuthorizationCode))
}

#[tokio::test]
async fn attack_08_a_sign_in_sends_state_nonce_and_s256() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let url = browser.visit(LOGIN).await.location();
        assert_eq!(param(&url, "code_challenge_method"), "S256");
        assert_eq!(param(&url, "response_type"), "code");
        for name in ["state", "nonce", "code_challenge"] {
            assert!(param(&url, name).len() >= 22, "{name} in {url}");
            assert!(seen.insert(param(&url, name)), "{name} is new each time");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn attack_08_a_callback_counts_once_and_in_its_own_browser() {
    let app = TestApp::start().await;
    let (attacker, victim) = (app.browser(), app.browser());
    let callback = attacker.callback("eve", LOGIN).await;
    let before = exchanges(&app);
    // Login CSRF: the victim would continue as the attacker.
    assert_refused(&victim, &victim.visit(callback.as_str()).await, "in another browser").await;
    victim.visit(LOGIN).await;
    assert_refused(&victim, &victim.visit(callback.as_str()).await, "in a browser with a sign-in of its own").await;
    for (what, url) in [
        ("no state", with(&callback, "state", None)),
        ("an empty state", with(&callback, "state", Some(""))),
        ("another state", with(&callback, "state", Some("AAAAAAAAAAAAAAAAAAAAAA"))),
    ] {
        assert_refused(&attacker, &attacker.visit(&url).await, what).await;
    }
    assert_eq!(exchanges(&app), before, "no code was sent");
    assert_eq!(attacker.visit(callback.as_str()).await.status, 303);
    let replay = attacker.visit(callback.as_str()).await;
    assert_eq!(exchanges(&app), before + 1, "a state counts once");
    assert_eq!((replay.status, replay.location().path()), (303, "/"), "a signed-in person is redirected home");
    assert_eq!(attacker.load(None).await.unwrap().rail.me.name, "Eve Dorn", "the replay changes nothing");
    app.finish().await;
}

#[tokio::test]
async fn attack_08_a_code_belongs_to_the_sign_in_that_asked_for_it() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let (first, second) = (browser.callback("ada", LOGIN).await, browser.callback("ada", LOGIN).await);
    let swapped = with(&first, "code", Some(&param(&second, "code")));
    assert_refused(&browser, &browser.visit(&swapped).await, "the code of the other sign-in").await;
    // The provider records a wrong verifier as a protocol violation; here the attacker caused it.
    app.sandbox.sins().take();
    for code in [None, Some(""), Some("code_of_nobody")] {
        let callback = browser.callback("ada", LOGIN).await;
        assert_refused(&browser, &browser.visit(&with(&callback, "code", code)).await, &format!("{code:?}")).await;
    }
    app.sandbox.sins().take();
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_that_is_declined_says_so_and_can_begin_again() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let chooser = browser.follow(LOGIN).await;
    let state = chooser.between("name=\"state\" value=\"", "\"").to_owned();
    let form = chooser.url.join("/u/login").unwrap();
    let cancelled = browser.post_to(form.as_str(), &[("state", &state), ("action", "cancel")]).await.location();
    assert_eq!(param(&cancelled, "error"), "access_denied");
    let answer = browser.visit(cancelled.as_str()).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(answer.body.contains("You are not signed in"), "{}", answer.body);
    let again = browser.visit(cancelled.as_str()).await;
    assert_eq!(again.status, 400, "an error uses up the state too");
    let forged = browser.visit("/auth/callback?error=%3Cscript%3Ealert(1)%3C/script%3E&error_description=x").await;
    assert!(
        forged.status == 400 && !forged.body.contains("<script") && !forged.body.contains("alert(1)"),
        "{}",
        forged.body
    );
    assert_eq!(browser.sign_in("ada").await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn attack_09_the_session_id_changes_at_sign_in_and_the_old_one_is_dead() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.visit(LOGIN).await;
    assert_eq!(browser.session(), None, "nobody has a session before the sign-in");
    browser.sign_in("ada").await;
    let first = browser.session().unwrap();
    browser.sign_in("ada").await;
    let second = browser.session().unwrap();
    assert_ne!(first, second, "the id changes at each sign-in");
    let thief = app.browser();
    thief.plant(&first);
    assert_eq!(thief.load(None).await.unwrap_err().status, 401, "an old id is dead");
    assert!(browser.load(None).await.is_ok());
    // An id that the attacker chose, in the cookie or in the address, is not adopted.
    let victim = app.browser();
    victim.plant("AAAAAAAAAAAAAAAAAAAAAA");
    let callback = victim.callback("bob", "/auth/login?countersign=AAAAAAAAAAAAAAAAAAAAAA").await;
    victim.follow(callback.as_str()).await;
    assert!(victim.load(None).await.is_ok());
    assert_ne!(victim.session().as_deref(), Some("AAAAAAAAAAAAAAAAAAAAAA"));
    let thief = app.browser();
    thief.plant("AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(thief.load(None).await.unwrap_err().status, 401);
    app.finish().await;
}

#[tokio::test]
async fn attack_12_a_return_path_stays_on_this_site() {
    let app = TestApp::start().await;
    let own = "/c/0123456789ABCDEFGHJKMNPQRS";
    let long = format!("/c/{}", "A".repeat(20_000));
    let rows = [
        (own, own),
        ("/connections", "/connections"),
        ("/tools", "/tools"),
        (long.as_str(), "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("https:evil.example", "/"),
        ("/%2f%2fevil.example", "/"),
        ("%2f%2fevil.example", "/"),
        ("/c/x\r\nLocation: https://evil.example/", "/"),
        ("/c/x@evil.example", "/"),
        ("/auth/logout", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ];
    for (wanted, expected) in rows {
        let browser = app.browser();
        let mut login = browser.url(LOGIN);
        login.query_pairs_mut().append_pair("return_to", wanted);
        let callback = browser.callback("ada", login.as_str()).await;
        let answer = browser.visit(callback.as_str()).await;
        assert_eq!((answer.status, answer.header("location")), (303, expected), "{wanted:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn many_pending_sign_ins_of_one_browser_do_not_fill_its_cookies() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let first = browser.callback("ada", LOGIN).await;
    for _ in 0..20 {
        assert_eq!(browser.visit(LOGIN).await.status, 303);
    }
    assert_eq!(browser.visit(first.as_str()).await.status, 400, "the oldest is forgotten");
    assert_eq!(browser.sign_in("ada").await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn the_log_has_the_reason_for_a_refusal() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.callback("ada", LOGIN).await;
    browser.visit(&with(&callback, "iss", Some("https://evil.example/"))).await;
    assert!(logs::text().contains("the callback comes from another issuer"));
    app.finish().await;
}

#[tokio::test]
async fn sign_ins_in_two_tabs_both_succeed() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let (first, second) = (browser.callback("ada", LOGIN).await, browser.callback("ada", LOGIN).await);
    for callback in [&second, &first] {
        let answer = browser.visit(callback.as_str()).await;
        assert_eq!((answer.status, answer.location().path()), (303, "/"), "{}", answer.body);
        assert_eq!(browser.load(None).await.unwrap().rail.me.name, "Ada Byron");
    }
    app.finish().await;
}
