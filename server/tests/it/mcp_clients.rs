//! The MCP door and clients that others wrote, which never heard of us: the official SDKs. They find the provider by the door's
//! metadata document, register themselves there (RFC 7591), and sign the person in. The provider is npm's `oidc-provider`, so no
//! line of ours is on the other side of the door.

use crate::peers::house::principal;
use crate::peers::person::forms;
use crate::world::browser::Browser;
use crate::world::mcp_door::mcp;
use crate::world::{Custom, Elsewhere, TestApp};
use peers::oidc::{Answer, Provider};
use peers::{Peer, PeerError, node, python};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;
use tokio::net::TcpListener;

/// A provider where strangers register themselves, with tokens for the API that a request names, and phones.
const CHARACTER: &str = r#"{
    "name": "strangers", "about": "clients register themselves", "registration": true,
    "scopes": { "supported": ["openid", "email", "profile", "offline_access", "tools"] },
    "api_tokens": true, "api_scopes": "tools reset", "api_claims": ["preferred_username", "email", "email_verified"],
    "ciba": { "hint": "username", "binding_message": ".{1,200}", "echo": false, "types": [] }
}"#;

const RESET: &str = "okta_reset_password";

/// Permissions of Ada.
const RIGHTS: [(&str, &str); 2] = [("read_okta", "okta:users"), ("manage_okta", "okta:users")];

struct World {
    provider: Provider,
    app: TestApp,
}

/// Starts provider and server; `tool_scopes` are the scopes that tools need, as TOML.
async fn world(tool_scopes: &str) -> World {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let provider = Provider::start(CHARACTER, &url).await.unwrap();
    let issuer = provider.issuer();
    let door = format!(
        "[doors.mcp]\nresource = \"{url}/mcp\"\nscopes = [\"tools\", \"reset\"]\nchallenge_scopes = [\"tools\"]\n\
         [[doors.mcp.issuers]]\nissuer = \"{issuer}\"\ndiscovery_url = \"{issuer}/.well-known/openid-configuration\"\n\
         algorithms = [\"RS256\"]\nallowed_scopes = [\"tools\"]\ntenant = \"default\"\n\
         person_claims = [\"preferred_username\", \"email\", \"email_verified\"]\n\
         [doors.mcp.tool_scopes]\n{tool_scopes}\n"
    );
    let without = ["OKTA_CONNECTION", "GITHUB_CONNECTION"].map(|name| (name.to_owned(), String::new()));
    let env = without.into_iter().chain(provider.variables()).collect();
    let custom = Custom {
        elsewhere: Some(Elsewhere { listener, env }),
        mcp: Box::new(|_| String::new()),
        doors: Box::new(move |_| Some(door.clone())),
        ..Custom::default()
    };
    let app = TestApp::with(custom).await;
    for (relation, object) in RIGHTS {
        app.grant(&principal(&provider, "ada"), relation, object).await;
    }
    World { provider, app }
}

async fn until(what: impl AsyncFn() -> bool) {
    let waiting = async {
        while !what().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it becomes true");
}

/// A client that others wrote, with the browser of its person.
struct Stranger<'a> {
    app: &'a TestApp,
    peer: Peer,
    ada: Browser,
}

impl<'a> Stranger<'a> {
    async fn start(app: &'a TestApp, program: Result<Command, PeerError>) -> Self {
        let mut program = program.unwrap();
        // There is no such page: the test takes the code out of its address.
        program.args([format!("{}/mcp", app.url), format!("{}/returned", app.url)]);
        Self { app, peer: Peer::start(program).await.unwrap(), ada: app.browser() }
    }

    async fn order(&self, order: Value) -> Value {
        self.peer.command(&order).await.unwrap_or_else(|error| panic!("{order}: {error}"))
    }

    /// Signs in on the page to which the answer leads, and returns the page with what the client then says.
    async fn allow(&self, answer: &Value) -> (String, Value) {
        let page = answer["page"].as_str().unwrap_or_else(|| panic!("no page to sign in: {answer}")).to_owned();
        let callback = forms(&self.ada, self.ada.follow(&page).await, &[("account", "ada")]).await.url;
        assert!(callback.as_str().starts_with(&format!("{}/returned", self.app.url)), "{callback}");
        (page, self.order(json!({ "command": "finish", "callback": callback.as_str() })).await)
    }

    async fn call(&self, tool: &str) -> Value {
        self.order(json!({ "command": "call", "tool": tool, "arguments": { "user": "eve@acme.example" } })).await
    }
}

/// Waits until the phone rings, with nothing done before, and confirms.
async fn confirmed(app: &TestApp, provider: &Provider) {
    until(async || !provider.ringing().await.unwrap().is_empty()).await;
    assert!(app.effects().is_empty(), "nothing is done yet");
    provider.answer(Answer::Approve).await.unwrap();
}

/// Signs in, lists, calls, and waits for the phone.
async fn lives(program: Result<Command, PeerError>, revision: &str) {
    let World { provider, app } = world("").await;
    let client = Stranger::start(&app, program).await;
    let (page, server) = client.allow(&client.order(json!({ "command": "connect" })).await).await;
    let resource = format!("resource={}", urlencoded(&format!("{}/mcp", app.url)));
    assert!(page.contains(&resource) && page.contains("code_challenge_method=S256"), "{page}");
    assert_eq!((&server["server"], &server["revision"]), (&json!("countersign"), &json!(revision)), "{server}");

    let tools = client.order(json!({ "command": "tools" })).await;
    assert!(tools["tools"].as_array().unwrap().contains(&json!(RESET)), "{tools}");
    let status = client.call("okta_user_status").await;
    assert!(status["is_error"] == false && status["text"].as_str().unwrap().contains("ACTIVE"), "{status}");
    let (reset, ()) = tokio::join!(client.call(RESET), confirmed(&app, &provider));
    assert_eq!(reset["is_error"], false, "{reset}");
    let told = reset["progress"][0].as_str().expect("the client was told of the wait");
    assert!(told.contains("confirmation"), "{told}");
    assert_eq!(app.effects().len(), 1);
    drop(client);
    app.finish().await;
}

/// Signs in with the scope to enter, calls a tool that needs another one, and asks the person for it.
async fn steps_up(program: Result<Command, PeerError>) {
    let World { provider, app } = world("okta_reset_password = [\"reset\"]").await;
    let client = Stranger::start(&app, program).await;
    let (page, _) = client.allow(&client.order(json!({ "command": "connect" })).await).await;
    assert!(page.contains("scope=tools") && !page.contains("reset"), "{page}");
    let status = client.call("okta_user_status").await;
    assert_eq!(status["is_error"], false, "{status}");
    let asked = client.call(RESET).await;
    assert!(provider.ringing().await.unwrap().is_empty(), "nobody was asked");
    let ((page, reset), ()) = tokio::join!(client.allow(&asked), confirmed(&app, &provider));
    // One of them asks for a refresh token too.
    let asked = reqwest::Url::parse(&page).unwrap();
    let asked = asked.query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
    assert!(["reset", "tools"].iter().all(|scope| asked.split(' ').any(|own| own == *scope)), "{page}");
    assert_eq!(reset["is_error"], false, "{reset}");
    assert_eq!(app.effects().len(), 1);
    drop(client);
    app.finish().await;
}

/// Says that it opens pages, and is led to that of a call that waits.
async fn opens_pages(program: Result<Command, PeerError>) {
    let World { provider, app } = world("").await;
    let program = program.map(|mut program| {
        program.env("OPENS_PAGES", "yes");
        program
    });
    let client = Stranger::start(&app, program).await;
    client.allow(&client.order(json!({ "command": "connect" })).await).await;
    let (reset, ()) = tokio::join!(client.call(RESET), confirmed(&app, &provider));
    assert_eq!(reset["is_error"], false, "{reset}");
    let [page] = &reset["opened"].as_array().unwrap()[..] else { panic!("one page: {reset}") };
    assert!(page.as_str().unwrap().starts_with(&format!("{}/c/", app.url)), "{page}");
    assert_eq!(app.effects().len(), 1);
    drop(client);
    app.finish().await;
}

/// Runs the inspector's command line; returns its output, or what it said when it failed.
async fn inspect(app: &TestApp, token: &str, words: &[&str]) -> Result<String, String> {
    let mut command = node("mcp/inspector", "mcp/inspector/node_modules/.bin/mcp-inspector").unwrap();
    command.args(["--cli", &format!("{}/mcp", app.url), "--transport", "http"]);
    command.args(["--header", &format!("Authorization: Bearer {token}")]).args(words);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(told) } else { Err(told + &String::from_utf8_lossy(&output.stderr)) }
}

#[tokio::test]
async fn the_inspector_lists_and_calls_and_waits_for_the_phone() {
    let app = TestApp::with(Custom { doors: Box::new(mcp), ..Custom::default() }).await;
    app.signed_in("ada").await;
    let token = app.token("ada", json!({ "aud": format!("{}/mcp", app.url), "scope": "tools" }));
    let listed = inspect(&app, &token, &["--method", "tools/list"]).await.unwrap();
    assert!(listed.contains(RESET), "{listed}");
    let call =
        |tool: &'static str| ["--method", "tools/call", "--tool-name", tool, "--tool-arg", "user=eve@acme.example"];
    let status = inspect(&app, &token, &call("okta_user_status")).await.unwrap();
    assert!(status.contains("ACTIVE"), "{status}");
    let answering = async {
        until(async || !app.sandbox.provider().pushes().is_empty()).await;
        app.answer(sandbox::identity::Answer::Approve);
    };
    let words = call(RESET);
    let (reset, ()) = tokio::join!(inspect(&app, &token, &words), answering);
    assert!(reset.is_ok(), "{reset:?}");
    assert_eq!(app.effects().len(), 1);
    app.finish().await;
}

fn urlencoded(text: &str) -> String {
    text.replace(':', "%3A").replace('/', "%2F")
}

#[tokio::test]
async fn the_typescript_sdk_signs_a_person_in_and_waits_for_their_phone() {
    lives(node("mcp/typescript", "mcp/typescript/client.mjs"), "2025-11-25").await;
}

#[tokio::test]
async fn the_python_sdk_signs_a_person_in_and_waits_for_their_phone() {
    lives(python("mcp/python-1", "mcp/client.py"), "2025-11-25").await;
}

#[tokio::test]
async fn the_current_python_sdk_signs_a_person_in_and_waits_for_their_phone() {
    lives(python("mcp/python-2", "mcp/client.py"), "2026-07-28").await;
}

#[tokio::test]
async fn the_typescript_sdk_asks_the_person_for_the_scopes_that_a_tool_needs() {
    steps_up(node("mcp/typescript", "mcp/typescript/client.mjs")).await;
}

#[tokio::test]
async fn the_python_sdk_asks_the_person_for_the_scopes_that_a_tool_needs() {
    steps_up(python("mcp/python-1", "mcp/client.py")).await;
}

#[tokio::test]
async fn the_current_python_sdk_asks_the_person_for_the_scopes_that_a_tool_needs() {
    steps_up(python("mcp/python-2", "mcp/client.py")).await;
}

#[tokio::test]
async fn the_current_python_sdk_opens_the_page_of_a_call_that_waits_and_comes_back() {
    opens_pages(python("mcp/python-2", "mcp/client.py")).await;
}
