//! Callers from AWS, made by clients that others wrote: boto3, the AgentCore SDK, and the AWS SDK in our own client. AWS STS and the
//! data plane of AgentCore are the sandbox's, whose strictness boto3 and a container of the AgentCore SDK judge
//! (`sandbox/cloud/tests`).

use crate::world::door::{Events, RESOURCE, SESSION, runtime, words};
use crate::world::{Custom, TestApp};
use peers::{Peer, python};
use sandbox::Sandbox;
use sandbox::cloud::agent_core::Inbound;
use sandbox::identity::Answer;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The role that signs with the sandbox's access key.
const ROLE: &str = "arn:aws:iam::000000000000:role/Supervisor";
const GROUPS: &str = "What are my Okta groups?";
const RESET: &str = "Reset the password of eve@acme.example";
const SUM: &str = "What is 6 * 7?";

/// The runtime door for people and for a role.
fn with_role(sandbox: &Sandbox) -> Option<String> {
    let (people, issuer) = (runtime(sandbox)?, sandbox.sts().issuer());
    Some(format!(
        "{people}[[doors.runtime.aws_issuers]]\nissuer = \"{issuer}\"\n\
         discovery_url = \"{issuer}/.well-known/openid-configuration\"\naccount = \"000000000000\"\n\
         roles = [\"{ROLE}\"]\ntenant = \"default\"\n\
         [doors.runtime.aws_presigned]\nregions = [\"us-east-1\"]\nroles = [\"{ROLE}\"]\ntenant = \"default\"\n"
    ))
}

async fn app() -> TestApp {
    let app = TestApp::with(Custom { doors: Box::new(with_role), ..Custom::default() }).await;
    let agent = format!("agent:{}", ROLE.replace(':', "%3A"));
    app.grant(&agent, "can_call", "tool:countersign/calculate").await;
    app
}

/// Starts the program of AWS.
async fn caller(app: &TestApp) -> Peer {
    let variable = |name: &str| app.sandbox.variable(name).unwrap();
    let own = json!({
        "region": variable("AWS_REGION"), "access_key": variable("AWS_ACCESS_KEY_ID"),
        "secret_key": variable("AWS_SECRET_ACCESS_KEY"), "sts": variable("STS_ENDPOINT_URL"),
        "agent_core": variable("AGENT_CORE_URL"),
    });
    let mut command = python("", "aws/caller.py").unwrap();
    command.arg(own.to_string());
    Peer::start(command).await.unwrap()
}

async fn ordered(caller: &Peer, order: Value) -> Value {
    caller.command(&order).await.unwrap_or_else(|error| panic!("{order}: {error}"))
}

async fn token(caller: &Peer, command: &str, audience: &str) -> String {
    let answer = ordered(caller, json!({ "command": command, "audience": audience })).await;
    answer["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[tokio::test]
async fn a_role_proves_itself_by_a_web_identity_token_or_a_presigned_request_of_boto3() {
    let app = app().await;
    let caller = caller(&app).await;
    for command in ["token", "presigned"] {
        let own = token(&caller, command, RESOURCE).await;
        let told = Events::of(app.invocation(&own, SUM)).await.until("end").await;
        assert!(words(&told).contains("42"), "{command}: {told:?}");
        let other = token(&caller, command, "https://desk.example.com/mcp").await;
        let refused = app.invocation(&other, SUM).send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 401, "{command} for another door");
        let again = app.invocation(&own, SUM).send().await.unwrap().status().as_u16();
        assert_eq!(again, if command == "presigned" { 401 } else { 200 }, "a presigned request counts once");
    }
    let told = Events::of(app.invocation(&token(&caller, "token", RESOURCE).await, RESET)).await.until("end").await;
    assert!(!told.iter().any(|event| event["state"] == "done"), "{told:?}");
    assert!(app.sandbox.provider().pushes().is_empty() && app.effects().is_empty(), "nobody was asked");
    let export = app.signed_in("grace").await.visit("/activity/export").await.body;
    assert!(export.contains(r#""kind":"agent""#) && export.contains(ROLE), "{export}");
    app.finish().await;
}

#[tokio::test]
async fn our_own_client_is_a_role_of_aws() {
    let app = app().await;
    let url = format!("{}/invocations", app.door());
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear().env("HOME", "/nonexistent").env("AWS_EC2_METADATA_DISABLED", "true");
    for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        command.env(name, app.sandbox.variable(name).unwrap());
    }
    command.env("AWS_ENDPOINT_URL_STS", app.sandbox.variable("STS_ENDPOINT_URL").unwrap());
    command.args(["invoke", "--aws", "--audience", RESOURCE, &url, SUM]);
    let output = command.output().await.unwrap();
    let (out, notes) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("42"), "{out} {notes}");
    app.finish().await;
}

/// Hosts the runtime door of the application as AgentCore does, for tokens of the sandbox's provider.
fn hosted(app: &TestApp) -> String {
    let provider = app.sandbox.provider().clone();
    let check = Arc::new(move |token: &str| provider.verify_access_token(token, RESOURCE).is_ok());
    app.sandbox.agent_core().host("helpdesk", app.door(), Inbound::Jwt(check))
}

fn invocation(arn: &str, token: Option<&str>, prompt: &str) -> Value {
    let mut order = json!({ "command": "invoke", "arn": arn, "prompt": prompt, "session": SESSION });
    if let Some(token) = token {
        order["token"] = token.into();
    }
    order
}

#[tokio::test]
async fn boto3_invokes_the_door_behind_agentcore_and_waits_for_the_phone() {
    let app = app().await;
    app.signed_in("ada").await;
    let (caller, arn, ada) = (caller(&app).await, hosted(&app), app.token("ada", json!({})));
    let whole = ordered(&caller, invocation(&arn, Some(&ada), GROUPS)).await;
    assert_eq!((&whole["status"], &whole["session"]), (&json!(200), &json!(SESSION)), "{whole}");
    assert_eq!(whole["told"]["outcome"], "done", "{whole}");
    assert!(whole["told"]["response"].as_str().unwrap().contains("IT Helpdesk"), "{whole}");

    let mut order = invocation(&arn, Some(&ada), RESET);
    order["accept"] = "text/event-stream".into();
    let answering = async {
        let waiting = async {
            while app.sandbox.provider().pushes().is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("the phone rings");
        assert!(app.effects().is_empty(), "nothing is done yet");
        app.answer(Answer::Approve);
    };
    let (streamed, ()) = tokio::join!(ordered(&caller, order), answering);
    let told = streamed["told"].as_array().unwrap_or_else(|| panic!("{streamed}"));
    assert_eq!(told.last().unwrap()["outcome"], "done", "{streamed}");
    assert_eq!(app.effects().len(), 1);
    let stop = json!({ "command": "stop", "arn": arn, "token": ada, "session": SESSION });
    assert_eq!(ordered(&caller, stop).await["session"], SESSION);
    app.finish().await;
}

#[tokio::test]
async fn agentcore_passes_nobody_on_whom_the_door_does_not_know() {
    let app = app().await;
    let (caller, arn) = (caller(&app).await, hosted(&app));
    let signed_only = app.sandbox.agent_core().host("signed", app.door(), Inbound::Iam);
    let old = app.sandbox.agent_core().host_without_mmds_v2("old", app.door(), Inbound::Iam);
    let (ada, forged) = (app.token("ada", json!({})), format!("{}x", app.token("ada", json!({}))));
    let unlisted = app.token("ada", json!({ "azp": "unlisted" }));
    for (order, code) in [
        (invocation(&arn, Some(&forged), SUM), "UnauthorizedException"),
        // AgentCore accepts this token. The container checks it again.
        (invocation(&arn, Some(&unlisted), SUM), "RuntimeClientError"),
        // A signature reaches the container as nothing: whoever signed is nobody to the door.
        (invocation(&signed_only, None, SUM), "RuntimeClientError"),
        (invocation(&signed_only, Some(&ada), SUM), "AccessDeniedException"),
        (invocation(&old, None, SUM), "ValidationException"),
        (invocation(&arn.replace("helpdesk", "other"), Some(&ada), SUM), "ResourceNotFoundException"),
    ] {
        let refused = ordered(&caller, order.clone()).await;
        assert_eq!(refused["refused"], code, "{order}: {refused}");
    }
    assert_eq!(app.sandbox.bedrock().request_count(), 0, "no turn began");
    app.finish().await;
}

#[tokio::test]
async fn a_socket_with_the_headers_of_the_agentcore_sdk_is_answered() {
    let app = app().await;
    app.signed_in("ada").await;
    let (caller, arn, ada) = (caller(&app).await, hosted(&app), app.token("ada", json!({})));
    let address = format!("{}/ws", app.door().replace("http://", "ws://"));
    let order = json!({
        "command": "socket", "arn": arn, "address": address, "token": ada, "session": SESSION, "prompts": [GROUPS, "Thanks"],
    });
    let answer = ordered(&caller, order).await;
    let told = answer["told"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let ends: Vec<_> = told.iter().filter(|event| event["event"] == "end").map(|event| &event["outcome"]).collect();
    assert_eq!(ends, ["done", "done"], "{answer}");
    assert!(words(told).contains("IT Helpdesk") && words(told).ends_with("You're welcome."), "{answer}");
    app.finish().await;
}

#[tokio::test]
async fn the_stand_in_of_agentcore_serves_a_container_of_its_own_sdk() {
    let app = app().await;
    let (caller, container) = (caller(&app).await, Peer::start(python("", "aws/container.py").unwrap()).await.unwrap());
    let arn = app.sandbox.agent_core().host("echo", container.ready()["url"].as_str().unwrap(), Inbound::Iam);
    let answer = ordered(&caller, invocation(&arn, None, "Hello")).await;
    let told = &answer["told"];
    assert_eq!((&told["prompt"], &told["session"]), (&json!("Hello"), &json!(SESSION)), "{answer}");
    assert!(
        !told["headers"].to_string().to_lowercase().contains("authorization"),
        "no signature is passed on: {answer}"
    );
    let failed = ordered(&caller, invocation(&arn, None, "fail")).await;
    assert_eq!((&failed["refused"], &failed["status"]), (&json!("RuntimeClientError"), &json!(424)), "{failed}");
    app.finish().await;
}
