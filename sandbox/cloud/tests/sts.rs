//! The stand-in of AWS STS, judged by the official SDK. boto3 judges it in the tests of the server, presigned requests included.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_sdk_sts::error::ProvideErrorMetadata;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sandbox_cloud::Sts;
use sandbox_cloud::sts::RoleSession;
use sandbox_kit::{Clock, Sins};
use serde_json::Value;

struct World {
    sts: Sts,
    url: String,
    sins: Sins,
}

async fn world() -> World {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (url, sins) = (format!("http://{}", listener.local_addr().unwrap()), Sins::default());
    let session = RoleSession {
        access_key: "AKIDROLE".to_owned(),
        secret_key: "the secret".to_owned(),
        account: "123456789012".to_owned(),
        role: "Supervisor".to_owned(),
        session: "monday".to_owned(),
    };
    let sts = Sts::new(&url, vec![session], Clock::default(), sins.clone()).unwrap();
    tokio::spawn(axum::serve(listener, sts.router()).into_future());
    World { sts, url, sins }
}

impl World {
    fn client(&self, key: &str, secret: &str) -> Client {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.url)
            .credentials_provider(Credentials::new(key, secret, None, None, "test"));
        Client::from_conf(config.build())
    }
}

#[tokio::test]
async fn the_sdk_learns_who_it_is_and_receives_a_token() {
    let world = world().await;
    let client = world.client("AKIDROLE", "the secret");
    let identity = client.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some("123456789012"));
    assert_eq!(identity.arn(), Some("arn:aws:sts::123456789012:assumed-role/Supervisor/monday"));

    let ask = client.get_web_identity_token().audience("https://desk.example/mcp").signing_algorithm("ES384");
    let issued = ask.duration_seconds(60).send().await.unwrap();
    let token = issued.web_identity_token().unwrap().to_owned();
    let claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    assert_eq!(claims["iss"], world.sts.issuer());
    assert_eq!(claims["aud"], "https://desk.example/mcp");
    assert_eq!(claims["sub"], "arn:aws:iam::123456789012:role/Supervisor");
    assert_eq!(claims["https://sts.amazonaws.com/"]["aws_account"], "123456789012");
    assert_eq!(claims["exp"].as_i64(), issued.expiration().map(aws_sdk_sts::primitives::DateTime::secs));
    assert_eq!(world.sins.all(), []);
}

#[tokio::test]
async fn a_wrong_secret_an_unknown_key_and_wrong_parameters_are_refused() {
    let world = world().await;
    for (key, secret, code) in
        [("AKIDROLE", "another", "SignatureDoesNotMatch"), ("AKIDNOBODY", "the secret", "InvalidClientTokenId")]
    {
        let refused = world.client(key, secret).get_caller_identity().send().await.unwrap_err();
        assert_eq!(refused.code(), Some(code));
    }
    let client = world.client("AKIDROLE", "the secret");
    let ask = || client.get_web_identity_token().audience("a").signing_algorithm("ES384");
    for refused in [
        ask().duration_seconds(59).send().await,
        ask().duration_seconds(3601).send().await,
        client.get_web_identity_token().signing_algorithm("ES384").set_audience(Some(Vec::new())).send().await,
        client.get_web_identity_token().audience("a").signing_algorithm("HS256").send().await,
        client.get_web_identity_token().audience("a").signing_algorithm("RS256").send().await,
    ] {
        assert_eq!(refused.unwrap_err().code(), Some("ValidationError"));
    }
    assert_eq!(world.sins.take().len(), 4, "all but the algorithm that only this stand-in lacks");
}
