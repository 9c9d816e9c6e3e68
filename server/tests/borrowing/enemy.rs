//! A malicious or broken provider: its tokens have valid signatures, but its responses are not those of a correct
//! provider.

use crate::world::{Adapters, CALLBACK, SignIns, adapters, person};
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use credentials::accounts::AccountError;
use credentials::auth0::MyAccount;
use credentials::auth0::my_account::ConnectRequest;
use sandbox::identity::Signing;
use sandbox::{Sandbox, Settings};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const ALL: &str = "create:me:connected_accounts read:me:connected_accounts delete:me:connected_accounts";

/// The provider's configured responses, and the requests that it received.
struct Enemy {
    issuer: String,
    sandbox: Sandbox,
    signing: Mutex<Signing>,
    connect_uri: Mutex<String>,
    lists: Mutex<Lists>,
    asked: Mutex<Vec<String>>,
}

/// Behavior of the list of accounts.
#[derive(Clone, Copy)]
enum Lists {
    /// One account on each of this many pages.
    Pages(usize),
    Endless,
    Redirected,
    Huge,
}

impl Enemy {
    async fn start() -> (Arc<Self>, MyAccount) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let issuer = format!("http://{}/", listener.local_addr().unwrap());
        let sandbox = Sandbox::start(Settings::for_tests()).await.unwrap();
        let sign_ins = SignIns::default();
        sign_ins.tokens.lock().unwrap().insert("auth0|ada".to_owned(), SecretString::from("rt"));
        let Adapters { accounts, .. } = adapters(&issuer, &sandbox, Arc::new(sign_ins));
        let enemy = Arc::new(Self {
            connect_uri: Mutex::new(format!("{issuer}connected-accounts/connect")),
            issuer,
            sandbox,
            signing: Mutex::new(Signing::CurrentKey),
            lists: Mutex::new(Lists::Pages(1)),
            asked: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/oauth/token", post(token))
            .route("/me/v1/connected-accounts/connect", post(connect))
            .route("/me/v1/connected-accounts/accounts", get(list))
            .route("/me/v1/connected-accounts/accounts/{id}", delete(async || StatusCode::NOT_FOUND))
            .with_state(enemy.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (enemy, accounts)
    }
}

async fn discovery(State(enemy): State<Arc<Enemy>>) -> Json<Value> {
    let keys = enemy.sandbox.variable("OIDC_ISSUER").unwrap();
    Json(json!({
        "issuer": enemy.issuer, "jwks_uri": format!("{keys}.well-known/jwks.json"),
        "authorization_endpoint": format!("{}authorize", enemy.issuer), "token_endpoint": format!("{}oauth/token", enemy.issuer),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn token(State(enemy): State<Arc<Enemy>>) -> Json<Value> {
    let claims =
        json!({"iss": enemy.issuer, "aud": format!("{}me/", enemy.issuer), "sub": "auth0|ada", "azp": "countersign"});
    let signing = enemy.signing.lock().unwrap().clone();
    let token = enemy.sandbox.provider().forge(json!({}), claims, signing).unwrap();
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": 60, "scope": ALL}))
}

async fn connect(State(enemy): State<Arc<Enemy>>, body: Bytes) -> (StatusCode, Json<Value>) {
    enemy.asked.lock().unwrap().push(String::from_utf8(body.to_vec()).unwrap());
    let uri = enemy.connect_uri.lock().unwrap().clone();
    let answer =
        json!({"auth_session": "as", "connect_uri": uri, "connect_params": {"ticket": "a&b"}, "expires_in": 300});
    (StatusCode::CREATED, Json(answer))
}

async fn list(State(enemy): State<Arc<Enemy>>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    enemy.asked.lock().unwrap().push(query.get("from").cloned().unwrap_or_default());
    let page: usize = query.get("from").map_or(0, |from| from.parse().unwrap());
    let account =
        json!({"id": format!("cac_{page}"), "connection": "github", "created_at": "2026-11-21T09:00:00.000Z"});
    let listed = |more: bool| {
        let mut body = json!({"accounts": [account]});
        if more {
            body["next"] = json!((page + 1).to_string());
        }
        Json(body).into_response()
    };
    let lists = *enemy.lists.lock().unwrap();
    match lists {
        Lists::Pages(pages) => listed(page + 1 < pages),
        Lists::Endless => listed(true),
        Lists::Redirected => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, enemy.issuer.clone())]).into_response()
        }
        Lists::Huge => Json(json!({"accounts": [], "padding": "x".repeat(300 * 1024)})).into_response(),
    }
}

#[tokio::test]
async fn a_browser_is_sent_only_to_the_provider() {
    let (enemy, accounts) = Enemy::start().await;
    let ada = person("ada");
    let scopes = ["repo".to_owned()];
    let wish = ConnectRequest { connection: "github", scopes: &scopes, redirect_uri: CALLBACK, state: "s" };
    let (page, _) = accounts.begin(&ada, wish).await.unwrap();
    assert_eq!(page.as_str(), format!("{}connected-accounts/connect?ticket=a%26b", enemy.issuer));
    for elsewhere in
        ["https://evil.example/connect", "javascript:alert(1)", "//evil.example", "connect", "http://127.0.0.1:1/"]
    {
        elsewhere.clone_into(&mut enemy.connect_uri.lock().unwrap());
        let fault = accounts.begin(&ada, wish).await.unwrap_err();
        assert!(matches!(fault, AccountError::Unavailable(_)), "{elsewhere}: {fault}");
    }
    let asked: Vec<Value> =
        enemy.asked.lock().unwrap().iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(asked[0]["code_challenge_method"], "S256");
    assert_ne!(asked[0]["code_challenge"], asked[1]["code_challenge"], "each request has its own challenge");
}

#[tokio::test]
async fn a_token_without_the_providers_signature_is_not_used() {
    let (enemy, accounts) = Enemy::start().await;
    for signing in
        [Signing::UnknownKey, Signing::ImpostorKey, Signing::HmacOfPublicPem, Signing::Nothing, Signing::Broken]
    {
        *enemy.signing.lock().unwrap() = signing.clone();
        let fault = accounts.list(&person("ada"), None).await.unwrap_err().to_string();
        assert!(fault.contains("its signature"), "{signing:?}: {fault}");
    }
}

#[tokio::test]
async fn a_paged_list_is_followed_to_its_end_and_no_further() {
    let (enemy, accounts) = Enemy::start().await;
    let ada = person("ada");
    // Behavior of the list, number of accounts found (none for an error), and number of requests.
    let rows = [
        (Lists::Pages(1), Some(1), 1),
        (Lists::Pages(3), Some(3), 3),
        (Lists::Pages(20), Some(20), 20),
        (Lists::Endless, None, 20),
        (Lists::Redirected, None, 1),
        (Lists::Huge, None, 1),
    ];
    for (at, (lists, found, asked)) in rows.into_iter().enumerate() {
        *enemy.lists.lock().unwrap() = lists;
        enemy.asked.lock().unwrap().clear();
        let listed = accounts.list(&ada, None).await;
        assert_eq!(listed.as_ref().ok().map(Vec::len), found, "row {at}: {listed:?}");
        assert!(listed.is_ok() || matches!(listed, Err(AccountError::Unavailable(_))), "row {at}: {listed:?}");
        assert_eq!(enemy.asked.lock().unwrap().len(), asked, "row {at}");
    }
    accounts.delete(&ada, "cac_1").await.unwrap();
}
