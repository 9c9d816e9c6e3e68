//! The duration of a `tools/call` at the MCP door, and the share of each check: the access token, a hundred Cedar policies,
//! FGA and the ledger. The times of FGA and of the ledger include the sandbox, which answers from memory on loopback.

use crate::house::House;
use crate::{Budget, percentile, say};
use agent::ports::{Check, Entry, Millis, Outcome, Verdict};
use agent::via::Via;
use agent::{Actor, CallId, ToolCall, ToolName};
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use countersign::config::{Config, Env};
use countersign::wiring::{Application, ServerLimits, door, wire};
use sandbox::Sandbox;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Calls to measure.
const CALLS: usize = 1_000;
/// Calls before that, which open connections and fill caches.
const WARM_UP: usize = 50;

pub(crate) async fn run() {
    let house = House::start_with(0, variables).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    house.signed_in("ada").await;
    let token = token(&house);
    let call = || async {
        let begun = Instant::now();
        let answer = request(&client, &house, &token).send().await.unwrap().text().await.unwrap();
        assert!(answer.contains("42"), "{answer}");
        begun.elapsed()
    };
    for _ in 0..WARM_UP {
        call().await;
    }
    let busy = house.server.busy();
    let mut whole = Vec::new();
    for _ in 0..CALLS {
        whole.push(call().await);
    }
    let busy = house.server.busy() - busy;
    let parts = Parts::measured(&house, &token).await;
    say(&format!("a tools/call at the MCP door ({CALLS} calls, one after the other)"));
    for (what, mut times) in [
        ("whole, at the client", whole.clone()),
        ("access token", parts.token),
        ("100 policies", parts.policies),
        ("FGA", parts.fga),
        ("ledger, before and after", parts.ledger),
    ] {
        let (median, slowest) = (percentile(&mut times, 50), percentile(&mut times, 99));
        say(&format!("  {what:<34}{median:.2?} at the median, {slowest:.2?} at 99 of 100"));
    }
    let (calls, seconds) = (CALLS as f64, busy.as_secs_f64());
    say(&format!("  {:<34}{:.2} ms", "processor time of the server", seconds * 1_000.0 / calls));
    let median = percentile(&mut whole, 50).as_secs_f64() * 1_000.0;
    Budget { what: "whole, ms at the median", measured: median, most: 3.0 }.say();
}

/// The files of the door and of its policies, and the variables that name them.
fn variables(url: &str, sandbox: &Sandbox) -> Vec<(String, String)> {
    let issuer = sandbox.variable("OIDC_ISSUER").unwrap();
    let door = format!(
        "[doors.mcp]\nresource = \"{url}/mcp\"\n[[doors.mcp.issuers]]\nissuer = \"{issuer}\"\n\
         discovery_url = \"{issuer}.well-known/openid-configuration\"\nalgorithms = [\"RS256\"]\ntenant = \"default\"\n"
    );
    let write = |name: &str, text: &str| {
        let path = std::env::temp_dir().join(format!("countersign-bench-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    vec![
        ("DOORS_FILE".to_owned(), write("doors.toml", &door)),
        ("POLICIES".to_owned(), write("policies.cedar", &policies())),
    ]
}

/// A call in the current revision.
fn request(client: &reqwest::Client, house: &House, token: &str) -> reqwest::RequestBuilder {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": "calculate", "arguments": { "expression": "6 * 7" }, "_meta": meta });
    client
        .post(format!("{}/mcp", house.url))
        .bearer_auth(token)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", "calculate")
        .json(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }))
}

/// A hundred policies, all of which are about every tool.
fn policies() -> String {
    let mut all = String::from(
        "@id(\"everybody\") permit(principal is AgentCore::OAuthUser, action, resource is AgentCore::Gateway) \
         when { principal.hasTag(\"scope\") && principal.getTag(\"scope\") like \"*tools*\" };\n",
    );
    for number in 1..100 {
        all += &format!(
            "@id(\"not-{number}\") forbid(principal is AgentCore::OAuthUser, action, resource is AgentCore::Gateway) \
             when {{ principal.hasTag(\"sub\") && principal.getTag(\"sub\") == \"auth0|nobody-{number}\" }};\n"
        );
    }
    all
}

fn token(house: &House) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = house.sandbox.variable("OIDC_ISSUER").unwrap();
    let claims = json!({
        "iss": issuer, "sub": "auth0|ada", "aud": format!("{}/mcp", house.url), "azp": "cli", "iat": now, "exp": now + 3600, "scope": "tools",
    });
    house.sandbox.provider().forge(json!({}), claims, sandbox::identity::Signing::CurrentKey).unwrap()
}

/// The times of each check by itself, with the adapters of the server.
struct Parts {
    token: Vec<Duration>,
    policies: Vec<Duration>,
    fga: Vec<Duration>,
    ledger: Vec<Duration>,
}

impl Parts {
    async fn measured(house: &House, token: &str) -> Self {
        let application = application(house).await;
        let callers = door(&config(house), &application, edge::doors::mcp::NAME).unwrap().door;
        let (parts, ()) = http::Request::post("/mcp")
            .header("authorization", format!("Bearer {token}"))
            .body(())
            .unwrap()
            .into_parts();
        let ada = actor(&callers.authorize(&parts).await.unwrap());
        let tools = application.state.services.toolboxes.toolbox(&ada).await;
        let call = ToolCall {
            id: CallId("call".to_owned()),
            tool: ToolName("calculate".to_owned()),
            input: json!({ "expression": "6 * 7" }),
        };
        let intent = tools.intend(&ada, &call).unwrap();
        let services = &application.state.services;
        let mut measured = Self { token: vec![], policies: vec![], fga: vec![], ledger: vec![] };
        for _ in 0..CALLS {
            let begun = Instant::now();
            callers.authorize(&parts).await.unwrap();
            measured.token.push(begun.elapsed());
            let begun = Instant::now();
            assert!(application.policies.decide(&ada, &call, now()).unwrap().forbids().is_none());
            measured.policies.push(begun.elapsed());
            let begun = Instant::now();
            services.authorizer.decide(&ada, Check::of(&intent)).await.unwrap();
            measured.fga.push(begun.elapsed());
            let entry = Entry {
                at: now(),
                actor: ada.clone(),
                place: None,
                tool: call.tool.clone(),
                intent: intent.summary.clone(),
                relation: intent.relation.to_string(),
                object: intent.object.to_string(),
                risk: intent.risk,
                approval: None,
                policy: None,
                verdict: Verdict::Allowed,
            };
            let begun = Instant::now();
            let id = services.ledger.open(entry).await.unwrap();
            services.ledger.close(&id, Outcome::Done, now()).await.unwrap();
            measured.ledger.push(begun.elapsed());
        }
        measured
    }
}

fn config(house: &House) -> Config {
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/site");
    let site = [("LEPTOS_SITE_ROOT".to_owned(), site.to_owned())];
    let env: Env = house.variables.iter().filter(|(name, _)| name != "OKTA_CONNECTION").cloned().chain(site).collect();
    Config::read(&env).unwrap()
}

/// The server's adapters, in this process.
async fn application(house: &House) -> Application {
    let variable = |name: &str| house.sandbox.variable(name).unwrap().to_owned();
    let (key, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    let aws = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")))
        .credentials_provider(Credentials::new(key, secret, None, None, "sandbox"))
        .load()
        .await;
    wire(&config(house), &aws, ServerLimits::default()).await.unwrap()
}

fn actor(caller: &callers::Caller) -> Actor {
    let person = caller.person().unwrap();
    let via = Via {
        door: "mcp".to_owned(),
        client: person.client().map(str::to_owned),
        agents: vec![],
        claims: caller.claims().clone(),
        until: i64::MAX,
    };
    let evidence = agent::actor::Evidence::of(person.issuer(), person.subject(), person.tenant());
    Actor::attest(evidence).through(Some(Arc::new(via)))
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}
