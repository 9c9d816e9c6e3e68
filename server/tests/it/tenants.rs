//! Tenants at the doors: each has its own store of permissions, its own people and its own state, and nothing crosses.

use crate::socket::Socket;
use crate::world::door::{SESSION, runtime};
use crate::world::mcp_door::{McpClient, mcp};
use crate::world::{Custom, TestApp};
use countersign::config::Tenant;
use countersign::doctor::Verdict;
use countersign::wiring::examine;
use sandbox::Sandbox;
use sandbox::fga::tuple::Tuple;
use sandbox::identity::{Answer, Endpoint, Grant};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The store of the tenant `globex`.
const STORE: &str = "01SANDBX000000000000000002";
/// An issuer that only the doors know. Its keys are those of the sandbox's provider.
const ELSEWHERE: &str = "https://idp.globex.example/";
const RESET: &str = "okta_reset_password";
const GROUPS: &str = "What are my Okta groups?";
const KEY: &str = "key-of-ada-0001";

/// Both doors, for two organizations of the sandbox's provider and for another issuer of the tenant `elsewhere`.
fn doors(sandbox: &Sandbox, elsewhere: &str) -> String {
    let keys = format!("{}.well-known/jwks.json", sandbox.variable("OIDC_ISSUER").unwrap());
    let own = |door: &str, text: String| {
        let organizations = "organizations = { org_a = \"default\", org_b = \"globex\" }";
        format!(
            "{}[[doors.{door}.issuers]]\nissuer = \"{ELSEWHERE}\"\njwks_url = \"{keys}\"\nalgorithms = [\"RS256\"]\n\
             tenant = \"{elsewhere}\"\nperson_claims = [\"email\", \"email_verified\", \"preferred_username\"]\n",
            text.replace("tenant = \"default\"", organizations)
        )
    };
    own("runtime", runtime(sandbox).unwrap()) + &own("mcp", mcp(sandbox).unwrap())
}

/// Creates the store of globex, and describes the tenant with these tools.
fn globex(sandbox: &Sandbox, tools: &str) -> String {
    let model = serde_json::from_str(include_str!("../../../authz/model.json")).unwrap();
    sandbox.fga().create_store_with_id(STORE, "globex").unwrap();
    let model = sandbox.fga().write_model(STORE, model).unwrap();
    format!("[tenants.globex]\ntools = {tools}\n[tenants.globex.fga]\nstore_id = \"{STORE}\"\nmodel_id = \"{model}\"\n")
}

async fn app(elsewhere: &'static str, tools: &'static str, custom: Custom) -> TestApp {
    let app = TestApp::with(Custom {
        doors: Box::new(move |sandbox| Some(doors(sandbox, elsewhere))),
        tenants: Box::new(move |sandbox| Some(globex(sandbox, tools))),
        ..custom
    })
    .await;
    app.signed_in("ada").await;
    app
}

fn grant(app: &TestApp, store: &str, user: &str, relation: &str, object: &str) {
    app.sandbox.fga().write(store, vec![Tuple::parse(user, relation, object).unwrap()]).unwrap();
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

/// The claims of somebody with Ada's subject, address and user name at the other issuer, who says to be of her organization.
fn namesake() -> Value {
    let ada = "ada@acme.example";
    json!({ "iss": ELSEWHERE, "org_id": "org_a", "email": ada, "email_verified": true, "preferred_username": ada })
}

fn principal(subject: &str) -> String {
    // printf %s https://idp.globex.example/ | sha256sum | cut -c1-16
    format!("user:5e429a1bcec75a58/{subject}")
}

/// Everything that the table holds of the first tenant. Entries of the queue are renewed all the time and left out.
async fn of_the_first(app: &TestApp) -> BTreeMap<String, Value> {
    let all = app.table("Scan", json!({ "TableName": "countersign" })).await;
    let items = all["Items"].as_array().unwrap().iter();
    let own = items.filter(|item| item["pk"]["S"].as_str().unwrap().contains("default"));
    let own: BTreeMap<_, _> = own.map(|item| (format!("{} {}", item["pk"], item["sk"]), item.clone())).collect();
    for kind in ["conv#", "user#", "ledger#"] {
        assert!(own.keys().any(|key| key.contains(kind)), "Ada's {kind} is there");
    }
    own
}

/// Asks for everything at the MCP door that has something to do with the task.
async fn try_the_mcp_door(caller: &McpClient, task: &str, name: &str) {
    let unknown = caller.ask("tasks/get", json!({ "taskId": "nothing-1" })).await["error"].clone();
    for method in ["tasks/get", "tasks/cancel", "tasks/update"] {
        let answer = caller.ask(method, json!({ "taskId": task, "inputResponses": {} })).await;
        assert_eq!(answer["error"], unknown, "{name} {method}");
    }
    for method in ["tasks/list", "tasks/result", "resources/list", "resources/read", "prompts/list", "server/discover"]
    {
        let answer = caller.ask(method, json!({ "taskId": task, "uri": task })).await.to_string();
        assert!(!answer.contains("acme") && !answer.contains("working"), "{name} {method}: {answer}");
    }
    let tools = caller.tools().await;
    assert!(!tools.iter().any(|tool| tool.starts_with("okta")), "{name}: {tools:?}");
    let found = caller.call("x_amz_bedrock_agentcore_search", json!({ "query": "reset an Okta password" })).await;
    assert!(!found.to_string().contains("okta"), "{name}: {found}");
    for (tool, arguments) in [(RESET, json!({ "user": "eve@acme.example" })), ("okta_groups", json!({}))] {
        let answer = caller.call(tool, arguments).await;
        let is_unasked = tool == RESET && answer.to_string().contains("no way to ask you");
        assert!(answer["code"] == -32602 || is_unasked, "{name} {tool}: {answer}");
    }
}

/// Asks with Ada's session, her prompt and her key at each route of the runtime door.
async fn try_the_runtime_door(app: &TestApp, token: &str, name: &str) {
    let answer = app.invocation(token, GROUPS).header("idempotency-key", KEY).send().await.unwrap();
    let answer = answer.text().await.unwrap();
    assert!(!answer.contains("IT Helpdesk"), "{name}: {answer}");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("x-amzn-bedrock-agentcore-runtime-session-id", SESSION)];
    match Socket::open(app, "/ws", &headers).await {
        Ok(mut socket) => {
            socket.say(json!({ "prompt": GROUPS, "idempotency_key": KEY })).await;
            let told = socket.until("end").await;
            assert!(!json!(told).to_string().contains("IT Helpdesk"), "{name}: {told:?}");
        }
        Err(status) => assert_eq!(status, 403, "{name}"),
    }
    let ping = app.ping().await.to_string();
    assert!(!ping.contains("ada") && !ping.contains("default"), "{name}: {ping}");
}

/// Show 5. The callers of the other tenant know every id, and Ada's subject, address and user name.
#[tokio::test]
async fn a_caller_of_another_tenant_tries_everything_and_finds_nothing() {
    let app = app("globex", "[\"*\"]", Custom::default()).await;
    let own = app.mcp_client("ada", json!({ "org_id": "org_a" })).with_tasks();
    let as_ada = app.token("ada", json!({ "org_id": "org_a" }));
    let answer = app.invocation(&as_ada, GROUPS).header("idempotency-key", KEY).send().await.unwrap();
    assert!(answer.text().await.unwrap().contains("IT Helpdesk"), "Ada is answered");
    let created = own.call(RESET, json!({ "user": "eve@acme.example" })).await;
    let task = created["taskId"].as_str().unwrap();
    until(async || app.sandbox.provider().pushes().len() == 1).await;
    until(async || own.ask("tasks/get", json!({ "taskId": task })).await["result"]["status"] == "working").await;
    let before = of_the_first(&app).await;
    let asked = app.sandbox.provider().requests_to(Endpoint::BackchannelAuthorize);

    let agent =
        json!({ "org_id": "org_b", "gty": "client-credentials", "sub": "supervisor@clients", "azp": "supervisor" });
    for (name, claims) in
        [("Ada herself", json!({ "org_id": "org_b" })), ("her namesake", namesake()), ("an agent", agent)]
    {
        try_the_mcp_door(&app.mcp_client("ada", claims.clone()).with_tasks(), task, name).await;
        try_the_runtime_door(&app, &app.token("ada", claims), name).await;
    }

    let after = of_the_first(&app).await;
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "nothing was added or removed");
    assert_eq!(after, before, "state and ledger of the first tenant are untouched");
    assert_eq!(app.sandbox.provider().requests_to(Endpoint::BackchannelAuthorize), asked, "no phone was asked for");
    assert_eq!((app.sandbox.provider().pushes().len(), app.effects().len()), (1, 0));
    app.answer(Answer::Approve);
    until(async || own.ask("tasks/get", json!({ "taskId": task })).await["result"]["status"] == "completed").await;
    assert_eq!(app.effects().len(), 1, "Ada's question was hers alone");
    app.finish().await;
}

/// Ada has the permission in both stores or in one of them; each tenant's answer is that of its own.
#[tokio::test]
async fn a_permission_holds_in_the_store_of_its_tenant_and_in_no_other() {
    let app = app("globex", "[\"calculate\"]", Custom::default()).await;
    let calculate = async |organization: &str| {
        let client = app.mcp_client("ada", json!({ "org_id": organization }));
        client.call("calculate", json!({ "expression": "6 * 7" })).await["isError"] == false
    };
    assert_eq!((calculate("org_a").await, calculate("org_b").await), (true, false), "granted in the first store");
    for (relation, object) in [
        ("can_call", "tool:countersign/calculate"),
        ("read_okta", "okta:groups"),
        ("read_okta", "okta:users"),
        ("manage_okta", "okta:users"),
    ] {
        grant(&app, STORE, "user:auth0|ada", relation, object);
    }
    app.revoke("user:auth0|ada", "can_call", "tool:countersign/calculate").await;
    assert_eq!((calculate("org_a").await, calculate("org_b").await), (false, true), "granted in the second store");
    // Whoever writes to the store of a tenant does not choose its tools.
    let tools = app.mcp_client("ada", json!({ "org_id": "org_b" })).tools().await;
    assert_eq!(tools, ["calculate", "x_amz_bedrock_agentcore_search"]);
    app.finish().await;
}

/// The namesake may do what Ada may, by permissions of their own. Ada's phone does not ring and her accounts stay hers.
#[tokio::test]
async fn nothing_of_a_person_is_used_for_a_namesake_at_another_issuer() {
    let app = app("default", "[\"*\"]", Custom::default()).await;
    let store = app.sandbox.variable("FGA_STORE_ID").unwrap().to_owned();
    for (relation, object) in [("read_okta", "okta:groups"), ("read_okta", "okta:users"), ("manage_okta", "okta:users")]
    {
        grant(&app, &store, &principal("auth0|ada"), relation, object);
    }
    let other = app.mcp_client("ada", namesake()).with_tasks();
    let exchanges = || app.sandbox.provider().requests_to(Endpoint::Token(Grant::TokenVault));
    let before = exchanges();
    let tools = other.tools().await;
    assert!(tools.iter().any(|tool| tool == "okta_groups"), "they may read: {tools:?}");
    assert!(!tools.iter().any(|tool| tool == RESET), "nobody can be asked: {tools:?}");
    let reset = other.call(RESET, json!({ "user": "eve@acme.example" })).await;
    assert!(reset.to_string().contains("no way to ask you"), "{reset}");
    let groups = other.call("okta_groups", json!({})).await;
    assert!(!groups.to_string().contains("IT Helpdesk"), "{groups}");
    assert_eq!(exchanges(), before, "Ada's account was not lent");
    assert_eq!(app.sandbox.provider().requests_to(Endpoint::BackchannelAuthorize), 0, "no phone was asked for");
    assert!(app.sandbox.provider().pushes().is_empty() && app.effects().is_empty());
    app.finish().await;
}

/// With an account of the application the address would find Ada's own entry in the directory.
#[tokio::test]
async fn an_address_of_another_issuer_finds_nobody_in_the_directory() {
    let app = app("default", "[\"*\"]", Custom::application()).await;
    let store = app.sandbox.variable("FGA_STORE_ID").unwrap().to_owned();
    grant(&app, &store, &principal("auth0|ada"), "read_okta", "okta:groups");
    let groups = app.mcp_client("ada", namesake()).call("okta_groups", json!({})).await.to_string();
    assert!(!groups.contains("IT Helpdesk") && groups.contains("cannot be found"), "{groups}");
    app.finish().await;
}

#[tokio::test]
async fn doctor_names_the_tenant_whose_store_or_model_is_wrong() {
    let app = app("globex", "[\"*\"]", Custom::default()).await;
    let aws = crate::world::aws(&app.sandbox).await;
    let mut config = app.config.clone();
    let report = examine(&config, &aws).await;
    assert!(report.is_well() && report.to_string().contains("the store of globex answers"), "{report}");
    let Some(Tenant::Own { fga, .. }) = config.tenants.all.get_mut("globex") else { panic!("globex has a store") };
    fga.model_id = "01SANDBX000000000000000009".to_owned();
    let report = examine(&config, &aws).await;
    let failed = |finding: &&countersign::doctor::Finding| matches!(finding.verdict, Verdict::Fails(_));
    let failed: Vec<_> = report.findings.iter().filter(failed).map(|finding| &*finding.observation).collect();
    assert!(matches!(failed[..], [one] if one.starts_with("globex: ")), "{report}");
    app.sandbox.sins().take();
    app.finish().await;
}
