//! Interceptors around the MCP door: what they change is decided like what a client sends, and what they cannot check does
//! not pass.

use crate::world::mcp_door::mcp;
use crate::world::{Custom, TestApp};
use axum::extract::State;
use axum::{Json, Router};
use sandbox::identity::Answer;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

const RESET: &str = "okta_reset_password";

/// The answer of an interceptor to an event; `None` hangs.
type Rule = fn(&Value) -> Option<Value>;

/// An interceptor of both hooks.
#[derive(Clone)]
struct Gate {
    rule: Arc<Mutex<Rule>>,
    seen: Arc<Mutex<Vec<Value>>>,
    file: PathBuf,
}

impl Gate {
    /// Starts a server with this interceptor.
    async fn around(rule: Rule) -> (TestApp, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let file = std::env::temp_dir().join(format!("countersign-gate-{}.toml", address.port()));
        let gate = Self { rule: Arc::new(Mutex::new(rule)), seen: Arc::default(), file };
        let app = Router::new().fallback(answer).with_state(gate.clone());
        tokio::spawn(axum::serve(listener, app).into_future());
        let own = format!("url = \"http://{address}/\"\nseconds = 1\npass_request_headers = true\n");
        let text =
            format!("allow = [\"http://{address}\"]\n[interceptors.request]\n{own}[interceptors.response]\n{own}");
        std::fs::write(&gate.file, text).unwrap();
        let env = vec![("GATEWAY_FILE", gate.file.display().to_string())];
        let app = TestApp::with(Custom { doors: Box::new(mcp), env, ..Custom::default() }).await;
        // The accounts that people lend are known from their sign-in.
        app.signed_in("ada").await;
        (app, gate)
    }

    fn follow(&self, rule: Rule) {
        *self.rule.lock().unwrap() = rule;
    }

    async fn finish(self, app: TestApp) {
        std::fs::remove_file(self.file).unwrap();
        app.finish().await;
    }
}

async fn answer(State(gate): State<Gate>, Json(event): Json<Value>) -> Json<Value> {
    let rule = *gate.rule.lock().unwrap();
    let answer = rule(&event);
    gate.seen.lock().unwrap().push(event);
    match answer {
        Some(mcp) => Json(json!({ "interceptorOutputVersion": "1.0", "mcp": mcp })),
        None => std::future::pending().await,
    }
}

fn is_answer(event: &Value) -> bool {
    event["mcp"].get("gatewayResponse").is_some()
}

/// Changes the request with `change`, and no answer.
fn request(event: &Value, change: impl FnOnce(&mut Value)) -> Option<Value> {
    let mut body = event["mcp"]["gatewayRequest"]["body"].clone();
    if is_answer(event) {
        return Some(json!({}));
    }
    change(&mut body);
    Some(json!({ "transformedGatewayRequest": { "headers": { "authorization": "Bearer x" }, "body": body } }))
}

/// Changes the text of the answer, and no request.
fn response(event: &Value, change: impl FnOnce(String) -> String) -> Option<Value> {
    if !is_answer(event) {
        return Some(json!({}));
    }
    let body = change(event["mcp"]["gatewayResponse"]["body"].to_string());
    Some(
        json!({ "transformedGatewayResponse": { "statusCode": 200, "body": serde_json::from_str::<Value>(&body).unwrap() } }),
    )
}

fn user(who: &str) -> Value {
    json!({ "user": who })
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

#[tokio::test]
async fn the_person_is_asked_about_the_argument_that_an_interceptor_wrote() {
    let rewrite: Rule = |event| request(event, |body| body["params"]["arguments"] = user("eve@acme.example"));
    let (app, gate) = Gate::around(rewrite).await;
    let client = app.mcp_client("ada", json!({}));
    let answering = async {
        until(async || !app.sandbox.provider().pushes().is_empty()).await;
        let push = format!("{:?}", app.ringing());
        assert!(push.contains("eve@acme.example") && !push.contains("boss"), "{push}");
        app.answer(Answer::Approve);
    };
    let (done, ()) = tokio::join!(client.call(RESET, user("boss@acme.example")), answering);
    assert_eq!((&done["isError"], app.effects().len()), (&json!(false), 1), "{done}");
    let seen = gate.seen.lock().unwrap().clone();
    assert!(seen.iter().any(is_answer), "the answer was shown");
    for event in &seen {
        let headers = &event["mcp"]["gatewayRequest"]["headers"];
        assert_eq!((&headers["mcp-method"], headers.get("authorization")), (&json!("tools/call"), None), "{event}");
    }
    gate.finish(app).await;
}

#[tokio::test]
async fn an_interceptor_cannot_widen_what_the_caller_may_do() {
    let rename: Rule = |event| {
        request(event, |body| body["params"] = json!({ "name": "okta_groups", "_meta": body["params"]["_meta"] }))
    };
    let (app, gate) = Gate::around(rename).await;
    app.signed_in("eve").await;
    let call = json!({ "expression": "1" });
    let renamed = app.mcp_client("ada", json!({})).call("calculate", call.clone()).await;
    assert!(renamed.to_string().contains("IT Helpdesk"), "Ada may: {renamed}");
    let refused = app.mcp_client("eve", json!({})).call("calculate", call).await;
    assert_eq!(refused["code"], -32602, "Eve may not, and learns nothing: {refused}");
    gate.finish(app).await;
}

#[tokio::test]
async fn an_interceptor_that_answers_keeps_the_tool_from_running() {
    let deny: Rule = |event| {
        let id = &event["mcp"]["gatewayRequest"]["body"]["id"];
        let error = json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32002, "message": "not on Fridays" } });
        Some(json!({ "transformedGatewayResponse": { "statusCode": 200, "headers": {}, "body": error } }))
    };
    let (app, gate) = Gate::around(deny).await;
    let client = app.mcp_client("ada", json!({}));
    let denied = client.call(RESET, user("eve@acme.example")).await;
    assert_eq!(denied["message"], "not on Fridays", "{denied}");
    assert_eq!((app.effects().len(), app.sandbox.provider().pushes().len()), (0, 0));
    assert_eq!(app.signed_in("ada").await.titles().await, [""; 0], "nothing began");
    gate.finish(app).await;
}

#[tokio::test]
async fn an_interceptor_that_hangs_or_lies_refuses() {
    let hang: Rule = |_| None;
    let id: Rule = |event| request(event, |body| body["id"] = json!(7));
    let method: Rule = |event| request(event, |body| body["method"] = json!("tools/list"));
    let foreign: Rule = |_| {
        let body = json!({ "jsonrpc": "2.0", "id": 7, "result": { "content": [] } });
        Some(json!({ "transformedGatewayResponse": { "body": body } }))
    };
    let (app, gate) = Gate::around(hang).await;
    let client = app.mcp_client("ada", json!({}));
    for (name, rule) in [("hang", hang), ("id", id), ("method", method), ("foreign", foreign)] {
        gate.follow(rule);
        let refused = client.call(RESET, user("eve@acme.example")).await;
        assert!(refused["message"].as_str().is_some_and(|text| text.contains("nothing was done")), "{name}: {refused}");
    }
    assert_eq!((app.effects().len(), app.sandbox.provider().pushes().len()), (0, 0));
    // An answer that cannot be checked does not leave.
    gate.follow(|event| if is_answer(event) { None } else { Some(json!({})) });
    let withheld = client.call("okta_groups", json!({})).await;
    assert!(withheld["message"].as_str().is_some_and(|text| text.contains("withheld")), "{withheld}");
    assert!(!withheld.to_string().contains("IT Helpdesk"), "{withheld}");
    gate.finish(app).await;
}

#[tokio::test]
async fn an_interceptor_removes_tools_from_the_list_and_masks_results_also_those_of_tasks() {
    let mask: Rule = |event| {
        if event["mcp"]["gatewayRequest"]["body"]["method"] == "tools/list" && is_answer(event) {
            let mut body = event["mcp"]["gatewayResponse"]["body"].clone();
            body["result"]["tools"].as_array_mut().unwrap().retain(|tool| tool["name"] == "okta_groups");
            return Some(json!({ "transformedGatewayResponse": { "statusCode": 200, "body": body } }));
        }
        response(event, |text| text.replace("IT Helpdesk", "***").replace("eve@acme.example", "***"))
    };
    let (app, gate) = Gate::around(mask).await;
    let client = app.mcp_client("ada", json!({}));
    assert_eq!(client.tools().await, ["okta_groups"]);
    let groups = client.call("okta_groups", json!({})).await.to_string();
    assert!(groups.contains("***") && !groups.contains("IT Helpdesk"), "{groups}");

    let client = client.with_tasks();
    let created = client.call(RESET, user("eve@acme.example")).await;
    let task = json!({ "taskId": created["taskId"] });
    until(async || !app.sandbox.provider().pushes().is_empty()).await;
    app.answer(Answer::Approve);
    until(async || client.ask("tasks/get", task.clone()).await["result"]["status"] == "completed").await;
    let done = client.ask("tasks/get", task).await;
    assert_eq!(done["result"]["result"]["isError"], false, "{done}");
    assert!(!done.to_string().contains("eve@acme.example"), "the result of a task is shown as well: {done}");
    gate.finish(app).await;
}
