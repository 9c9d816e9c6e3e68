//! The Lambda stand-in, tested with the AWS SDK.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use aws_credential_types::Credentials;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::ProvideErrorMetadata;
use aws_sdk_lambda::primitives::Blob;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sandbox_cloud::Lambda;
use sandbox_cloud::lambda::Keys;
use sandbox_kit::Sins;
use serde_json::{Value, json};

async fn client(lambda: &Lambda, key: &str, secret: &str, region: &'static str) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, lambda.router()).into_future());
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(aws_sdk_lambda::config::BehaviorVersion::latest())
        .region(aws_sdk_lambda::config::Region::new(region))
        .endpoint_url(url)
        .credentials_provider(Credentials::new(key, secret, None, None, "test"));
    Client::from_conf(config.build())
}

fn lambda() -> (Lambda, Sins) {
    let sins = Sins::default();
    let keys = Keys { access_key: "AKID".into(), secret_key: "not a secret".into(), region: "us-east-1".into() };
    (Lambda::new(keys, sins.clone()), sins)
}

#[tokio::test]
async fn lambda_serves_the_sdk() {
    let (lambda, sins) = lambda();
    let client = client(&lambda, "AKID", "not a secret", "us-east-1").await;
    let context = STANDARD.encode(json!({"custom": {"bedrockAgentCoreToolName": "shop___refund"}}).to_string());
    for (function, payload, failed, expected) in [
        ("order_status", json!({"order_id": "A-1001"}), false, json!({"order_id": "A-1001", "status": "shipped"})),
        (
            "refund",
            json!({"order_id": "A-1002", "cents": 5}),
            false,
            json!({"order_id": "A-1002", "refunded_cents": 5}),
        ),
        ("refund", json!({"order_id": "A-9999", "cents": 5}), true, json!("there is no such order")),
        ("refund", json!({"order_id": "A-1001", "cents": -5}), true, json!("cents must be positive")),
    ] {
        let invoke = client.invoke().function_name(lambda.arn(function)).client_context(&context);
        let answer = invoke.payload(Blob::new(payload.to_string())).send().await.unwrap();
        assert_eq!((answer.status_code(), answer.function_error().is_some()), (200, failed), "{function} {payload}");
        let data: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
        assert_eq!(if failed { &data["errorMessage"] } else { &data }, &expected, "{function} {payload}");
    }
    let invocations = lambda.invocations();
    assert_eq!((invocations.len(), invocations[0].function.as_str()), (4, "order_status"));
    assert_eq!(invocations[0].context["custom"]["bedrockAgentCoreToolName"], "shop___refund");
    assert_eq!(sins.all(), []);
}

#[tokio::test]
async fn lambda_rejects_what_aws_rejects() {
    let (lambda, sins) = lambda();
    let large = "x".repeat(6 * 1024 * 1024);
    for (key, secret, region, function, payload, expected) in [
        ("AKID", "not a secret", "us-east-1", "nothing", "{}", "ResourceNotFoundException"),
        ("AKID", "not a secret", "us-east-1", "refund", large.as_str(), "RequestTooLargeException"),
        ("AKID", "another", "us-east-1", "refund", "{}", "InvalidSignatureException"),
        ("AKID", "not a secret", "eu-west-1", "refund", "{}", "InvalidSignatureException"),
        ("OTHER", "not a secret", "us-east-1", "refund", "{}", "UnrecognizedClientException"),
    ] {
        let client = client(&lambda, key, secret, region).await;
        let payload = format!("\"{payload}\"");
        let invoke = client.invoke().function_name(function).payload(Blob::new(payload));
        let error = invoke.send().await.unwrap_err().into_service_error();
        assert_eq!(error.code(), Some(expected), "{error:?}");
    }
    assert_eq!((lambda.invocations(), sins.all()), (vec![], vec![]));
    let client = client(&lambda, "AKID", "not a secret", "us-east-1").await;
    let invoke = client.invoke().function_name("refund").payload(Blob::new("{"));
    assert_eq!(invoke.send().await.unwrap_err().into_service_error().code(), Some("InvalidRequestContentException"));
    assert_eq!(sins.take().len(), 1);
}
