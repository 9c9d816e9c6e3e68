//! Callers that the demo's provider has never seen: an MCP client that others wrote registers itself there and signs Ada in, and an
//! agent exchanges her token for one by which it acts for her. The sandbox is on the other side, so `mcp_clients` shows the same
//! with a provider that others wrote.

use crate::world::browser::Browser;
use crate::world::mcp_door::for_strangers;
use crate::world::{Custom, TestApp};
use peers::{Peer, node};
use reqwest::Url;
use sandbox::identity::Answer;
use serde_json::{Value, json};
use std::time::Duration;

const RESET: &str = "okta_reset_password";
/// The example of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn app() -> TestApp {
    TestApp::with(Custom { doors: Box::new(for_strangers), ..Custom::default() }).await
}

/// Waits until Ada's phone rings, with nothing done before, and confirms.
async fn confirmed(app: &TestApp) {
    let ringing = async {
        while app.sandbox.provider().pushes().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ringing).await.expect("the phone rings");
    assert!(app.effects().is_empty(), "nothing is done yet");
    app.answer(Answer::Approve);
}

/// Opens the page to which the client leads, where Ada, who is signed in, allows it. Returns the address to which it leads back.
async fn allowed(ada: &Browser, page: &str) -> Url {
    let question = ada.follow(page).await;
    assert!(question.url.path() == "/u/consent" && question.body.contains("Nobody has checked"), "{}", question.body);
    let state = question.between("name=\"state\" value=\"", "\"").to_owned();
    let form = question.url.join("/u/consent").unwrap();
    ada.post_to(form.as_str(), &[("state", &state), ("action", "allow")]).await.location()
}

/// Returns the ledger's page about the only action.
async fn entry(ada: &Browser) -> String {
    let activity = ada.visit("/activity").await.body;
    let (_, link) = activity.split_once("href=\"/activity/").expect("an entry has a page");
    ada.visit(&format!("/activity/{}", link.split_once('"').unwrap().0)).await.body
}

#[tokio::test]
async fn an_mcp_client_that_nobody_registered_signs_ada_in_and_waits_for_her_phone() {
    let app = app().await;
    let ada = app.signed_in("ada").await;
    let mut program = node("mcp/typescript", "mcp/typescript/client.mjs").unwrap();
    // There is no such page: the test takes the code out of its address.
    program.args([&format!("{}/mcp", app.url), &format!("{}/returned", app.url)]);
    let client = Peer::start(program).await.unwrap();
    let order = async |order: Value| client.command(&order).await.unwrap_or_else(|error| panic!("{order}: {error}"));

    let page = order(json!({ "command": "connect" })).await["page"].as_str().expect("a page to sign in").to_owned();
    let callback = allowed(&ada, &page).await;
    let server = order(json!({ "command": "finish", "callback": callback.as_str() })).await;
    assert_eq!(server["server"], "countersign", "{server}");
    let tools = order(json!({ "command": "tools" })).await;
    assert!(tools["tools"].as_array().unwrap().contains(&json!(RESET)), "{tools}");
    let call = json!({ "command": "call", "tool": RESET, "arguments": { "user": "eve@acme.example" } });
    let (reset, ()) = tokio::join!(order(call), confirmed(&app));
    assert_eq!(reset["is_error"], false, "{reset}");
    assert!(reset["progress"][0].as_str().is_some_and(|told| told.contains("confirmation")), "{reset}");
    assert_eq!(app.effects().len(), 1);

    let clients = app.sandbox.provider().registered_clients();
    let [stranger] = clients.as_slice() else { panic!("one client has registered itself: {clients:?}") };
    let entry = entry(&ada).await;
    for part in ["auth0|ada".to_owned(), format!("mcp ({})", stranger.id)] {
        assert!(entry.contains(&part), "{part}: {entry}");
    }
    drop(client);
    app.finish().await;
}

/// Registers a client at the provider, signs Ada in with it, and returns her token for the agent's API.
async fn token_for_the_agent(app: &TestApp, ada: &Browser) -> String {
    let variable = |name| app.sandbox.variable(name).unwrap();
    let (issuer, callback) = (variable("OIDC_ISSUER"), "http://127.0.0.1:9/callback");
    let http = reqwest::Client::new();
    let metadata = json!({ "client_name": "The agent's page", "redirect_uris": [callback] });
    let client = http.post(format!("{issuer}oidc/register")).json(&metadata).send().await.unwrap();
    let client: Value = client.json().await.unwrap();
    let client = client["client_id"].as_str().unwrap();
    let asked = [
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", callback),
        ("scope", "ask"),
        ("resource", variable("AGENT_AUDIENCE")),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let page = Url::parse_with_params(&format!("{issuer}authorize"), asked).unwrap();
    let back = allowed(ada, page.as_str()).await;
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", &code),
        ("redirect_uri", callback),
        ("code_verifier", VERIFIER),
    ];
    access_token(app, &form).await
}

async fn access_token(app: &TestApp, form: &[(&str, &str)]) -> String {
    let url = format!("{}oauth/token", app.sandbox.variable("OIDC_ISSUER").unwrap());
    let answer: Value = reqwest::Client::new().post(url).form(form).send().await.unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[tokio::test]
async fn an_agent_acts_for_ada_with_an_exchanged_token_and_the_ledger_names_it() {
    let app = app().await;
    let ada = app.signed_in("ada").await;
    let variable = |name| app.sandbox.variable(name).unwrap();
    let subject = token_for_the_agent(&app, &ada).await;
    let alone = app.mcp_client_with(subject.clone());
    let refused = alone.request("tools/list", json!({})).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 401, "her token for the agent is not one for the door");

    let agent = [("client_id", variable("AGENT_CLIENT_ID")), ("client_secret", variable("AGENT_CLIENT_SECRET"))];
    let exchange = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", &subject),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("audience", variable("MCP_DOOR_AUDIENCE")),
    ];
    let acting = app.mcp_client_with(access_token(&app, &[&agent[..], &exchange[..]].concat()).await);
    assert!(acting.tools().await.contains(&RESET.to_owned()));
    let call = acting.call(RESET, json!({ "user": "eve@acme.example" }));
    let (reset, ()) = tokio::join!(call, confirmed(&app));
    assert!(!reset["isError"].as_bool().unwrap_or(false), "{reset}");
    assert_eq!(app.effects().len(), 1);
    let entry = entry(&ada).await;
    for part in ["auth0|ada", "mcp (acme-agent)", "acme-agent"] {
        assert!(entry.contains(part), "{part}: {entry}");
    }

    // The agent as itself acts for nobody, and was granted no tool.
    let own = [("grant_type", "client_credentials"), ("audience", variable("MCP_DOOR_AUDIENCE"))];
    let itself = app.mcp_client_with(access_token(&app, &[&agent[..], &own[..]].concat()).await);
    assert_eq!(itself.tools().await, ["x_amz_bedrock_agentcore_search"]);
    assert_eq!(itself.call(RESET, json!({ "user": "eve@acme.example" })).await["code"], -32602);
    assert_eq!(app.effects().len(), 1);
    app.finish().await;
}
