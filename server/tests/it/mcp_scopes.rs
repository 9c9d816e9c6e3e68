//! The MCP door and tools that need scopes of their own: a token without them is answered with 403 and all of them, so that the
//! client asks the person for more, and nothing has begun.

use crate::world::door::SUPERVISOR;
use crate::world::mcp_door::{McpClient, mcp};
use crate::world::{Custom, TestApp};
use sandbox::Sandbox;
use sandbox::identity::Answer;
use serde_json::{Value, json};

const RESET: &str = "okta_reset_password";

/// A door at which three tools need scopes.
fn door(sandbox: &Sandbox) -> Option<String> {
    mcp(sandbox).map(|text| {
        text.replace("scopes = [\"tools\"]\nchallenge", "scopes = [\"tools\", \"reset\", \"admin\"]\nchallenge")
            + "[doors.mcp.tool_scopes]\nokta_reset_password = [\"reset\", \"admin\"]\ncalculate = [\"admin\"]\n\
               okta_groups = [\"admin\"]\n"
    })
}

async fn app() -> TestApp {
    let app = TestApp::with(Custom { doors: Box::new(door), ..Custom::default() }).await;
    // The accounts that people lend are known from their sign-in.
    app.signed_in("ada").await;
    app
}

/// Returns the status, the challenge and the body of the answer to a call.
async fn told(client: &McpClient, tool: &str, arguments: Value) -> (u16, Option<String>, String) {
    let call = client.request("tools/call", json!({ "name": tool, "arguments": arguments }));
    let answer = call.send().await.unwrap();
    let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
    (answer.status().as_u16(), challenge, answer.text().await.unwrap())
}

fn eve() -> Value {
    json!({ "user": "eve@acme.example" })
}

#[tokio::test]
async fn a_token_with_too_few_scopes_is_told_all_of_the_action_and_nothing_begins() {
    let app = app().await;
    let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", app.url);
    for (scope, expected) in
        [("tools", "admin reset tools"), ("tools admin", "admin reset tools"), ("reset unknown", "admin reset")]
    {
        let client = app.mcp_client("ada", json!({ "scope": scope }));
        assert!(client.tools().await.contains(&RESET.to_owned()), "the list is by what the person may do");
        let (status, challenge, body) = told(&client, RESET, eve()).await;
        let needed =
            format!("Bearer error=\"insufficient_scope\", scope=\"{expected}\", resource_metadata=\"{metadata}\"");
        assert_eq!((status, challenge), (403, Some(needed)), "{scope}");
        assert!(body.contains("insufficient_scope"), "{body}");
        let status = client.call("okta_user_status", eve()).await;
        assert_eq!(status["isError"], false, "another tool needs none of them: {status}");
    }
    // The revisions before have no header that names the tool.
    let older = app.mcp_client("ada", json!({})).older("tools/call", json!({ "name": RESET, "arguments": eve() }));
    assert_eq!(older.send().await.unwrap().status().as_u16(), 403);
    let ada = app.signed_in("ada").await;
    assert_eq!(ada.titles().await, [""; 0], "no conversation began");
    assert!(app.sandbox.provider().pushes().is_empty() && app.effects().is_empty());
    let grace = app.signed_in("grace").await;
    let export = grace.visit("/activity/export").await.body;
    assert!(!export.contains(RESET), "nothing was recorded: {export}");

    let client = app.mcp_client("ada", json!({ "scope": "tools reset admin" }));
    let answering = async {
        while app.sandbox.provider().pushes().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        app.answer(Answer::Approve);
    };
    let (done, ()) = tokio::join!(client.call(RESET, eve()), answering);
    assert_eq!((&done["isError"], app.effects().len()), (&json!(false), 1), "{done}");
    assert!(grace.visit("/activity/export").await.body.contains(RESET), "and this was");
    app.finish().await;
}

#[tokio::test]
async fn a_tool_that_the_caller_does_not_see_is_unknown_whatever_scopes_it_needs() {
    let app = app().await;
    app.signed_in("eve").await;
    let client = app.mcp_client("eve", json!({}));
    let hidden = told(&client, "okta_groups", json!({})).await;
    let invented = told(&client, "okta_grapes", json!({})).await;
    assert_eq!((hidden.0, &hidden.1, hidden.2.replace("groups", "grapes")), (200, &None, invented.2.clone()));
    assert!(invented.2.contains("-32602"), "{invented:?}");
    app.finish().await;
}

#[tokio::test]
async fn an_agent_without_a_person_is_asked_for_scopes_too() {
    let app = app().await;
    let agent = |scope: &str| {
        app.mcp_client(
            "x",
            json!({ "gty": "client-credentials", "sub": SUPERVISOR, "azp": "supervisor", "scope": scope }),
        )
    };
    let sum = || json!({ "expression": "6 * 7" });
    let (status, challenge, _) = told(&agent("tools"), "calculate", sum()).await;
    assert!(status == 403 && challenge.as_ref().is_some_and(|text| text.contains("admin tools")), "{challenge:?}");
    assert_eq!(told(&agent("tools"), RESET, eve()).await.0, 200, "a tool that it does not see is unknown");
    let done = agent("tools admin").call("calculate", sum()).await;
    assert_eq!(done["isError"], false, "{done}");
    app.finish().await;
}

#[tokio::test]
async fn a_task_is_told_to_a_token_with_the_scopes_of_its_call_alone() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({ "scope": "reset admin" })).with_tasks();
    let created = client.call(RESET, eve()).await;
    let task = json!({ "taskId": created["taskId"] });
    assert_eq!(client.ask("tasks/get", task.clone()).await["result"]["status"], "working", "{created}");
    let smaller = app.mcp_client("ada", json!({})).with_tasks();
    let unknown = smaller.ask("tasks/get", json!({ "taskId": "nothing-1" })).await["error"].clone();
    for method in ["tasks/get", "tasks/cancel"] {
        assert_eq!(smaller.ask(method, task.clone()).await["error"], unknown, "{method}");
    }
    app.finish().await;
}
