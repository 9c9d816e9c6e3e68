//! Tests of the whole sandbox over its sockets.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod boot;
mod borrowing;
mod console;
mod mcp;

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::{Sandbox, Settings};

struct World {
    sandbox: Sandbox,
    http: Client,
}

impl World {
    async fn new() -> Self {
        Self::with(Settings::for_tests()).await
    }

    async fn with(settings: Settings) -> Self {
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { sandbox: Sandbox::start(settings).await.unwrap(), http }
    }

    fn url(&self, variable: &str, path: &str) -> String {
        format!("{}{path}", self.sandbox.variable(variable).unwrap())
    }

    /// Requests an access token for the application and API that the variables of `service` name.
    async fn token(&self, service: &str) -> String {
        let variable = |name: &str| self.sandbox.variable(&format!("{service}_{name}")).unwrap();
        let audience = self.sandbox.variable(&format!("{service}_AUDIENCE"));
        let audience = audience.or(self.sandbox.variable(&format!("{service}_API_AUDIENCE"))).unwrap();
        let body = json!({"grant_type": "client_credentials", "client_id": variable("CLIENT_ID"),
            "client_secret": variable("CLIENT_SECRET"), "audience": audience});
        let url = self.url("OKTA_TOKEN_URL", "");
        let answer: Value = self.http.post(url).json(&body).send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn get(&self, url: String, token: &str) -> Response {
        self.http.get(url).bearer_auth(token).send().await.unwrap()
    }
}
