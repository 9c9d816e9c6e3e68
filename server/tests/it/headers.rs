//! The headers of every response.

use crate::world::TestApp;
use crate::world::browser::Answer;
use reqwest::Method;

const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

fn directives(answer: &Answer) -> Vec<&str> {
    answer.header("content-security-policy").split(';').map(str::trim).collect()
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    let (ada, nobody) = (app.signed_in("ada").await, app.browser());
    let (conversation, _) = ada.ask("Hello").await;
    let answers = [
        ("a page", ada.visit(&format!("/c/{conversation}")).await, 200),
        ("the signed-out page", nobody.visit("/").await, 200),
        ("a page that is not there", nobody.visit("/nowhere").await, 404),
        ("a conversation that is not there", ada.visit("/c/0123456789ABCDEFGHJKMNPQRS").await, 404),
        ("an asset", nobody.visit("/pkg/0123456789abcdef/countersign.css").await, 200),
        ("an asset of another version", nobody.visit("/pkg/fedcba9876543210/countersign.css").await, 404),
        ("an asset that is not there", nobody.visit("/pkg/nothing.js").await, 404),
        ("a redirect", nobody.visit("/auth/login").await, 303),
        ("a refused callback", nobody.visit("/auth/callback").await, 400),
        ("a server function", ada.send(ada.read("/api/chat/load", &[])).await, 200),
        ("a server function that refuses", nobody.call("/api/chat/stop", &[("conversation", "x")]).await, 401),
        ("an unknown server function", ada.call("/api/chat/nothing", &[]).await, 404),
        ("another site", nobody.send(nobody.request(Method::POST, "/api/chat/stop")).await, 403),
        ("another method", ada.send(ada.ours(ada.request(Method::DELETE, "/auth/login"))).await, 405),
        ("health", nobody.visit("/health/live").await, 200),
        ("readiness", nobody.visit("/health/ready").await, 200),
        ("a bad logout token", nobody.call("/auth/backchannel-logout", &[("logout_token", "x")]).await, 400),
    ];
    for (what, answer, status) in answers {
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        for (name, value) in ALWAYS {
            assert_eq!(answer.header(name), value, "{what}: {name}");
        }
        let policy = directives(&answer);
        for directive in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(&directive), "{what}: {directive} in {policy:?}");
        }
        let cache = if what == "an asset" { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), cache, "{what}");
        assert!(!answer.header("x-request-id").is_empty(), "{what}");
        assert_eq!(answer.header("strict-transport-security"), "", "{what}: not over plain HTTP");
        for telling in ["server", "x-powered-by"] {
            assert_eq!(answer.header(telling), "", "{what}: {telling}");
        }
        assert!(answer.headers.get("access-control-allow-origin").is_none(), "{what}: nobody else may read");
    }
    let watch = ada.open(ada.read("/api/chat/watch", &[("conversation", &conversation), ("after", "0")])).await;
    for (name, value) in ALWAYS {
        assert_eq!(watch.headers()[name], value, "the stream: {name}");
    }
    drop(watch);
    app.finish().await;
}

#[tokio::test]
async fn scripts_need_a_nonce_that_is_new_each_time_and_appears_nowhere_else() {
    let app = TestApp::start().await;
    let (ada, nobody) = (app.signed_in("ada").await, app.browser());
    let (conversation, _) = ada.ask("Hello").await;
    let page = format!("/c/{conversation}");
    let mut nonces = std::collections::BTreeSet::new();
    for (browser, path) in
        [(&ada, "/"), (&ada, &page), (&ada, &page), (&ada, "/nowhere"), (&nobody, "/"), (&nobody, "/nowhere")]
    {
        let answer = browser.visit(path).await;
        let policy = directives(&answer).join("; ");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'),
            "{policy}"
        );
        let nonce = policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0.to_owned();
        assert!(nonce.len() >= 16 && nonces.insert(nonce.clone()), "{path}: a nonce is never used twice");
        for script in answer.body.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            // The island's data: a browser does not run JSON.
            if DATA.contains(&tag) {
                continue;
            }
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: a script without nonce: {tag}");
        }
        for handler in [" onclick=", " onload=", " onerror=", "javascript:", " style=\""] {
            assert!(!answer.body.contains(handler), "{path}: {handler}");
        }
        // Leptos repeats the nonce as the value of `crossorigin` on its preload links; it appears in attributes only.
        let elsewhere =
            answer.body.replace(&format!("nonce=\"{nonce}\""), "").replace(&format!("crossorigin=\"{nonce}\""), "");
        assert!(!elsewhere.contains(&nonce), "{path}: the nonce appears elsewhere");
    }
    app.finish().await;
}

/// The attributes of the element that holds the data of a page's island.
const DATA: [&str; 2] = [r#" type="application/json" id="seed""#, " type=\"application/json\" id=\"texts\""];

#[tokio::test]
async fn no_text_ends_the_data_of_a_page() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let text = "</script></textarea></title><script>alert(1)</script><!-- <script>";
    let (conversation, _) = ada.ask(text).await;
    let body = ada.visit(&format!("/c/{conversation}?edit=1")).await.body;
    let data = body.split_once(&format!("<script{}>", DATA[0])).unwrap().1.split_once("</script>").unwrap().0;
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["conversation"], conversation);
    assert_eq!(data["edit"]["text"], text);
    assert!(!body.contains("<script>alert"), "{body}");
    app.finish().await;
}

#[tokio::test]
async fn nothing_on_a_page_comes_from_another_origin() {
    let app = TestApp::start().await;
    let (ada, nobody) = (app.signed_in("ada").await, app.browser());
    for (browser, path) in [(&ada, "/"), (&nobody, "/"), (&nobody, "/nowhere"), (&nobody, "/auth/callback")] {
        let body = browser.visit(path).await.body;
        for mark in ["src=\"http", "href=\"http", "src=\"//", "href=\"//", "action=\"http", "url(http"] {
            assert!(!body.contains(mark), "{path}: {mark}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn the_signed_out_page_loads_no_script() {
    let app = TestApp::start().await;
    let body = app.browser().visit("/").await.body;
    for mark in ["<script src", "type=\"module\"", "modulepreload", ".js", ".wasm"] {
        assert!(!body.contains(mark), "{mark} in {body}");
    }
    app.finish().await;
}

#[tokio::test]
async fn files_outside_the_site_are_not_served() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for path in [
        "/pkg/../main.rs",
        "/pkg/%2e%2e/%2e%2e/main.rs",
        "/..%2fmain.rs",
        "/pkg/..%5c..%5cmain.rs",
        "/%2fetc/passwd",
        "//etc/passwd",
    ] {
        let answer = browser.visit(&format!("{}{path}", browser.home)).await;
        assert!(!answer.body.contains("mod bad_input") && !answer.body.contains("root:"), "{path}: {}", answer.status);
    }
    app.finish().await;
}
