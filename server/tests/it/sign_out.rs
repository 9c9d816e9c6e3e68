//! The end of a session: by the person, by the provider, by time.

use crate::world::frames::Watch;
use crate::world::{Custom, TestApp};
use app::wire::{ApiError, Frame};
use countersign::wiring::ServerLimits;
use reqwest::Method;
use sandbox::identity::{Endpoint, Outcome, Signing};
use serde_json::{Value, json};
use std::time::Duration;
use turns::Heartbeat;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_provider() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let cookie = ada.session().unwrap();
    let answer = ada.submit("/", "/auth/logout", &[]).await;
    assert_eq!(answer.status, 303);
    let provider = answer.location();
    assert!(provider.as_str().starts_with(&format!("{}oidc/logout?", app.sandbox.issuer())), "{provider}");
    let home = ada.follow(provider.as_str()).await;
    assert_eq!(home.url.path(), "/");
    assert!(home.body.contains("Sign in"), "{}", home.body);
    assert_eq!(ada.session(), None, "the cookie is removed");
    let thief = app.browser();
    thief.plant(&cookie);
    assert_eq!(thief.load(None).await.unwrap_err().error, ApiError::SignedOut, "the id is dead");
    let chooser = ada.follow("/auth/login").await;
    assert!(chooser.body.contains("name=\"state\""), "the provider asks for a new sign-in");
    // Signing out twice, or without a session, does no harm.
    let again = app.browser().submit("/", "/auth/logout", &[]).await;
    assert_eq!((again.status, again.location().path()), (303, "/"));
    app.finish().await;
}

#[tokio::test]
async fn signing_out_works_when_the_provider_does_not_answer() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let other = sandbox::cloud::Fault::Refuse;
    app.sandbox.faults().set("identity", Some(other), sandbox::cloud::Times::Always);
    assert_eq!(ada.submit("/", "/auth/logout", &[]).await.status, 303);
    assert_eq!(ada.load(None).await.unwrap_err().status, 401);
    app.sandbox.faults().clear();
    app.finish().await;
}

/// Returns the claims of a valid logout token for all sessions of `sub`.
pub(crate) fn claims(app: &TestApp, sub: &str, jti: &str) -> Value {
    let now = app.sandbox.clock().seconds();
    json!({"iss": app.sandbox.issuer(), "aud": "countersign", "iat": now, "exp": now + 120, "jti": jti, "sub": sub,
        "events": {EVENT: {}}})
}

pub(crate) async fn deliver(app: &TestApp, token: &str) -> u16 {
    let browser = app.browser();
    let request = browser.request(Method::POST, "/auth/backchannel-logout").form(&[("logout_token", token)]);
    browser.send(request).await.status
}

#[tokio::test]
async fn attack_14_a_logout_token_must_be_fresh_and_from_the_provider() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let now = app.sandbox.clock().seconds();
    let change = |name: &'static str, value: Value| (json!({}), name, value, Signing::CurrentKey);
    let sign = |how: Signing| (json!({}), "jti", json!("jti-signing"), how);
    let header = |header: Value, how: Signing| (header, "jti", json!("jti-header"), how);
    let rows = [
        sign(Signing::Nothing),
        sign(Signing::HmacOfPublicPem),
        sign(Signing::HmacOfPublicDer),
        sign(Signing::HmacOfClientSecret("countersign".to_owned())),
        sign(Signing::UnknownKey),
        sign(Signing::ImpostorKey),
        sign(Signing::Broken),
        header(json!({"alg": "None"}), Signing::Nothing),
        header(json!({"alg": "nOnE"}), Signing::Nothing),
        header(json!({"alg": "rs256"}), Signing::CurrentKey),
        header(json!({"alg": "RS512"}), Signing::CurrentKey),
        header(json!({"alg": null}), Signing::CurrentKey),
        header(json!({"kid": "../../../../dev/null"}), Signing::CurrentKey),
        header(json!({"kid": "' OR 1=1 --"}), Signing::CurrentKey),
        header(json!({"kid": "https://evil.example/key"}), Signing::CurrentKey),
        header(json!({"kid": "x".repeat(300_000)}), Signing::CurrentKey),
        header(json!({"jku": "https://evil.example/jwks.json"}), Signing::UnknownKey),
        header(json!({"x5u": "https://evil.example/cert"}), Signing::UnknownKey),
        header(json!({"jwk": {"kty": "oct", "k": "c2VjcmV0"}}), Signing::UnknownKey),
        header(json!({"crit": ["exp"]}), Signing::CurrentKey),
        header(json!({"typ": "at+jwt"}), Signing::CurrentKey),
        change("iss", json!("https://evil.example/")),
        change("iss", json!(app.sandbox.issuer().trim_end_matches('/'))),
        change("aud", json!("another-client")),
        change("aud", json!(["countersign", "another-client"])),
        change("aud", json!(null)),
        change("nonce", json!("n")),
        change("events", json!({})),
        change("events", json!({EVENT: true})),
        change("events", json!(null)),
        change("sub", json!(null)),
        change("jti", json!(null)),
        change("iat", json!(null)),
        change("iat", json!(now + 600)),
        change("iat", json!(now - 3600)),
        change("iat", json!("now")),
        change("exp", json!(now - 600)),
        change("exp", json!("tomorrow")),
        change("exp", json!(-1)),
    ];
    for (header, name, value, how) in rows {
        let mut claims = claims(&app, "auth0|ada", "jti-refused");
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name)
        } else {
            claims.as_object_mut().unwrap().insert(name.to_owned(), value.clone())
        };
        let what = format!("{header:.80} {name}={value} {how:?}");
        let token = app.sandbox.provider().forge(header, claims, how).unwrap();
        assert_eq!(deliver(&app, &token).await, 400, "{what}");
        assert!(ada.load(None).await.is_ok(), "{what}: the session lives");
    }
    let good =
        app.sandbox.provider().forge(json!({}), claims(&app, "auth0|ada", "jti-text"), Signing::CurrentKey).unwrap();
    let (head, tail) = good.split_once('.').unwrap();
    let spaced = format!("{good}\n");
    for token in
        ["", ".", "..", "a.b.c", &format!("{good}="), &format!("{good}.x"), &format!("{head}=.{tail}"), &spaced, tail]
    {
        assert_eq!(deliver(&app, token).await, 400, "{token:.60?}");
        assert!(ada.load(None).await.is_ok(), "{token:.60?}: the session lives");
    }
    assert_eq!(deliver(&app, &good).await, 200, "the good one ends it");
    assert_eq!(ada.load(None).await.unwrap_err().status, 401);
    app.finish().await;
}

#[tokio::test]
async fn attack_14_a_logout_token_counts_once_and_ends_only_its_own_sessions() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let token =
        app.sandbox.provider().forge(json!({}), claims(&app, "auth0|ada", "jti-once"), Signing::CurrentKey).unwrap();
    assert_eq!(deliver(&app, &token).await, 200);
    assert_eq!(ada.load(None).await.unwrap_err().status, 401);
    assert!(bob.load(None).await.is_ok(), "other people's sessions continue");
    ada.sign_in("ada").await;
    assert_eq!(deliver(&app, &token).await, 200, "a repeated delivery is accepted");
    assert!(ada.load(None).await.is_ok(), "the token counts once: the new session lives");
    let nobody =
        app.sandbox.provider().forge(json!({}), claims(&app, "auth0|nobody", "jti-nobody"), Signing::CurrentKey);
    assert_eq!(deliver(&app, &nobody.unwrap()).await, 200, "sessions that have already ended are not an error");
    app.finish().await;
}

#[tokio::test]
async fn attack_14_a_logout_token_with_a_sid_ends_only_that_session() {
    let app = TestApp::start().await;
    let (laptop, phone) = (app.signed_in("ada").await, app.signed_in("ada").await);
    // Signing out of the provider ends the session of the laptop only.
    let leave = laptop.submit("/", "/auth/logout", &[]).await.location();
    laptop.follow(leave.as_str()).await;
    assert!(phone.load(None).await.is_ok(), "the phone's session is another one");
    let deliveries = app.sandbox.provider().end_sessions_of("auth0|ada").await;
    assert!(deliveries.iter().all(|delivery| delivery.outcome == Outcome::Accepted), "{deliveries:?}");
    assert_eq!(phone.load(None).await.unwrap_err().status, 401);
    app.finish().await;
}

#[tokio::test]
async fn attack_02_forged_logout_tokens_do_not_cause_repeated_requests_to_the_provider() {
    let app = TestApp::start().await;
    app.signed_in("ada").await;
    let asked = app.sandbox.provider().requests_to(Endpoint::Keys);
    for i in 0..10 {
        let header = json!({"kid": format!("unknown-{i}")});
        let token =
            app.sandbox.provider().forge(header, claims(&app, "auth0|ada", "jti"), Signing::UnknownKey).unwrap();
        assert_eq!(deliver(&app, &token).await, 400);
    }
    let again = app.sandbox.provider().requests_to(Endpoint::Keys) - asked;
    assert!(again <= 1, "keys were fetched {again} times more");
    app.finish().await;
}

/// Returns the last frame of a stream that must end by itself, long before its turn would.
async fn last_frame(mut watch: Watch) -> Option<Frame> {
    let end = async {
        let mut last = None;
        while let Some(frame) = watch.next().await {
            last = Some(frame);
        }
        last
    };
    tokio::time::timeout(Duration::from_secs(20), end).await.expect("the stream ends")
}

#[tokio::test]
async fn attack_15_a_stream_ends_with_its_session() {
    let bounds = ServerLimits { beat: Heartbeat(Duration::from_millis(200)), ..ServerLimits::default() };
    let app = TestApp::with(Custom { bounds, ..Custom::default() }).await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask("Hello").await;
    let mut watch = ada.watch(&conversation, events.len() as u64).await;
    assert_eq!(watch.next().await, Some(Frame::Beat { elsewhere: Some(Vec::new()) }));
    assert_eq!(
        watch.next().await,
        Some(Frame::Partial { since: events.len() as u64, html: String::new(), text: String::new() })
    );
    assert_eq!(
        watch.next().await,
        Some(Frame::Beat { elsewhere: Some(Vec::new()) }),
        "a quiet stream sends heartbeats while its session lives"
    );
    app.console("/people/sign-out", &[("sub", "auth0|ada")]).await;
    assert_eq!(last_frame(watch).await, Some(Frame::Fault { error: ApiError::SignedOut }));
    app.finish().await;
}

#[tokio::test]
async fn attack_15_a_busy_stream_ends_with_its_session_too() {
    let bounds = ServerLimits { beat: Heartbeat(Duration::from_millis(200)), ..ServerLimits::default() };
    let app = TestApp::with(Custom { bounds, ..Custom::default() }).await;
    let ada = app.signed_in("ada").await;
    app.sandbox.bedrock().next(sandbox::bedrock::Mischief::Gate { after_words: 5 });
    let posted = ada.begin("Tell me a long story").await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    watch.words(5).await;
    app.console("/people/sign-out", &[("sub", "auth0|ada")]).await;
    assert_eq!(last_frame(watch).await, Some(Frame::Fault { error: ApiError::SignedOut }));
    app.sandbox.bedrock().release();
    app.finish().await;
}
