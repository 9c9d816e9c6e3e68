//! The style guide: a page of demos and tests, which does not exist anywhere else.

use crate::world::browser::Answer;
use crate::world::{Custom, TestApp};
use axum::http::Method;

#[tokio::test]
async fn the_style_guide_is_served_to_signed_in_people_if_the_setting_says_so() {
    let env = vec![("STYLEGUIDE", "true".to_owned())];
    let app = TestApp::with(Custom { env, ..Custom::default() }).await;
    let page = app.signed_in("eve").await.visit("/styleguide").await;
    assert_eq!(page.status, 200, "{}", page.body);
    for card in ["checking your permission", "waiting for your other confirmation", "outcome unknown", "account needed"]
    {
        assert!(page.body.contains(card), "{card} is missing: {}", page.body);
    }
    assert!(!page.body.contains(".wasm"), "the samples are not alive");
    let page = app.browser().visit("/styleguide").await;
    assert_eq!(page.status, 401);
    assert!(!page.body.contains("checking your permission"), "{}", page.body);
    app.finish().await;
}

#[tokio::test]
async fn without_the_setting_the_style_guide_is_like_every_unknown_address() {
    let app = TestApp::start().await;
    for (who, browser) in [("ada", app.signed_in("ada").await), ("nobody", app.browser())] {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT] {
            let ask = async |path: &str| {
                let request = browser.ours(browser.request(method.clone(), path)).header("accept", "text/html");
                told(&browser.send(request).await, path)
            };
            let (guide, unknown) = (ask("/styleguide").await, ask("/stylebooks").await);
            assert_eq!(guide, unknown, "{who} {method}");
            assert!(guide.contains("404"), "{who} {method}: {guide}");
        }
    }
    app.finish().await;
}

const OF_A_REQUEST: [&str; 2] = ["date", "x-request-id"];

/// Returns everything that an answer tells, without what differs from request to request, and the address itself.
fn told(answer: &Answer, path: &str) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split('\'').next()).unwrap_or("no nonce");
    let mut headers: Vec<_> =
        answer.headers.iter().filter(|(name, _)| !OF_A_REQUEST.contains(&name.as_str())).collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    format!("{} {headers:?} {}", answer.status, answer.body).replace(nonce, "nonce").replace(path, "path")
}
