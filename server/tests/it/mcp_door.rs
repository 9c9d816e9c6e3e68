//! The door of the Model Context Protocol: the agent's tools for clients that never heard of us, under the same guard.

use crate::world::door::SUPERVISOR;
use crate::world::mcp_door::{McpClient, Messages, mcp};
use crate::world::{Custom, TestApp};
use sandbox::Sandbox;
use sandbox::identity::Answer;
use serde_json::{Value, json};
use std::time::Duration;

const RESET: &str = "okta_reset_password";

fn eve() -> Value {
    json!({ "user": "eve@acme.example" })
}

async fn app() -> TestApp {
    let app = TestApp::with(Custom { doors: Box::new(mcp), ..Custom::default() }).await;
    // The accounts that people lend are known from their sign-in.
    app.signed_in("ada").await;
    app
}

/// Waits until this is true.
async fn until(what: impl AsyncFn() -> bool) {
    let waiting = async {
        while !what().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it becomes true");
}

async fn rings(app: &TestApp) {
    until(async || !app.sandbox.provider().pushes().is_empty()).await;
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {result}"))
}

#[tokio::test]
async fn a_person_lists_and_calls_their_tools_without_a_model() {
    let app = app().await;
    let ada = app.mcp_client("ada", json!({}));
    let listed = ada.ask("tools/list", json!({})).await;
    assert_eq!(listed["result"]["cacheScope"], "private", "{listed}");
    let tools = ada.tools().await;
    for tool in ["calculate", "okta_groups", RESET, "x_amz_bedrock_agentcore_search"] {
        assert!(tools.iter().any(|own| own == tool), "{tool}: {tools:?}");
    }
    let groups = ada.call("okta_groups", json!({})).await;
    assert_eq!(groups["isError"], false, "{groups}");
    assert!(text(&groups).contains("IT Helpdesk"), "{groups}");
    assert_eq!(app.signed_in("ada").await.titles().await, [""; 0], "nobody was needed, so there is no conversation");

    let found = ada.call("x_amz_bedrock_agentcore_search", json!({ "query": "reset a password" })).await;
    assert_eq!(found["structuredContent"]["tools"][0]["name"], RESET, "{found}");
    app.finish().await;
}

#[tokio::test]
async fn an_elevated_call_waits_for_the_phone_and_the_ledger_names_client_and_agents() {
    let app = app().await;
    let chain = json!({ "sub": SUPERVISOR, "act": { "sub": "planner@clients" } });
    let client = app.mcp_client("ada", json!({ "azp": "supervisor", "act": chain }));
    let params = json!({ "name": RESET, "arguments": eve(), "_meta": { "progressToken": "p-1" } });
    let mut messages = Messages::of(client.request("tools/call", params)).await;
    let progress = messages.next().await.unwrap();
    assert_eq!(
        (&progress["method"], &progress["params"]["progressToken"]),
        (&json!("notifications/progress"), &json!("p-1"))
    );
    assert!(progress["params"]["message"].as_str().unwrap().contains("confirmation"), "{progress}");
    assert!(app.effects().is_empty(), "nothing is done yet");
    rings(&app).await;
    let push = format!("{:?}", app.ringing());
    assert!(push.contains("chosen by supervisor@clients"), "the phone says who chose the arguments: {push}");
    app.answer(Answer::Approve);
    let result = messages.last().await;
    assert_eq!(result["result"]["isError"], false, "{result}");
    assert_eq!(app.effects().len(), 1);

    let ada = app.signed_in("ada").await;
    let activity = ada.visit("/activity").await.body;
    let (_, link) = activity.split_once("href=\"/activity/").expect("an entry has a page");
    let entry = ada.visit(&format!("/activity/{}", link.split_once('"').unwrap().0)).await.body;
    for part in ["auth0|ada", "mcp (supervisor)", SUPERVISOR, "planner@clients"] {
        assert!(entry.contains(part), "{part}: {entry}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_same_elevated_call_twice_at_once_asks_once_and_is_done_once() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({}));
    let answering = async {
        rings(&app).await;
        app.answer(Answer::Approve);
    };
    let (one, two, ()) = tokio::join!(client.call(RESET, eve()), client.call(RESET, eve()), answering);
    assert_eq!((&one["isError"], &two["isError"]), (&json!(false), &json!(false)), "{one} {two}");
    assert_eq!((app.effects().len(), app.sandbox.provider().pushes().len()), (1, 1));
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_gave_up_learns_the_outcome_by_asking_again_and_nothing_is_repeated() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({}));
    let call = || json!({ "name": RESET, "arguments": eve() });
    let gone = client.request("tools/call", call()).timeout(Duration::from_millis(900)).send().await;
    // The head of a stream may come before the client gives up; its end does not.
    drop(gone);
    rings(&app).await;
    app.answer(Answer::Approve);
    until(async || app.effects().len() == 1).await;
    let again = client.call(RESET, eve()).await;
    assert_eq!(again["isError"], false, "{again}");
    assert_eq!((app.effects().len(), app.sandbox.provider().pushes().len()), (1, 1), "the outcome of the first call");

    let asked = tokio::spawn({
        let client = app.mcp_client("ada", json!({}));
        async move { client.call(RESET, eve()).await }
    });
    until(async || app.sandbox.provider().pushes().len() == 2).await;
    app.answer(Answer::Deny);
    let denied = asked.await.unwrap();
    assert_eq!(denied["structuredContent"]["error"], "not_approved", "once more is another action: {denied}");
    assert_eq!(app.effects().len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_call_that_waits_is_a_task_of_its_own_person_and_client_alone() {
    let app = app().await;
    app.signed_in("bob").await;
    let client = app.mcp_client("ada", json!({})).with_tasks();
    let created = client.call(RESET, eve()).await;
    assert_eq!((&created["resultType"], &created["status"]), (&json!("task"), &json!("working")), "{created}");
    let id = created["taskId"].as_str().unwrap();
    let task = json!({ "taskId": id });

    let unknown = client.ask("tasks/get", json!({ "taskId": "nothing-1" })).await["error"].clone();
    assert_eq!(unknown["code"], -32602, "{unknown}");
    for foreign in [
        app.mcp_client("bob", json!({})),
        app.mcp_client("ada", json!({ "azp": "other" })),
        app.mcp_client("ada", json!({ "azp": "supervisor", "act": { "sub": SUPERVISOR } })),
    ] {
        let foreign = foreign.with_tasks();
        for method in ["tasks/get", "tasks/cancel"] {
            assert_eq!(foreign.ask(method, task.clone()).await["error"], unknown, "{method}");
        }
        let approved = json!({ "taskId": id, "inputResponses": { "approve": { "action": "accept" } } });
        assert_eq!(foreign.ask("tasks/update", approved).await["error"], unknown);
    }
    let approved = json!({ "taskId": id, "inputResponses": { "approve": { "action": "accept" } } });
    let refused = client.ask("tasks/update", approved).await;
    assert_eq!(refused["error"]["code"], -32602, "nothing that a client says approves: {refused}");
    rings(&app).await;
    assert!(app.effects().is_empty());

    app.answer(Answer::Approve);
    until(async || client.ask("tasks/get", task.clone()).await["result"]["status"] == "completed").await;
    let done = client.ask("tasks/get", task).await;
    assert_eq!(done["result"]["result"]["isError"], false, "{done}");
    assert_eq!(app.effects().len(), 1);
    app.finish().await;
}

/// The same subject of the same issuer, in two organizations.
#[tokio::test]
async fn a_caller_of_another_tenant_finds_nothing_of_the_first() {
    let doors = |sandbox: &Sandbox| {
        mcp(sandbox).map(|text| {
            text.replace("tenant = \"default\"", "organizations = { org_a = \"default\", org_b = \"other\" }")
        })
    };
    let tenants = |_: &Sandbox| Some("[tenants.other]\nshares_store = true\n".to_owned());
    let app = TestApp::with(Custom { doors: Box::new(doors), tenants: Box::new(tenants), ..Custom::default() }).await;
    app.signed_in("ada").await;
    let own = app.mcp_client("ada", json!({ "org_id": "org_a" })).with_tasks();
    let created = own.call(RESET, eve()).await;
    let id = created["taskId"].as_str().unwrap();
    rings(&app).await;
    let other = app.mcp_client("ada", json!({ "org_id": "org_b" })).with_tasks();
    let unknown = other.ask("tasks/get", json!({ "taskId": "nothing-1" })).await["error"].clone();
    for method in ["tasks/get", "tasks/cancel", "tasks/update"] {
        let foreign = other.ask(method, json!({ "taskId": id, "inputResponses": {} })).await;
        assert_eq!(foreign["error"], unknown, "{method}");
    }
    let same = other.call(RESET, eve()).await;
    assert_ne!(same["taskId"], created["taskId"], "the same call is another one: {same}");
    assert_eq!(own.ask("tasks/get", json!({ "taskId": id })).await["result"]["status"], "working");
    let nobody = app.mcp_client("ada", json!({ "org_id": "org_c" }));
    assert_eq!(nobody.request("tools/list", json!({})).send().await.unwrap().status().as_u16(), 403);
    app.finish().await;
}

#[tokio::test]
async fn a_cancelled_task_takes_its_question_back() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({})).with_tasks();
    let created = client.call(RESET, eve()).await;
    let task = json!({ "taskId": created["taskId"] });
    rings(&app).await;
    let cancelled = client.ask("tasks/cancel", task.clone()).await;
    assert!(cancelled.get("error").is_none(), "{cancelled}");
    until(async || client.ask("tasks/get", task.clone()).await["result"]["status"] == "completed").await;
    let done = client.ask("tasks/get", task).await["result"]["result"].clone();
    assert_eq!(done["isError"], true, "{done}");
    app.answer(Answer::Approve);
    assert!(app.effects().is_empty(), "an approval afterwards does nothing");
    app.finish().await;
}

#[tokio::test]
async fn a_tool_that_is_hidden_is_answered_like_one_that_does_not_exist() {
    let app = app().await;
    app.signed_in("eve").await;
    let eve = app.mcp_client("eve", json!({}));
    let tools = eve.tools().await;
    assert!(!tools.iter().any(|tool| tool == "okta_groups"), "Eve lacks the permission: {tools:?}");
    let hidden = eve.call("okta_groups", json!({})).await.to_string();
    let invented = eve.call("okta_grapes", json!({})).await.to_string();
    assert_eq!(hidden.replace("groups", "grapes"), invented);
    assert!(invented.contains("-32602"), "{invented}");
    app.finish().await;
}

#[tokio::test]
async fn an_agent_without_a_person_has_the_tools_that_it_was_granted_and_nobodys() {
    let app = app().await;
    let agent = app.mcp_client("x", json!({ "gty": "client-credentials", "sub": SUPERVISOR, "azp": "supervisor" }));
    assert_eq!(agent.tools().await, ["calculate", "x_amz_bedrock_agentcore_search"]);
    let sum = agent.call("calculate", json!({ "expression": "6 * 7" })).await;
    assert!(sum["isError"] == false && text(&sum).contains("42"), "{sum}");
    for (tool, arguments) in
        [("okta_groups", json!({})), (RESET, eve()), ("weather", json!({ "place": "Bonn" })), ("invented", json!({}))]
    {
        assert_eq!(agent.call(tool, arguments).await["code"], -32602, "{tool}");
    }
    let as_ada = agent.request("tools/call", json!({ "name": RESET, "arguments": eve() }));
    let as_ada = as_ada.header("x-amzn-bedrock-agentcore-runtime-user-id", "auth0|ada").header("baggage", "user=ada");
    assert!(Messages::of(as_ada).await.last().await["error"]["code"] == -32602, "a header names nobody");
    assert!(app.sandbox.provider().pushes().is_empty() && app.effects().is_empty());
    let grace = app.signed_in("grace").await;
    let export = grace.visit("/activity/export").await.body;
    assert!(export.contains(r#""kind":"agent""#) && export.contains(SUPERVISOR), "{export}");
    app.finish().await;
}

/// The policies of a test: reading is for everybody with the scope, resetting for the scope `admin`.
const POLICIES: &str = r#"
@id("read") permit(principal is AgentCore::OAuthUser,
    action in [AgentCore::Action::"okta_groups", AgentCore::Action::"okta_user_status"],
    resource == AgentCore::Gateway::"helpdesk")
    when { principal.hasTag("scope") && principal.getTag("scope") like "tools*" };
@id("admin") permit(principal is AgentCore::OAuthUser, action == AgentCore::Action::"okta_reset_password",
    resource == AgentCore::Gateway::"helpdesk")
    when { principal.hasTag("scope") && principal.getTag("scope") == "tools admin" };
@id("not-the-boss") forbid(principal is AgentCore::OAuthUser, action == AgentCore::Action::"okta_reset_password",
    resource == AgentCore::Gateway::"helpdesk") when { context.input.user like "boss@*" };
@enforcementMode("LOG_ONLY") @id("trial") forbid(principal is AgentCore::OAuthUser,
    action == AgentCore::Action::"okta_groups", resource == AgentCore::Gateway::"helpdesk");
"#;

#[tokio::test]
async fn policies_and_permissions_bound_the_list_and_each_call_and_the_ledger_names_them() {
    let file = std::env::temp_dir().join(format!("countersign-door-policies-{}.cedar", std::process::id()));
    std::fs::write(&file, POLICIES).unwrap();
    let env = vec![("POLICIES", file.display().to_string()), ("POLICIES_GATEWAY", "helpdesk".to_owned())];
    let app = TestApp::with(Custom { doors: Box::new(mcp), env, ..Custom::default() }).await;
    let (ada, grace) = (app.signed_in("ada").await, app.signed_in("grace").await);
    app.signed_in("eve").await;
    let read = app.mcp_client("ada", json!({}));
    let admin = app.mcp_client("ada", json!({ "scope": "tools admin" })).with_tasks();
    let listed = |tools: &[&str]| {
        let own = ["x_amz_bedrock_agentcore_search"];
        tools.iter().chain(&own).map(|tool| (*tool).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(read.tools().await, listed(&["okta_groups", "okta_user_status"]));
    assert_eq!(admin.tools().await, listed(&["okta_groups", RESET, "okta_user_status"]));
    assert_eq!(
        app.mcp_client("eve", json!({ "scope": "tools admin" })).tools().await,
        listed(&[]),
        "FGA bounds Eve as well"
    );

    assert_eq!(read.call("okta_groups", json!({})).await["isError"], false);
    assert_eq!(read.call(RESET, eve()).await["code"], -32602, "hidden, so as if it did not exist");
    assert_eq!(admin.call(RESET, eve()).await["resultType"], "task", "allowed, and the person is asked");
    let forbidden = admin.call(RESET, json!({ "user": "boss@acme.example" })).await;
    let told = &forbidden["structuredContent"];
    assert_eq!((&told["error"], &told["policies"]), (&json!("policy"), &json!(["not-the-boss"])), "{forbidden}");
    assert_eq!(admin.call("okta_user_status", json!({ "user": 7 })).await["structuredContent"]["error"], "bad_input");

    let (_, events) = ada.ask("What are my Okta groups?").await;
    assert!(crate::world::frames::said(&events).contains("IT Helpdesk"), "the browser is no door");
    let export = grace.visit("/activity/export").await.body;
    for part in [
        r#""enforced":{"effect":"allow","policies":["read"]}"#,
        r#""tried":{"effect":"deny","policies":["trial"]}"#,
        r#""enforced":{"effect":"deny","policies":["not-the-boss"]}"#,
        r#""enforced":{"effect":"deny","policies":[]}"#,
    ] {
        assert!(export.contains(part), "{part}: {export}");
    }
    std::fs::remove_file(&file).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn a_caller_that_is_not_proved_does_not_enter_and_learns_how() {
    let app = app().await;
    let bare = reqwest::Client::new().post(format!("{}/mcp", app.url)).json(&json!({})).send().await.unwrap();
    assert_eq!(bare.status().as_u16(), 401);
    let challenge = bare.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", app.url);
    assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    let document: Value = reqwest::get(metadata).await.unwrap().json().await.unwrap();
    assert_eq!(document["resource"], format!("{}/mcp", app.url));
    assert_eq!(document["authorization_servers"], json!([app.sandbox.variable("OIDC_ISSUER").unwrap()]));

    let status =
        async |client: McpClient| client.request("tools/list", json!({})).send().await.unwrap().status().as_u16();
    for (claims, expected) in [
        (json!({}), 200),
        (json!({ "aud": app.url.as_str() }), 401),
        (json!({ "aud": "https://desk.example.com/invocations" }), 401),
        (json!({ "exp": 1 }), 401),
        (json!({ "nonce": "n" }), 401),
        (json!({ "azp": "unlisted" }), 403),
        (json!({ "act": { "sub": "unknown@clients" } }), 403),
    ] {
        assert_eq!(status(app.mcp_client("ada", claims.clone())).await, expected, "{claims}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_page_of_another_origin_and_another_host_do_not_enter() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({}));
    for (name, value) in [("host", "evil.example"), ("origin", "https://evil.example"), ("origin", "null")] {
        let refused = client.request("tools/list", json!({})).header(name, value).send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 403, "{name}: {value}");
        assert!(!refused.text().await.unwrap().contains("evil"), "{name}: {value}");
    }
    let forwarded = client.request("tools/list", json!({})).header("x-forwarded-host", "evil.example").send().await;
    assert!(!forwarded.unwrap().text().await.unwrap().contains("evil"));
    let large = json!({ "name": "calculate", "arguments": { "expression": "1".repeat(2 * 1024 * 1024) } });
    assert_eq!(client.request("tools/call", large).send().await.unwrap().status().as_u16(), 413);
    app.finish().await;
}
