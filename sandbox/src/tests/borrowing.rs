//! The use of a person's own account, from the sign-in to the third party, over HTTP as a client does it.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::World;
use crate::{Settings, cloud::okta::Bearer};

const VAULT: &str = "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token";
/// The example of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl World {
    fn variable(&self, name: &str) -> &str {
        self.sandbox.variable(name).unwrap()
    }

    pub(super) async fn tokens(&self, form: &[(&str, &str)]) -> Value {
        let client =
            [("client_id", self.variable("OIDC_CLIENT_ID")), ("client_secret", self.variable("OIDC_CLIENT_SECRET"))];
        let url = self.url("OIDC_ISSUER", "oauth/token");
        self.http.post(url).form(&[&client[..], form].concat()).send().await.unwrap().json().await.unwrap()
    }

    /// Signs a person in and returns their refresh token.
    pub(super) async fn signed_in(&self, sub: &str) -> String {
        let callback = format!("{}/auth/callback", self.variable("COUNTERSIGN_URL"));
        let query = [
            ("response_type", "code"),
            ("client_id", self.variable("OIDC_CLIENT_ID")),
            ("redirect_uri", &callback),
            ("scope", "openid offline_access"),
            ("state", sub),
            ("nonce", sub),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let page = self.http.get(self.url("OIDC_ISSUER", "authorize")).query(&query).send().await.unwrap();
        let state = sent(&page, "state");
        let form = [("state", state.as_str()), ("sub", sub)];
        let back = self.http.post(self.url("OIDC_ISSUER", "u/login")).form(&form).send().await.unwrap();
        let code = sent(&back, "code");
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &callback),
            ("code_verifier", VERIFIER),
        ];
        let answer = self.tokens(&form).await;
        // Discards the sin of a reused code challenge, which only a test may commit.
        self.sandbox.sins().take();
        answer["refresh_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn lent(&self, refresh_token: &str, connection: &str) -> Value {
        let form = [
            ("grant_type", VAULT),
            ("subject_token", refresh_token),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
            ("requested_token_type", "http://auth0.com/oauth/token-type/federated-connection-access-token"),
            ("connection", connection),
        ];
        self.tokens(&form).await
    }

    /// Connects an account, acting as both the product and a browser.
    async fn connect(&self, refresh_token: &str, connection: &str, scope: &str, account: &str) -> Value {
        let me = self.url("OIDC_ISSUER", "me/");
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("audience", &me)];
        let answer = self.tokens(&form).await;
        let token = answer["access_token"].as_str().unwrap();
        let callback = format!("{}/auth/connect/callback", self.variable("COUNTERSIGN_URL"));
        let wish = json!({"connection": connection, "redirect_uri": callback, "state": account, "scopes": [scope],
            "code_challenge": CHALLENGE, "code_challenge_method": "S256"});
        let api = |path: &str| self.http.post(format!("{me}v1/connected-accounts/{path}")).bearer_auth(token);
        let begun: Value = api("connect").json(&wish).send().await.unwrap().json().await.unwrap();
        let ticket = begun["connect_params"]["ticket"].as_str().unwrap_or_else(|| panic!("{begun}"));
        let page = begun["connect_uri"].as_str().unwrap();
        let shown = self.http.get(page).query(&[("ticket", ticket)]).send().await.unwrap();
        let cookie = shown.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let form = [("ticket", ticket), ("action", "allow"), ("account", account)];
        let back = self.http.post(page).header("cookie", cookie).form(&form).send().await.unwrap();
        let brought = json!({"auth_session": begun["auth_session"], "connect_code": sent(&back, "connect_code"),
            "redirect_uri": callback, "code_verifier": VERIFIER});
        let done = api("complete").json(&brought).send().await.unwrap().json().await.unwrap();
        self.sandbox.sins().take();
        done
    }
}

fn sent(answer: &Response, name: &str) -> String {
    let location = answer.headers()["location"].to_str().unwrap();
    let url = reqwest::Url::parse(location).unwrap();
    url.query_pairs().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{location}")).1.into_owned()
}

#[tokio::test]
async fn each_person_has_their_own_rights_at_okta() {
    let world = World::new().await;
    let suspend = async |token: &str, whom: &str| {
        let url = world.url("OKTA_BASE_URL", &format!("/api/v1/users/{whom}/lifecycle/suspend"));
        world.http.post(url).bearer_auth(token).header("content-length", "0").send().await.unwrap().status()
    };
    let ada = world.signed_in("auth0|ada").await;
    let lent = world.lent(&ada, world.variable("OKTA_CONNECTION")).await;
    assert_eq!(lent["scope"], "okta.users.read okta.groups.read okta.users.manage", "{lent}");
    assert_eq!(suspend(lent["access_token"].as_str().unwrap(), "grace").await, StatusCode::OK);
    let effect = world.sandbox.okta().effects().remove(0);
    assert_eq!(
        (effect.by.as_str(), effect.bearer, effect.whom.as_str()),
        ("ada@acme.example", Bearer::Person, "grace@acme.example")
    );

    let bob = world.signed_in("auth0|bob").await;
    let none = world.lent(&bob, world.variable("OKTA_CONNECTION")).await;
    assert_eq!(none["error"], "federated_connection_refresh_token_not_found");
    let done = world.connect(&bob, "Okta-OIDC", "okta.users.manage", "00u2bobcrane0000acme").await;
    assert!(done["id"].as_str().unwrap().starts_with("cac_"), "{done}");
    let lent = world.lent(&bob, "Okta-OIDC").await;
    let token = lent["access_token"].as_str().unwrap();
    assert_eq!(suspend(token, "eve").await, StatusCode::FORBIDDEN, "the scope does not make him an administrator");
    assert_eq!(world.get(world.url("OKTA_BASE_URL", "/api/v1/users/me"), token).await.status(), StatusCode::OK);
    assert_eq!(world.get(world.url("OKTA_BASE_URL", "/api/v1/users/ada"), token).await.status(), StatusCode::FORBIDDEN);

    let eve = world.signed_in("auth0|eve").await;
    world.connect(&eve, "Okta-OIDC", "okta.users.read", "00u3evedorn00000acme").await;
    let lent = world.lent(&eve, "Okta-OIDC").await;
    let url = world.url("OKTA_BASE_URL", "/api/v1/users/me");
    assert_eq!(world.get(url, lent["access_token"].as_str().unwrap()).await.status(), StatusCode::FORBIDDEN);
    assert_eq!((world.sandbox.okta().effects().len(), world.sandbox.sins().all()), (1, vec![]));
}

#[tokio::test]
async fn an_exchanged_token_works_only_at_its_third_party_until_it_expires() {
    let world = World::with(Settings { lent_token_s: 60, ..Settings::for_tests() }).await;
    let ada = world.signed_in("auth0|ada").await;
    world.connect(&ada, world.variable("GITHUB_CONNECTION"), "repo", "58002").await;
    let github = world.lent(&ada, "github").await;
    assert_eq!((&github["scope"], &github["expires_in"]), (&json!("repo"), &json!(60)));
    let (github, okta) = (github["access_token"].clone(), world.lent(&ada, "Okta-OIDC").await["access_token"].clone());
    let ask = async |url: String, token: &Value| {
        let request = world.http.get(url).bearer_auth(token.as_str().unwrap()).header("user-agent", "test");
        request.send().await.unwrap()
    };
    let repositories = || world.url("GITHUB_API_URL", "/user/repos?per_page=100");
    let me = || world.url("OKTA_BASE_URL", "/api/v1/users/me");
    let own: Vec<Value> = ask(repositories(), &github).await.json().await.unwrap();
    assert_eq!((own.len(), &own[0]["owner"]["login"]), (35, &json!("acme-ops")));
    assert_eq!(ask(me(), &okta).await.status(), StatusCode::OK);
    assert_eq!(ask(me(), &github).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(ask(repositories(), &okta).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(ask(world.url("OIDC_ISSUER", "userinfo"), &okta).await.status(), StatusCode::UNAUTHORIZED);
    world.sandbox.clock().advance(60);
    assert_eq!(ask(me(), &okta).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(ask(repositories(), &github).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(world.sandbox.sins().all(), []);
}

#[tokio::test]
async fn the_services_without_accounts_answer_too() {
    let world = World::new().await;
    let url = world.url("OPEN_METEO_GEOCODING_URL", "/v1/search?name=Tokyo&count=1");
    let found: Value = world.http.get(url).send().await.unwrap().json().await.unwrap();
    let place = &found["results"][0];
    let query =
        format!("/v1/forecast?latitude={}&longitude={}&current=temperature_2m", place["latitude"], place["longitude"]);
    let weather: Value =
        world.http.get(world.url("OPEN_METEO_URL", &query)).send().await.unwrap().json().await.unwrap();
    assert!(weather["current"]["temperature_2m"].is_number(), "{weather}");
    let client = world.variable("GITHUB_CLIENT_ID");
    let page = world.http.get(world.url(
        "GITHUB_BASE_URL",
        &format!(
            "/login/oauth/authorize?client_id={client}&state=s&code_challenge={CHALLENGE}&code_challenge_method=S256"
        ),
    ));
    assert!(page.send().await.unwrap().text().await.unwrap().contains("ada-byron"));
    assert_eq!(world.sandbox.sins().all(), []);
}

#[tokio::test]
async fn the_console_lists_accounts_and_ends_them() {
    let world = World::new().await;
    let ada = world.signed_in("auth0|ada").await;
    let grace = world.signed_in("auth0|grace").await;
    let page = async || world.http.get(world.sandbox.console_url()).send().await.unwrap().text().await.unwrap();
    let shown = page().await;
    for text in [
        "Remove Okta-OIDC of Ada Byron (00u1adabyron0000acme)",
        "Revoke Okta-OIDC of Grace Hale (00u4gracehale000acme)",
        "okta.users.manage",
    ] {
        assert!(shown.contains(text), "{text}");
    }
    assert!(!shown.contains("Okta-OIDC of Bob Crane"));
    let press = async |path: &str, id: &str| {
        let url = format!("{}{path}", world.sandbox.console_url());
        world.http.post(url).header("sec-fetch-site", "same-origin").form(&[("id", id)]).send().await.unwrap().status()
    };
    let accounts = world.sandbox.provider().connected_accounts();
    assert_eq!(press("/accounts/revoke", &accounts[0].id).await, StatusCode::SEE_OTHER);
    assert_eq!(press("/accounts/remove", &accounts[1].id).await, StatusCode::SEE_OTHER);
    assert_eq!(world.lent(&ada, "Okta-OIDC").await["error"], "federated_connection_refresh_token_flow_failed");
    assert_eq!(world.lent(&grace, "Okta-OIDC").await["error"], "federated_connection_refresh_token_not_found");
    assert!(!page().await.contains("of Grace Hale ("));
    for path in ["/accounts/remove", "/accounts/revoke"] {
        assert_eq!(press(path, "cac_none").await, StatusCode::BAD_REQUEST, "{path}");
    }
}
