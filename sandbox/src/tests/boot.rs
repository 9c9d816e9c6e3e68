//! Every service answers and is connected to the others.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::World;
use crate::{Settings, Storage};

#[tokio::test]
async fn the_identity_provider_is_the_issuer_that_the_environment_names() {
    let world = World::new().await;
    let document = world.http.get(world.url("OIDC_ISSUER", ".well-known/openid-configuration")).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    assert_eq!(document["issuer"], world.sandbox.variable("OIDC_ISSUER").unwrap());
    assert_eq!(document["token_endpoint"], world.sandbox.variable("OKTA_TOKEN_URL").unwrap());
}

#[tokio::test]
async fn okta_accepts_only_tokens_for_its_own_audience() {
    let world = World::new().await;
    let url = || world.url("OKTA_BASE_URL", "/api/v1/users/ada@acme.example/groups");
    let answer = world.get(url(), &world.token("OKTA").await).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let groups: Vec<Value> = answer.json().await.unwrap();
    assert_eq!(groups.len(), 3);
    assert_eq!(world.get(url(), &world.token("FGA").await).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(world.sandbox.sins().all(), []);
}

#[tokio::test]
async fn fga_knows_who_may_do_what() {
    let world = World::new().await;
    let store = world.sandbox.variable("FGA_STORE_ID").unwrap();
    let url = world.url("FGA_API_URL", &format!("/stores/{store}/check"));
    let token = world.token("FGA").await;
    let rows = [
        ("user:auth0|ada", "read_okta", "okta:groups", true),
        ("user:auth0|ada", "manage_okta", "okta:users", true),
        ("user:auth0|bob", "read_okta", "okta:groups", true),
        ("user:auth0|bob", "manage_okta", "okta:users", false),
        ("user:auth0|eve", "read_okta", "okta:groups", false),
        ("user:auth0|grace", "read_okta", "okta:groups", true),
    ];
    for (user, relation, object, allowed) in rows {
        let body = json!({"authorization_model_id": world.sandbox.variable("FGA_MODEL_ID").unwrap(),
            "consistency": "HIGHER_CONSISTENCY",
            "tuple_key": {"user": user, "relation": relation, "object": object}});
        let answer = world.http.post(&url).bearer_auth(&token).json(&body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["allowed"], allowed, "{user} {relation} {object}: {answer}");
    }
    assert_eq!(world.sandbox.sins().all(), []);
    let okta = world.token("OKTA").await;
    let answer = world.http.post(&url).bearer_auth(okta).json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_aws_services_answer_and_require_signatures() {
    let world = World::new().await;
    let target = |variable: &str, target: &str, body: Value| {
        let request = world.http.post(world.url(variable, "/")).header("x-amz-target", target);
        request.header("content-type", "application/x-amz-json-1.0").body(body.to_string()).send()
    };
    let table = json!({"TableName": "bedrock-sessions"});
    let dynamo = target("DYNAMODB_ENDPOINT_URL", "DynamoDB_20120810.DescribeTable", table).await.unwrap();
    let secret = json!({"SecretId": "countersign/session-keys"});
    let secrets = target("SECRETS_MANAGER_ENDPOINT_URL", "secretsmanager.GetSecretValue", secret).await.unwrap();
    let model = world.sandbox.variable("BEDROCK_MODEL_ID").unwrap();
    let url = world.url("BEDROCK_ENDPOINT_URL", &format!("/model/{}/converse", model.replace(':', "%3A")));
    let bedrock = world.http.post(url).json(&json!({})).send().await.unwrap();
    let statuses = [dynamo.status(), secrets.status(), bedrock.status()].map(|status| status.as_u16());
    assert_eq!(statuses, [400, 400, 403]);
    let mut services: Vec<_> = world.sandbox.sins().take().iter().map(|sin| sin.service).collect();
    services.sort_unstable();
    assert_eq!(services, ["bedrock", "dynamodb", "secretsmanager"]);
}

#[tokio::test]
async fn the_model_accepts_the_credentials_of_the_environment() {
    use aws_sdk_bedrockruntime::config::{BehaviorVersion, Config, Region};
    use aws_sdk_bedrockruntime::types::{ContentBlock, ConversationRole, Message};
    let world = World::new().await;
    let variable = |name: &str| world.sandbox.variable(name).unwrap().to_owned();
    let (key, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")))
        .endpoint_url(variable("BEDROCK_ENDPOINT_URL"))
        .credentials_provider(aws_credential_types::Credentials::new(key, secret, None, None, "test"));
    let client = aws_sdk_bedrockruntime::Client::from_conf(config.build());
    let message = Message::builder().role(ConversationRole::User).content(ContentBlock::Text("Hello".to_owned()));
    let converse = client.converse().model_id(variable("BEDROCK_MODEL_ID")).messages(message.build().unwrap());
    converse.send().await.unwrap();
    assert_eq!(world.sandbox.bedrock().request_count(), 1);
    assert_eq!(world.sandbox.sins().all(), []);
}

#[tokio::test]
async fn a_fault_affects_only_its_service() {
    use sandbox_cloud::{Fault, Times};
    let world = World::new().await;
    let token = world.token("OKTA").await;
    let status = Fault::Status { code: axum::http::StatusCode::SERVICE_UNAVAILABLE, retry_after: None };
    world.sandbox.faults().set("okta", Some(status), Times::Next(1));
    let url = || world.url("OKTA_BASE_URL", "/api/v1/users/ada@acme.example");
    assert_eq!(world.get(url(), &token).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.get(url(), &token).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_keys_in_the_data_directory_survive_a_restart() {
    let directory = std::env::temp_dir().join(format!("sandbox-{}", std::process::id()));
    let settings = || Settings { storage: Storage::Directory(directory.clone()), ..Settings::for_tests() };
    let keys =
        || ["session-keys.json", "ledger-keys.json"].map(|file| std::fs::read_to_string(directory.join(file)).unwrap());
    drop(World::with(settings()).await);
    let first = keys();
    assert_ne!(first[0], first[1], "each secret has its own keys");
    for secret in &first {
        let parsed: Value = serde_json::from_str(secret).unwrap();
        assert_eq!(parsed["keys"][parsed["current"].as_str().unwrap()].as_str().unwrap().len(), 44);
    }
    let world = World::with(settings()).await;
    assert_eq!(keys(), first);
    assert!(world.sandbox.dynamo_path().unwrap().exists());
    drop(world);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn the_environment_is_complete_and_each_value_fits_on_a_line() {
    let world = World::new().await;
    let environment = world.sandbox.environment();
    assert_eq!(environment.len(), 57);
    for (name, value) in environment {
        assert!(!value.is_empty() && !value.contains(['\n', '"', '\'']), "{name}={value}");
    }
}
