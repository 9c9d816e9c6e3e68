//! Shared set-up: a GitHub with two people, and methods that act as a client and a browser.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use sandbox_cloud::github::{Account, App, Caller, GitHub, Repository, Visibility};
use sandbox_kit::{Clock, Sins};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// The example of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// An `Authorization` header with a token from the identity provider's Token Vault.
pub(crate) const LENT: &str = "Bearer lent";

pub(crate) struct World {
    pub(crate) github: GitHub,
    pub(crate) clock: Clock,
    pub(crate) sins: Sins,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Returns a query parameter of the redirect target.
    pub(crate) fn sent(&self, name: &str) -> Option<String> {
        let query = self.header("location").split_once('?')?.1;
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
        Some(percent_encoding::percent_decode_str(pair).decode_utf8().unwrap().into_owned())
    }
}

pub(crate) fn account(id: u64, login: &str, public: usize, private: usize) -> Account {
    let own = |visibility, name: &str, count| {
        (1..=count).map(move |at| Repository { name: format!("{name}-{at:02}"), visibility }).collect::<Vec<_>>()
    };
    let repositories = [own(Visibility::Public, "open", public), own(Visibility::Private, "secret", private)].concat();
    Account { id, login: login.into(), name: login.to_uppercase(), email: None, repositories }
}

impl World {
    pub(crate) fn new() -> Self {
        let (clock, sins) = (Clock::default(), Sins::default());
        let app = App {
            client_id: "Iv1.app".into(),
            client_secret: "hush".into(),
            name: "Counter<sign>".into(),
            callbacks: vec![CALLBACK.into(), format!("{CALLBACK}?more=1")],
        };
        let lent = Arc::new(|token: &str| match token {
            "lent" => Some(Caller { account: 1001, scopes: vec!["repo".into()] }),
            "narrow" => Some(Caller { account: 1001, scopes: vec!["read:user".into()] }),
            "gone" => Some(Caller { account: 9, scopes: vec![] }),
            _ => None,
        });
        let accounts = vec![account(1001, "ada", 3, 2), account(1002, "ops", 65, 0)];
        Self { github: GitHub::new(app, accounts, lent, clock.clone(), sins.clone()), clock, sins }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "github.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.github.router().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body).unwrap() }
    }

    pub(crate) async fn get(&self, path: &str, authorization: &str) -> Answer {
        self.send("GET", path, &[("authorization", authorization), ("user-agent", "test")], "").await
    }

    /// Sends a token request as the client and returns the JSON response.
    pub(crate) async fn token(&self, form: &str) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        self.send("POST", "/login/oauth/access_token", &headers, form).await
    }

    pub(crate) async fn authorize(&self, more: &str) -> Answer {
        self.send("GET", &format!("/login/oauth/authorize?client_id=Iv1.app&{more}"), &[], "").await
    }

    /// Submits the authorization page: with an account, or empty to cancel.
    pub(crate) async fn answer(&self, page: &Answer, account: &str) -> Answer {
        let id = page.body.split_once("name=\"request\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", "/login/oauth/authorize", &form, &format!("request={id}{account}")).await
    }

    pub(crate) async fn code(&self) -> String {
        let asked = format!("state=s-1&scope=repo%20read:user&code_challenge={CHALLENGE}&code_challenge_method=S256");
        let back = self.answer(&self.authorize(&asked).await, "&account=1001").await;
        assert!(back.header("location").starts_with(CALLBACK) && back.sent("state").unwrap() == "s-1");
        back.sent("code").unwrap()
    }

    pub(crate) async fn pair(&self) -> Value {
        let code = self.code().await;
        self.token(&format!("client_id=Iv1.app&client_secret=hush&code={code}&code_verifier={VERIFIER}")).await.json()
    }

    pub(crate) fn sins(&self) -> String {
        self.sins.take().into_iter().map(|sin| sin.what).collect::<Vec<_>>().join("\n")
    }

    pub(crate) async fn pair_of_ops(&self) -> String {
        let asked = format!("state=s-2&code_challenge={CHALLENGE}&code_challenge_method=S256");
        let code = self.answer(&self.authorize(&asked).await, "&account=1002").await.sent("code").unwrap();
        let form = format!("client_id=Iv1.app&client_secret=hush&code={code}&code_verifier={VERIFIER}");
        format!("Bearer {}", self.token(&form).await.json()["access_token"].as_str().unwrap())
    }
}
