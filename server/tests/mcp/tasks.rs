//! The honest server.

use agent::Refusal;
use agent::intent::Risk;
use agent::tool::ToolError;
use mcp::{Cause, Hints};
use sandbox::mcp::tasks::{Form, Revisions};
use secrecy::SecretString;
use serde_json::json;

use crate::world::{HOSTILE_TOKEN, TASKS_TOKEN, TENANT, World, name};

#[tokio::test]
async fn a_person_s_tasks_come_in_either_revision_and_form() {
    for revisions in [Revisions::Both, Revisions::LegacyOnly] {
        for form in [Form::Json, Form::EventStream] {
            let world = World::new().await;
            world.tasks.speak(revisions);
            world.tasks.answer_as(form);
            let toolbox = world.toolbox("tasks").await;
            let output = world.call(&toolbox, "tasks___get_tasks", json!({"status": "open"})).await.unwrap().unwrap();
            let tasks = &output.content["data"]["tasks"];
            assert_eq!(tasks.as_array().map(Vec::len), Some(3), "{revisions:?} {form:?}: {output:?}");
            assert_eq!(tasks[0]["id"], "T-101");
            assert_eq!(output.content["from"], "the MCP server tasks");
            assert_eq!(world.authorizer.asked(), ["ada can_call tool:tasks/get_tasks"]);
            assert_eq!(world.sins.all(), [], "{revisions:?} {form:?}");
        }
    }
}

/// A server may know the current revision without enabling it; its error lists the revisions that it enables.
#[tokio::test]
async fn a_server_with_only_older_revisions_is_spoken_to_in_the_newest_of_them() {
    let rows: [(&'static [&'static str], &str); 5] = [
        (&["2025-11-25", "2025-03-26"], "2025-11-25"),
        (&["2025-03-26", "2025-11-25"], "2025-11-25"),
        (&["2025-06-18"], "2025-06-18"),
        (&["2025-03-26"], "2025-03-26"),
        (&["2099-01-01", "2025-03-26"], "2025-03-26"),
    ];
    for (enabled, spoken) in rows {
        let world = World::new().await;
        world.tasks.speak(Revisions::Enabled(enabled));
        let toolbox = world.toolbox("tasks").await;
        world.call(&toolbox, "tasks___get_tasks", json!({})).await.unwrap().unwrap();
        let requests = world.tasks.requests();
        let call = requests.iter().find(|request| request.method.as_deref() == Some("tools/call")).unwrap();
        assert_eq!(call.header("mcp-protocol-version"), Some(spoken), "{enabled:?}");
        assert_eq!(world.sins.all(), [], "{enabled:?}");
    }
}

#[tokio::test]
async fn an_unsupported_server_is_reported_with_the_revisions_that_it_names() {
    let rows: [(&'static [&'static str], &str); 2] = [
        (&["2099-01-01", "2098-01-01"], "2099-01-01, 2098-01-01"),
        (&["2099-01-01", "say \u{202e}\"yes\""], "2099-01-01, say 'yes'"),
    ];
    for (enabled, named) in rows {
        let world = World::new().await;
        world.tasks.speak(Revisions::Enabled(enabled));
        let error = world.client.discover(&name("tasks"), TENANT, &SecretString::from(TASKS_TOKEN)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "the MCP server tasks: it speaks none of our versions of the protocol (2026-07-28, 2025-11-25, \
                 2025-06-18, 2025-03-26), only \"{named}\""
            )
        );
        assert_eq!(world.sins.all(), [], "{enabled:?}");
    }
}

#[tokio::test]
async fn the_model_gets_a_schema_that_every_model_accepts() {
    let world = World::new().await;
    let discovery = world.discover("tasks").await;
    let spec = agent::Tool::spec(&*discovery.tools[0]);
    let mut keys: Vec<_> = spec.input_schema.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!((spec.name.0.as_str(), keys), ("tasks___get_tasks", vec!["properties", "required", "type"]));
    assert_eq!(discovery.quarantined.len(), 0);
}

#[tokio::test]
async fn without_the_relation_the_server_is_not_called() {
    let world = World::new().await;
    let toolbox = world.toolbox("tasks").await;
    let before = world.tasks.requests().len();
    world.authorizer.remove("ada can_call tool:tasks/get_tasks");
    let refusal = world.call(&toolbox, "tasks___get_tasks", json!({})).await.unwrap_err();
    assert_eq!(refusal, Refusal::Denied { relation: "can_call".into(), object: "tool:tasks/get_tasks".into() });
    assert_eq!(world.tasks.requests().len(), before);
}

#[tokio::test]
async fn attack_46_arguments_outside_the_schema_are_not_sent() {
    let world = World::new().await;
    let toolbox = world.toolbox("tasks").await;
    let before = world.tasks.requests().len();
    for input in [json!({"approved": true}), json!({"status": 1}), json!({"status": "other"}), json!([]), json!(null)] {
        let refusal = world.call(&toolbox, "tasks___get_tasks", input.clone()).await.unwrap_err();
        assert!(matches!(refusal, Refusal::BadInput { .. }), "{input}: {refusal:?}");
    }
    assert_eq!(world.tasks.requests().len(), before);
}

#[tokio::test]
async fn attack_47_each_server_sees_only_its_own_token() {
    let world = World::new().await;
    for (server, tool, input) in
        [("tasks", "tasks___get_tasks", json!({})), ("hostile", "hostile___weather", json!({"place": "Rome"}))]
    {
        let toolbox = world.toolbox(server).await;
        world.call(&toolbox, tool, input).await.unwrap().unwrap();
    }
    for (requests, own, other) in
        [(world.tasks.requests(), TASKS_TOKEN, HOSTILE_TOKEN), (world.hostile.requests(), HOSTILE_TOKEN, TASKS_TOKEN)]
    {
        assert!(requests.len() >= 5, "{requests:?}");
        for request in requests {
            assert_eq!(request.bearer(), Some(own), "{request:?}");
            assert!(!request.holds(other) && request.header("cookie").is_none(), "{request:?}");
        }
    }
}

#[tokio::test]
async fn attack_47_another_servers_token_is_refused_and_never_shown() {
    let world = World::new().await;
    for (token, cause) in [(HOSTILE_TOKEN, Cause::Forbidden), ("CANARY-none", Cause::Unauthorized)] {
        for revisions in [Revisions::Both, Revisions::LegacyOnly] {
            world.tasks.speak(revisions);
            let error = world.client.discover(&name("tasks"), TENANT, &SecretString::from(token)).await.unwrap_err();
            assert_eq!(error.cause, cause);
            assert!(!format!("{error:?} {error} {:?}", world.client).contains("CANARY"));
        }
    }
}

#[tokio::test]
async fn attack_48_a_tool_is_not_called_after_the_token_lost_its_scope() {
    let world = World::new().await;
    *world.scopes.lock().unwrap() = vec!["tasks:read".to_owned(), "tasks:write".to_owned()];
    let toolbox = world.toolbox("tasks").await;
    assert_eq!(toolbox.specs().len(), 2);
    *world.scopes.lock().unwrap() = vec!["tasks:write".to_owned()];
    let outcome = world.call(&toolbox, "tasks___get_tasks", json!({})).await.unwrap();
    assert!(matches!(outcome, Err(ToolError::Failed(_))), "{outcome:?}");
    *world.scopes.lock().unwrap() = vec!["mail:read".to_owned()];
    let Err(ToolError::Failed(text)) = world.call(&toolbox, "tasks___get_tasks", json!({})).await.unwrap() else {
        panic!()
    };
    assert!(text.contains("does not allow this with the token"), "{text}");
    let called =
        world.tasks.requests().iter().filter(|request| request.method.as_deref() == Some("tools/call")).count();
    assert_eq!(called, 0);
    *world.scopes.lock().unwrap() = vec!["tasks:write".to_owned()];
    assert_eq!(world.toolbox("tasks").await.specs().len(), 1, "a tool that is not listed is not offered");
}

#[tokio::test]
async fn annotations_count_only_if_the_configuration_trusts_them() {
    for (hints, read, write) in
        [(Hints::Believed, Risk::Read, Risk::Elevated), (Hints::Ignored, Risk::Elevated, Risk::Elevated)]
    {
        let world = World::with(hints, std::collections::BTreeMap::new()).await;
        *world.scopes.lock().unwrap() = vec!["tasks:read".to_owned(), "tasks:write".to_owned()];
        for tool in world.discover("tasks").await.tools {
            let reads = agent::Tool::spec(&*tool).name.0 == "tasks___get_tasks";
            let input = if reads { json!({}) } else { json!({"id": "T-101"}) };
            let call =
                agent::ToolCall { id: agent::CallId("1".into()), tool: agent::Tool::spec(&*tool).name.clone(), input };
            let intent = agent::Tool::intend(&*tool, &agent::fakes::actor("ada"), &call).unwrap();
            assert_eq!(intent.risk, if reads { read } else { write }, "{hints:?} {tool:?}");
            let need = intent.needs.unwrap();
            assert_eq!((need.provider.as_str(), need.scopes), ("mcp:tasks", vec!["tasks:read".to_owned()]));
        }
    }
}
