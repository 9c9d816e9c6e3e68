//! Policies in the table: published for all instances, and safe from whoever can write the table.

use crate::world::logs::wait_for;
use crate::world::mcp_door::mcp;
use crate::world::{Custom, TestApp, aws};
use countersign::config::{Policies, PolicySource};
use countersign::wiring::{ServerLimits, StartError, published, wire};
use policies::{Mode, PolicyFiles};
use serde_json::{Value, json};

fn permit(tool: &str) -> PolicyFiles {
    let text = format!(
        "permit(principal is AgentCore::OAuthUser, action == AgentCore::Action::\"{tool}\", \
         resource == AgentCore::Gateway::\"helpdesk\");"
    );
    PolicyFiles::one("own.cedar", &text)
}

/// Returns the tools that Ada sees at the door, without the search.
async fn seen(app: &TestApp) -> Vec<String> {
    let mut tools = app.mcp_client("ada", json!({})).tools().await;
    tools.retain(|tool| !tool.starts_with("x_amz"));
    tools
}

async fn until_seen(app: &TestApp, expected: &[&str]) {
    let waiting = async {
        while seen(app).await != expected {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await.expect("the policies are in force");
}

#[tokio::test]
async fn published_policies_reach_every_instance_and_an_older_version_is_refused() {
    let mut app = TestApp::with(Custom { doors: Box::new(mcp), ..Custom::default() }).await;
    app.signed_in("ada").await;
    assert!(seen(&app).await.len() > 2, "nothing bounds the door");
    let gateway = Some("helpdesk".to_owned());
    app.config.policies = Some(Policies { source: PolicySource::Table, mode: Mode::Enforce, gateway });
    let aws = aws(&app.sandbox).await;
    let none = wire(&app.config, &aws, ServerLimits::default()).await;
    assert!(matches!(none, Err(StartError::NoPublishedPolicies)), "no server starts without its bounds");

    let table = published(&app.config, &aws).await.unwrap();
    assert_eq!(table.publish(&permit("okta_groups")).await.unwrap(), 1);
    app.restart().await;
    assert_eq!(seen(&app).await, ["okta_groups"]);

    let key = json!({ "pk": { "S": "policies" }, "sk": { "S": "current" } });
    let name = &app.config.aws.table;
    let old = app.table("GetItem", json!({ "TableName": name, "Key": key })).await["Item"].clone();
    assert!(old.is_object() && !old.to_string().contains("okta_groups"), "sealed: {old}");
    assert_eq!(table.publish(&permit("calculate")).await.unwrap(), 2);
    until_seen(&app, &["calculate"]).await;

    app.table("PutItem", json!({ "TableName": name, "Item": old })).await;
    wait_for("the table holds older policies").await;
    app.table("DeleteItem", json!({ "TableName": name, "Key": key })).await;
    wait_for("the table holds no policies any more").await;
    let mut forged: Value = old;
    forged["version"] = json!({ "N": "9" });
    app.table("PutItem", json!({ "TableName": name, "Item": forged })).await;
    wait_for("the policies cannot be read").await;
    assert_eq!(seen(&app).await, ["calculate"], "the newest stay in force");
    app.finish().await;
}

#[tokio::test]
async fn policies_are_published_and_printed_by_command() {
    let app = TestApp::with(Custom { doors: Box::new(mcp), ..Custom::default() }).await;
    let run = async |words: &[&str]| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(words).envs(app.sandbox.environment());
        let output = command.output().await.unwrap();
        let told = [output.stdout, output.stderr].map(|told| String::from_utf8(told).unwrap()).concat();
        (output.status.code(), told)
    };
    let roles = concat!(env!("CARGO_MANIFEST_DIR"), "/../authz/policies/roles");
    let catalog = format!("{roles}/catalog.json");
    let (code, told) = run(&["policy", "published"]).await;
    assert!(code == Some(1) && told.contains("no policies are published"), "{told}");
    let (code, told) = run(&["policy", "publish", &catalog, "--catalog", &catalog]).await;
    assert!(code == Some(1) && !told.contains("Published"), "these are no policies: {told}");
    let (code, told) = run(&["policy", "publish", roles, "--catalog", &catalog]).await;
    assert!(code == Some(0) && told.contains("Published as version 1."), "{told}");
    let (code, told) = run(&["policy", "published"]).await;
    assert!(code == Some(0) && told.contains("// version 1") && told.contains("api/read"), "{told}");
    app.finish().await;
}
