//! Attack 16: tokens and secrets appear nowhere they do not belong. Every secret of the sandbox contains a canary.

use crate::world::{Custom, TestApp, logs};
use app::wire::Frame;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sandbox::Storage;
use sandbox::kit::canary::MARK;

/// Finds the canary in plain text or within base64, where the claims of a JWT are; returns its context.
pub(crate) fn leaks(bytes: &[u8]) -> Option<String> {
    let mark = MARK.as_bytes();
    if let Some(at) = bytes.windows(mark.len()).position(|window| window == mark) {
        return Some(context(bytes, at));
    }
    let encoded = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    for run in bytes.split(|byte| !encoded(byte)).filter(|run| run.len() >= mark.len()) {
        for skip in 0..4.min(run.len()) {
            let usable = &run[skip..][..(run.len() - skip) / 4 * 4];
            let plain = URL_SAFE_NO_PAD.decode(usable).unwrap_or_default();
            if plain.windows(mark.len()).any(|window| window == mark) {
                return Some(String::from_utf8_lossy(&run[..run.len().min(60)]).into_owned());
            }
        }
    }
    None
}

fn context(bytes: &[u8], at: usize) -> String {
    String::from_utf8_lossy(&bytes[at.saturating_sub(120)..(at + 60).min(bytes.len())]).into_owned()
}

#[test]
fn the_search_finds_a_canary_in_plain_text_and_in_a_jwt() {
    let claims = format!("{{\"sub\":\"x\",\"canary\":\"{MARK}\"}}");
    let jwt = format!("token=eyJh.{}.sig;", URL_SAFE_NO_PAD.encode(claims));
    assert!(leaks(format!("at_{MARK}_x").as_bytes()).is_some());
    assert!(leaks(jwt.as_bytes()).is_some());
    assert!(leaks(b"nothing of the kind, eyJhbGciOiJSUzI1NiJ9.e30.x").is_none());
}

/// A defect to avoid: an endpoint or a panel that gives tokens to the page.
#[tokio::test]
async fn attack_16_no_token_is_in_pages_answers_streams_prompts_logs_or_tables() {
    let directory = std::env::temp_dir().join(format!("countersign-leaks-{}", std::process::id()));
    let storage = Storage::Directory(directory.clone());
    let app = TestApp::with(Custom { storage, ..Custom::default() }).await;
    let ada = app.browser();
    let callback = ada.callback("ada", "/auth/login").await;
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut keep = |what: &str, answer: &crate::world::browser::Answer| {
        seen.push((format!("body of {what}"), answer.body.clone()));
        seen.push((format!("headers of {what}"), format!("{:?}", answer.headers)));
    };
    keep("the callback", &ada.visit(callback.as_str()).await);
    let (conversation, _) = ada.ask("What are my Okta groups?").await;
    let eve = app.signed_in("eve").await;
    eve.ask("What are my Okta groups?").await;
    let (tasks, _) = ada.ask("List all my assigned tasks").await;
    let bearer = app.sandbox.tasks().requests().pop().unwrap().bearer().unwrap().to_owned();
    assert!(leaks(bearer.as_bytes()).is_some(), "the search would find the MCP server's token");
    keep("the page of tasks", &ada.visit(&format!("/c/{tasks}")).await);
    keep("the page of tools", &ada.visit("/tools").await);
    keep("the page", &ada.visit(&format!("/c/{conversation}")).await);
    keep("the first page", &ada.visit("/").await);
    keep("what is loaded", &ada.send(ada.read("/api/chat/load", &[("conversation", &conversation)])).await);
    keep(
        "the form",
        &ada.submit("/", "/api/chat/start", &[("conversation", "x"), ("text", ""), ("client_id", "")]).await,
    );
    keep("the callback again", &ada.visit(callback.as_str()).await);
    keep("readiness", &ada.visit("/health/ready").await);
    // Okta comes last, because an account that it rejects must be connected again.
    for service in ["fga", "identity", "bedrock", "mcp", "okta"] {
        let status = axum::http::StatusCode::UNAUTHORIZED;
        let fault = sandbox::cloud::Fault::Status { code: status, retry_after: None };
        app.sandbox.faults().set(service, Some(fault), sandbox::cloud::Times::Always);
        let posted = ada.begin("What are my Okta groups?").await.unwrap();
        ada.watch(&posted.conversation, 0).await.turn().await;
        keep("the page of tools after a failure", &ada.visit("/tools").await);
        keep("the page after a failure", &ada.visit(&format!("/c/{}", posted.conversation)).await);
        keep("readiness after a failure", &ada.visit("/health/ready").await);
        keep("login after a failure", &app.browser().visit("/auth/login").await);
        app.sandbox.faults().clear();
    }
    let mut watch = ada.watch(&conversation, 0).await;
    let mut frames = String::new();
    while let Some(frame) = watch.next().await {
        frames.push_str(&frame.line());
        if matches!(&frame, Frame::Event { event: app::wire::Event::TurnEnded { .. }, .. }) {
            break;
        }
    }
    drop(watch);
    let logout = ada.submit("/", "/auth/logout", &[]).await;
    // The redirect to the provider's logout is not searched: its URL carries the ID token as a hint, the only place
    // where a browser sees it.
    seen.push(("body of signing out".to_owned(), logout.body));
    seen.push(("the stream".to_owned(), frames));
    seen.push(("the requests to the model".to_owned(), format!("{:?}", app.sandbox.bedrock().requests())));
    seen.push(("the configuration's debug form".to_owned(), format!("{:?}", app.config)));
    seen.push(("the log".to_owned(), logs::text()));
    seen.push(("the log for machines".to_owned(), logs::json()));
    assert!(logs::text().contains("request"), "there is a log to search");
    for (what, text) in &seen {
        assert_eq!(leaks(text.as_bytes()), None, "in {what}");
    }
    app.finish().await;
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(leaks(&bytes), None, "in {}", path.display());
        tables.extend(bytes);
    }
    let readable = b"read_okta";
    assert!(tables.windows(readable.len()).any(|window| window == readable), "the tables can be searched");
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn attack_16_the_table_of_sessions_contains_neither_cookie_nor_name() {
    let directory = std::env::temp_dir().join(format!("countersign-sessions-{}", std::process::id()));
    let storage = Storage::Directory(directory.clone());
    let app = TestApp::with(Custom { storage, ..Custom::default() }).await;
    let ada = app.signed_in("ada").await;
    let cookie = ada.session().unwrap();
    app.finish().await;
    for entry in std::fs::read_dir(&directory).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in [cookie.as_bytes(), b"ada@acme.example", b"Ada Byron"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{}", String::from_utf8_lossy(secret));
        }
    }
    std::fs::remove_dir_all(&directory).unwrap();
}
