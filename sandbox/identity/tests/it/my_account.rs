//! The My Account API: access tokens, bodies and lists. The module `connect` tests the consent page.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use sandbox_identity::{Connected, Endpoint};
use sandbox_kit::canary;
use serde_json::{Value, json};

use crate::world::{ADA, Answer, Ask, BOB, CALLBACK, GITHUB, ME, OKTA, World, settings};

const ACCOUNTS: &str = "/me/v1/connected-accounts/accounts";
const CONNECTIONS: &str = "/me/v1/connected-accounts/connections";
pub(crate) const CONNECT: &str = "/me/v1/connected-accounts/connect";
pub(crate) const COMPLETE: &str = "/me/v1/connected-accounts/complete";

impl World {
    /// Returns this person's access token for the My Account API, issued to the client `fixed`.
    pub(crate) async fn my_account(&self, sub: &str, scope: &str) -> String {
        let tokens = self.browser().tokens(&Ask::new().client("fixed", "f"), sub).await.json();
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "fixed"),
            ("client_secret", "f"),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
            ("audience", ME),
            ("scope", scope),
        ];
        self.call("/oauth/token", &form).await.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Sends a request with a bearer token unless it is empty, and with a JSON body unless it is null.
    pub(crate) async fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if body.is_null() {
            return self.send(request.body(Body::empty()).unwrap()).await;
        }
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.to_string().into()).unwrap()).await
    }
}

pub(crate) const ALL: &str = "create:me:connected_accounts read:me:connected_accounts delete:me:connected_accounts";

/// Returns the body with which a correct client connects an account.
pub(crate) fn wish(connection: &str, scopes: &[&str]) -> Value {
    json!({"connection": connection, "redirect_uri": CALLBACK, "state": canary::random(16),
        "code_challenge": canary::random(32), "code_challenge_method": "S256", "scopes": scopes})
}

fn problem(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    assert_eq!(body["status"], answer.status.as_u16(), "{body}");
    assert_eq!(body["error"], json!(null), "it is not a token endpoint: {body}");
    assert!(
        body["type"].as_str().unwrap().starts_with("https://auth0.com/api-errors/A0E-") && body["detail"].is_string()
    );
    (answer.status.as_u16(), body["title"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn only_a_valid_token_with_the_scope_is_accepted() {
    let world = World::new();
    let create = world.my_account(ADA, "create:me:connected_accounts").await;
    let read = world.my_account(ADA, "read:me:connected_accounts").await;
    let other_api = world.browser().tokens(&Ask::new(), ADA).await.json()["access_token"].as_str().unwrap().to_owned();
    let account = format!("{ACCOUNTS}/{}", world.provider.connected_accounts()[0].id);
    let wish = wish(OKTA, &["okta.users.read"]);
    let rows: [(&str, &str, &str, &Value, u16); 11] = [
        ("GET", ACCOUNTS, &read, &json!(null), 200),
        ("GET", CONNECTIONS, &read, &json!(null), 200),
        ("POST", CONNECT, &create, &wish, 201),
        ("GET", ACCOUNTS, &create, &json!(null), 403),
        ("GET", CONNECTIONS, &create, &json!(null), 403),
        ("POST", CONNECT, &read, &wish, 403),
        ("POST", COMPLETE, &read, &json!({}), 403),
        ("DELETE", &account, &read, &json!(null), 403),
        ("GET", ACCOUNTS, &other_api, &json!(null), 401),
        ("GET", ACCOUNTS, "guess", &json!(null), 401),
        ("GET", ACCOUNTS, "", &json!(null), 401),
    ];
    for (method, path, token, body, status) in rows {
        let answer = world.ask(method, path, token, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.body);
        if status >= 400 {
            problem(&answer);
            assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE), "{method} {path}");
        }
    }
    assert!(world.sins().lines().eq(["/me/v1/connected-accounts: no bearer token"]), "only that is a sin");
    assert_eq!(world.provider.requests_to(Endpoint::ConnectedAccounts), 11);
    world.clock.advance(86_400);
    assert_eq!(problem(&world.ask("GET", ACCOUNTS, &read, &json!(null)).await), (401, "Unauthorized".to_owned()));
}

#[tokio::test]
async fn each_member_of_a_connect_request_is_checked() {
    let many: Vec<String> = (0..101).map(|at| format!("s{at}")).collect();
    // Columns: member, value (null removes it), reported field.
    let rows = [
        ("connection", json!(null), "connection"),
        ("connection", json!(7), "connection"),
        ("connection", json!("x".repeat(129)), "connection"),
        ("redirect_uri", json!(null), "redirect_uri"),
        ("redirect_uri", json!(format!("{CALLBACK}/")), "redirect_uri"),
        ("redirect_uri", json!("https://evil.example/"), "redirect_uri"),
        ("state", json!(""), "state"),
        ("state", json!("x".repeat(4097)), "state"),
        ("code_challenge", json!(null), "code_challenge"),
        ("code_challenge", json!("x".repeat(42)), "code_challenge"),
        ("code_challenge", json!("x".repeat(129)), "code_challenge"),
        ("code_challenge_method", json!(null), "code_challenge_method"),
        ("code_challenge_method", json!("plain"), "code_challenge_method"),
        ("scopes", json!([]), "scopes"),
        ("scopes", json!("okta.users.read"), "scopes"),
        ("scopes", json!(["okta.users.read", "okta.users.read"]), "scopes"),
        ("scopes", json!(many), "scopes"),
        ("authorization_params", json!({"access_type": "offline"}), "authorization_params"),
    ];
    let world = World::new();
    let token = world.my_account(ADA, ALL).await;
    for (member, value, field) in rows {
        let mut wish = wish(OKTA, &["okta.users.read"]);
        let members = wish.as_object_mut().unwrap();
        if value.is_null() {
            members.remove(member)
        } else {
            members.insert(member.into(), value.clone())
        };
        let answer = world.ask("POST", CONNECT, &token, &wish).await;
        assert_eq!(problem(&answer), (400, "Invalid Request".to_owned()), "{member}: {value}");
        let blamed = &answer.json()["validation_errors"][0];
        assert_eq!(
            (&blamed["field"], &blamed["pointer"]),
            (&json!(field), &json!(format!("/{field}"))),
            "{member}: {value}"
        );
        assert_eq!(world.sins().lines().count(), 1, "{member}: {value}");
    }
    let unknown = world.ask("POST", CONNECT, &token, &wish("no-such-connection", &["x"])).await;
    assert_eq!(
        (problem(&unknown).0, world.sins()),
        (400, String::new()),
        "an unknown connection is a mistake of the settings"
    );
    let form = Request::post(CONNECT)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(problem(&world.send(form.body("connection=okta".into()).unwrap()).await).0, 415);
}

#[tokio::test]
async fn a_valid_connect_request_leads_to_a_page() {
    let world = World::new();
    let token = world.my_account(ADA, ALL).await;
    world.sins();
    let mut wish = wish(OKTA, &["okta.users.read"]);
    wish["authorization_params"] = json!({"prompt": "consent", "login_hint": "ada@acme.example"});
    let answer = world.ask("POST", CONNECT, &token, &wish).await;
    assert_eq!((answer.status, answer.header(header::CACHE_CONTROL)), (StatusCode::CREATED, "no-store"));
    let answer = answer.json();
    assert_eq!(answer["connect_uri"], "http://idp.test/connected-accounts/connect");
    assert_eq!(answer["expires_in"], 300);
    assert!(answer["auth_session"].as_str().unwrap().len() <= 64 && answer["connect_params"]["ticket"].is_string());
    assert_eq!(world.sins(), "");
    world.ask("POST", CONNECT, &token, &wish).await;
    let sins = world.sins();
    assert!(!sins.contains("earlier"), "the very same request is no reuse: {sins}");
    wish["state"] = json!("another state");
    world.ask("POST", CONNECT, &token, &wish).await;
    assert!(world.sins().contains("the connect challenge of an earlier request"));
}

#[tokio::test]
async fn a_person_sees_only_their_own_accounts() {
    let mut settings = settings();
    let connect = |sub: &str, connection: &str, scope: &str| Connected {
        sub: sub.into(),
        connection: connection.into(),
        scopes: vec![scope.into()],
    };
    settings.connected.push(connect(ADA, GITHUB, "repo"));
    settings.connected.push(connect(BOB, OKTA, "okta.users.read"));
    let world = World::of(settings);
    let (ada, bob) = (world.my_account(ADA, ALL).await, world.my_account(BOB, ALL).await);
    let list = async |token: &str, query: &str| {
        world.ask("GET", &format!("{ACCOUNTS}{query}"), token, &json!(null)).await.json()
    };
    let names = |list: &Value| -> Vec<String> {
        list["accounts"].as_array().unwrap().iter().map(|own| own["connection"].as_str().unwrap().to_owned()).collect()
    };
    let all = list(&ada, "").await;
    assert_eq!((names(&all), &all["next"]), (vec![OKTA.to_owned(), GITHUB.to_owned()], &json!(null)));
    let account = &all["accounts"][0];
    assert_eq!(
        (&account["access_type"], &account["scopes"]),
        (&json!("offline"), &json!(["okta.users.read", "okta.groups.read"]))
    );
    assert!(
        account["id"].as_str().unwrap().starts_with("cac_")
            && account["created_at"].as_str().unwrap().ends_with(".000Z")
    );
    assert_eq!((account["expires_at"].is_null(), all["accounts"][1]["expires_at"].is_null()), (true, false));
    assert_eq!(names(&list(&ada, "?connection=github").await), [GITHUB]);
    let first = list(&ada, "?take=1").await;
    let next = first["next"].as_str().unwrap();
    for name in ["from", "next"] {
        let second = list(&ada, &format!("?take=1&{name}={next}")).await;
        assert_eq!(
            (names(&first), names(&second), &second["next"]),
            (vec![OKTA.into()], vec![GITHUB.into()], &json!(null))
        );
    }
    assert_eq!(world.sins(), "");
    for query in ["?take=0", "?take=21", "?take=x", "?from=guess", "?colour=blue"] {
        list(&ada, query).await;
        assert_eq!(world.sins().lines().count(), 1, "{query}");
    }

    let delete = async |token: &str, id: &str| {
        world.ask("DELETE", &format!("{ACCOUNTS}/{id}"), token, &json!(null)).await.status.as_u16()
    };
    let id = account["id"].as_str().unwrap();
    assert_eq!(
        (delete(&bob, id).await, names(&list(&ada, "").await).len()),
        (204, 2),
        "another person's account stays, and the answer does not reveal it"
    );
    assert_eq!((delete(&ada, id).await, names(&list(&ada, "").await)), (204, vec![GITHUB.to_owned()]));
    assert_eq!((delete(&ada, id).await, names(&list(&bob, "").await)), (204, vec![OKTA.to_owned()]));
    assert_eq!(world.sins(), "");
    assert_eq!((delete(&ada, "cac_").await, delete(&ada, "cac_a-b").await, delete(&ada, "x").await), (400, 400, 400));
}

#[tokio::test]
async fn the_connections_are_listed_with_their_scopes() {
    let world = World::new();
    let token = world.my_account(ADA, ALL).await;
    let list = world.ask("GET", CONNECTIONS, &token, &json!(null)).await.json();
    let okta = json!({"name": OKTA, "strategy": "okta", "scopes": ["okta.users.read", "okta.groups.read", "okta.users.manage"]});
    assert_eq!((list["connections"].as_array().unwrap().len(), &list["connections"][0]), (3, &okta));
    let page = world.ask("GET", &format!("{CONNECTIONS}?take=2"), &token, &json!(null)).await.json();
    assert_eq!((page["connections"].as_array().unwrap().len(), page["next"].is_string()), (2, true));
}
