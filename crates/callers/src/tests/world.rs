//! A door with fakes of everything outside.

use super::issuer::{header, jwk, key_set, sign};
use super::sigv4::FakeSts;
use crate::config::{IssuerId, KeyLocation};
use crate::{Caller, Door, Doors, DoorsConfig, KeySource, LocalReplayMemory, Ports, Reason, Rejection};
use agent::fakes::FixedClock;
use agent::ports::Unavailable;
use async_trait::async_trait;
use http::request::Parts;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// 2026-11-27T12:00:00Z, in seconds since 1970.
pub(super) const NOW: i64 = 1_795_780_800;

pub(super) const ISSUER: &str = "https://acme.us.auth0.com/";
pub(super) const OTHER_ISSUER: &str = "https://acme.okta.com/oauth2/default";
pub(super) const AWS_ISSUER: &str = "https://0f1e.tokens.sts.global.api.aws";
pub(super) const AUDIENCE: &str = "https://countersign.example.com/mcp";
pub(super) const ROLE: &str = "arn:aws:iam::123456789012:role/Supervisor";

pub(super) const CONFIG: &str = r#"
[doors.mcp]
resource = "https://countersign.example.com/mcp"
name = "Countersign"
scopes = ["api/read", "api/write", "api/admin"]
challenge_scopes = ["api/read"]

[[doors.mcp.issuers]]
issuer = "https://acme.us.auth0.com/"
discovery_url = "https://acme.us.auth0.com/.well-known/openid-configuration"
algorithms = ["RS256", "ES256", "ES384", "EdDSA"]
allowed_clients = ["inspector", "supervisor"]
allowed_scopes = ["api/read", "api/write"]
custom_claims = [{ claim = "environment", operator = "EQUALS", value = "production" }]
organizations = { org_1 = "acme", org_2 = "umbrella" }
actors = ["supervisor"]

[[doors.mcp.issuers]]
issuer = "https://acme.okta.com/oauth2/default"
jwks_url = "https://acme.okta.com/oauth2/default/v1/keys"
algorithms = ["ES256"]
tenant = "acme"

[[doors.mcp.aws_issuers]]
issuer = "https://0f1e.tokens.sts.global.api.aws"
jwks_url = "https://0f1e.tokens.sts.global.api.aws/.well-known/jwks.json"
account = "123456789012"
roles = ["arn:aws:iam::123456789012:role/Supervisor"]
tenant = "acme"
scopes = ["api/read"]

[doors.mcp.aws_presigned]
regions = ["us-east-1"]
roles = ["arn:aws:iam::123456789012:role/Supervisor"]
tenant = "acme"
scopes = ["api/read"]

[doors.mcp.tool_scopes]
raise = ["api/write", "api/admin"]
"#;

/// Keys that a test publishes.
#[derive(Debug)]
pub(super) struct TestKeys {
    pub(super) published: Mutex<Vec<u8>>,
    pub(super) down: AtomicBool,
    /// The issuers that were asked, in order.
    pub(super) asked: Mutex<Vec<String>>,
    /// Answers only after this is notified, if set.
    pub(super) gate: Mutex<Option<Arc<tokio::sync::Notify>>>,
}

impl TestKeys {
    pub(super) fn fetches(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub(super) fn publish(&self, keys: &[Value]) {
        *self.published.lock().unwrap() = key_set(keys);
    }
}

#[async_trait]
impl KeySource for TestKeys {
    async fn fetch(&self, issuer: &IssuerId, _: &KeyLocation) -> Result<Vec<u8>, Unavailable> {
        self.asked.lock().unwrap().push(issuer.as_str().to_owned());
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.notified().await;
        }
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable::new("the issuer", "down"));
        }
        Ok(self.published.lock().unwrap().clone())
    }
}

pub(super) struct World {
    pub(super) door: Arc<Door>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) keys: Arc<TestKeys>,
    pub(super) sts: Arc<FakeSts>,
}

pub(super) fn world() -> World {
    configured(CONFIG)
}

/// Opens the door `mcp` of a configuration. The issuers publish the key for ES256.
pub(super) fn configured(config: &str) -> World {
    let clock = Arc::new(FixedClock::default());
    clock.advance(NOW * 1000);
    let keys = Arc::new(TestKeys {
        published: key_set(&[jwk("ES256")]).into(),
        down: AtomicBool::default(),
        asked: Mutex::default(),
        gate: Mutex::default(),
    });
    let sts = Arc::new(FakeSts::default());
    let replays = Arc::new(LocalReplayMemory::default());
    let ports = Ports { clock: clock.clone(), keys: keys.clone(), sts: sts.clone(), replays };
    let doors = Doors::new(DoorsConfig::parse(config).unwrap(), &ports).unwrap();
    World { door: doors.get("mcp").unwrap().clone(), clock, keys, sts }
}

/// The claims of a person's good token.
pub(super) fn person() -> Value {
    json!({
        "iss": ISSUER, "sub": "auth0|ada", "aud": [AUDIENCE, "https://acme.us.auth0.com/userinfo"], "azp": "inspector",
        "iat": NOW - 10, "exp": NOW + 600, "scope": "openid api/read", "org_id": "org_1", "environment": "production",
    })
}

/// Changes members of an object; `null` removes one.
pub(super) fn with(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            object.as_object_mut().unwrap().remove(name);
        } else {
            object[name] = value.clone();
        }
    }
    object
}

/// Signs claims with the key for ES256.
pub(super) fn token(claims: &Value) -> String {
    sign("ES256", &header("ES256"), claims.to_string())
}

/// Builds the head of a request with these headers.
pub(super) fn request(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut builder = ::http::Request::builder().uri(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(()).unwrap().into_parts().0
}

impl World {
    /// Calls with a bearer token.
    pub(super) async fn call(&self, token: &str) -> Result<Caller, Rejection> {
        self.door.authorize(&request("/mcp", &[("authorization", &format!("Bearer {token}"))])).await
    }

    /// Calls with a person's token after these changes to its claims.
    pub(super) async fn call_with(&self, changes: Value) -> Result<Caller, Reason> {
        self.call(&token(&with(person(), &changes))).await.map_err(|rejection| rejection.reason())
    }
}
