//! Liveness and readiness of the server.

use crate::world::TestApp;
use axum::http::StatusCode;
use sandbox::cloud::{Fault, Times};
use serde_json::{Value, json};

#[tokio::test]
async fn the_server_is_ready_when_every_service_answers() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let live = browser.visit("/health/live").await;
    assert_eq!((live.status, live.body.as_str()), (200, "live\n"));
    let ready = browser.visit("/health/ready").await;
    let body: Value = serde_json::from_str(&ready.body).unwrap();
    let all = json!({"store": "ready", "permissions": "ready", "sign-in": "ready"});
    assert_eq!((ready.status, body), (200, json!({"ready": true, "checks": all})));
    app.finish().await;
}

#[tokio::test]
async fn a_silent_service_is_named_without_its_cause_and_the_process_stays_alive() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let status = Fault::Status { code: StatusCode::INTERNAL_SERVER_ERROR, retry_after: None };
    // The provider comes first, while nothing of it is cached.
    let rows = [("identity", &["sign-in", "permissions"][..]), ("dynamodb", &["store"]), ("fga", &["permissions"])];
    for (service, names) in rows {
        app.sandbox.faults().set(service, Some(status.clone()), Times::Always);
        let ready = browser.visit("/health/ready").await;
        let body: Value = serde_json::from_str(&ready.body).unwrap();
        assert_eq!((ready.status, &body["ready"]), (503, &json!(false)), "{service}");
        let failing: Vec<_> =
            ["sign-in", "permissions", "store"].into_iter().filter(|name| body["checks"][name] != "ready").collect();
        assert_eq!(failing, names, "{service}: {body}");
        assert!(!ready.body.contains("127.0.0.1") && !ready.body.contains("500"), "{}", ready.body);
        assert_eq!(browser.visit("/health/live").await.status, 200, "{service}");
        app.sandbox.faults().clear();
        assert_eq!(browser.visit("/health/ready").await.status, 200, "after {service}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_check_that_hangs_is_not_ready_in_time() {
    let app = TestApp::start().await;
    app.sandbox.faults().set("fga", Some(Fault::Timeout), Times::Always);
    let begun = std::time::Instant::now();
    assert_eq!(app.browser().visit("/health/ready").await.status, 503);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    app.finish().await;
}
