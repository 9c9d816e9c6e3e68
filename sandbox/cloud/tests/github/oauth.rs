//! Sign-in at GitHub, and issuing, refreshing and revoking its tokens.

use axum::http::header;
use base64::{Engine, engine::general_purpose::STANDARD};
use sandbox_kit::canary;
use serde_json::{Value, json};

use crate::world::{CALLBACK, CHALLENGE, LENT, VERIFIER, World};

#[tokio::test]
async fn a_person_allows_and_the_application_gets_tokens_that_expire() {
    let world = World::new();
    let page =
        world.authorize(&format!("state=s-1&code_challenge={CHALLENGE}&code_challenge_method=S256&scope=repo")).await;
    assert!(page.body.contains("Counter&lt;sign&gt;") && page.body.contains("repo") && page.body.contains("ops"));
    let pair = world.pair().await;
    assert_eq!((&pair["token_type"], &pair["scope"]), (&json!("bearer"), &json!("repo,read:user")));
    assert_eq!((&pair["expires_in"], &pair["refresh_token_expires_in"]), (&json!(28_800), &json!(15_897_600)));
    let (access, refresh) = (pair["access_token"].as_str().unwrap(), pair["refresh_token"].as_str().unwrap());
    assert!(access.starts_with("ghu_") && refresh.starts_with("ghr_"));
    assert!(access.contains(canary::MARK) && refresh.contains(canary::MARK));
    let user = world.get("/user", &format!("Bearer {access}")).await;
    assert_eq!(
        (user.status, &user.json()["login"], user.header("x-oauth-scopes")),
        (200, &json!("ada"), "repo, read:user")
    );
    world.clock.advance(28_800);
    assert_eq!(world.get("/user", &format!("token {access}")).await.json()["message"], "Bad credentials");

    let renew =
        |token: &str| format!("client_id=Iv1.app&client_secret=hush&grant_type=refresh_token&refresh_token={token}");
    let next = world.token(&renew(refresh)).await.json();
    assert_eq!(next["scope"], "repo,read:user");
    assert_eq!(world.get("/user", &format!("token {}", next["access_token"].as_str().unwrap())).await.status, 200);
    assert_eq!(world.token(&renew(refresh)).await.json()["error"], "bad_refresh_token", "it is used up");
    world.clock.advance(15_897_600);
    assert_eq!(world.token(&renew(next["refresh_token"].as_str().unwrap())).await.json()["error"], "bad_refresh_token");
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn the_token_endpoint_refuses_with_status_200() {
    let client = "client_id=Iv1.app&client_secret=hush";
    // form (`CODE` stands for a valid code), error, sins
    let rows = [
        ("client_id=Iv1.app&client_secret=wrong&code=CODE".to_owned(), "incorrect_client_credentials", 1),
        ("client_id=other&client_secret=hush&code=CODE".to_owned(), "incorrect_client_credentials", 1),
        (format!("{client}&code=guess&code_verifier={VERIFIER}"), "bad_verification_code", 0),
        (format!("{client}&code_verifier={VERIFIER}"), "bad_verification_code", 0),
        (format!("{client}&code=CODE"), "bad_verification_code", 0),
        (format!("{client}&code=CODE&code_verifier=wrong"), "bad_verification_code", 0),
        (
            format!("{client}&code=CODE&code_verifier={VERIFIER}&redirect_uri=https://evil.example/"),
            "redirect_uri_mismatch",
            0,
        ),
        (format!("{client}&grant_type=refresh_token&refresh_token=guess"), "bad_refresh_token", 0),
        (format!("{client}&grant_type=password"), "unsupported_grant_type", 0),
    ];
    for (form, error, sins) in rows {
        let world = World::new();
        let code = world.code().await;
        let answer = world.token(&form.replace("CODE", &code)).await;
        assert_eq!((answer.status, &answer.json()["error"]), (200, &json!(error)), "{form}");
        assert!(answer.json()["error_description"].is_string() && answer.json()["error_uri"].is_string(), "{form}");
        assert_eq!(world.sins().lines().count(), sins, "{form}");
    }
    let world = World::new();
    let code = world.code().await;
    let good = format!("{client}&code={code}&code_verifier={VERIFIER}&redirect_uri={CALLBACK}");
    let plain = world.send("POST", &format!("/login/oauth/access_token?{good}"), &[], "").await;
    assert!(
        plain.body.starts_with("access_token=ghu%5FCANARY"),
        "a form, unless the client accepts JSON: {}",
        plain.body
    );
    assert_eq!(world.token(&good).await.json()["error"], "bad_verification_code", "a code works once");
    let code = world.code().await;
    world.clock.advance(600);
    assert_eq!(
        world.token(&format!("{client}&code={code}&code_verifier={VERIFIER}")).await.json()["error"],
        "bad_verification_code"
    );
}

#[tokio::test]
async fn the_browser_is_never_redirected_to_an_unregistered_address() {
    let world = World::new();
    assert_eq!(world.send("GET", "/login/oauth/authorize?client_id=other", &[], "").await.status, 404);
    assert!(world.sins().contains("unknown client_id"));
    let good = format!("state=s-1&code_challenge={CHALLENGE}&code_challenge_method=S256");
    // query, error, sins
    let rows = [
        (format!("{good}&redirect_uri=https%3A%2F%2Fevil.example%2F"), "redirect_uri_mismatch", 1),
        (good.replace("S256", "plain"), "invalid_request", 1),
    ];
    for (query, error, sins) in rows {
        let back = world.authorize(&query).await;
        assert!(back.header("location").starts_with(&format!("{CALLBACK}?error=")), "{query}");
        assert_eq!(
            (back.sent("error").as_deref(), back.sent("state").as_deref()),
            (Some(error), Some("s-1")),
            "{query}"
        );
        assert_eq!(world.sins().lines().count(), sins, "{query}");
    }
    let page = world.authorize(&format!("{good}&redirect_uri={CALLBACK}%3Fmore%3D1")).await;
    let no = world.answer(&page, "").await;
    assert_eq!((no.sent("more").as_deref(), no.sent("error").as_deref()), (Some("1"), Some("access_denied")));
    assert_eq!(world.answer(&page, "&account=1001").await.status, 400, "a page is answered once");
    assert_eq!(world.sins(), "");
    for query in ["state=s-1", "code_challenge=x&code_challenge_method=S256", &format!("{good}&colour=blue")] {
        assert_eq!(world.authorize(query).await.status, 200);
        assert_eq!(world.sins().lines().count(), 1, "{query}");
    }
}

#[tokio::test]
async fn an_application_revokes_one_token_or_all_of_a_person() {
    let basic = format!("Basic {}", STANDARD.encode("Iv1.app:hush"));
    let world = World::new();
    let [one, two] =
        [world.pair().await, world.pair().await].map(|pair| pair["access_token"].as_str().unwrap().to_owned());
    let other = world.pair_of_ops().await;
    let ask = async |method: &str, path: &str, authorization: &str, body: Value| {
        let headers = [("authorization", authorization), ("content-type", "application/json")];
        world.send(method, path, &headers, &body.to_string()).await.status
    };
    let named = |token: &str| json!({ "access_token": token });
    let (token, grant) = ("/applications/Iv1.app/token", "/applications/Iv1.app/grant");
    assert_eq!(ask("POST", token, &basic, named(&one)).await, 200);
    assert_eq!(world.sins(), "");
    // method, path, authorization, body, status
    let refused = [
        ("DELETE", token, "", named(&one), 401),
        ("DELETE", token, "Basic eDp5", named(&one), 401),
        ("DELETE", "/applications/other/token", basic.as_str(), named(&one), 404),
        ("DELETE", token, &basic, json!({}), 422),
        ("DELETE", token, &basic, named("guess"), 404),
        ("DELETE", grant, &basic, named("guess"), 404),
        ("POST", token, &basic, named("guess"), 404),
    ];
    for (method, path, authorization, body, status) in refused {
        assert_eq!(ask(method, path, authorization, body.clone()).await, status, "{method} {path} {body}");
    }
    let works = async |token: &str| world.get("/user", &format!("Bearer {token}")).await.status == 200;
    assert_eq!(ask("DELETE", token, &basic, named(&one)).await, 204);
    assert_eq!((works(&one).await, works(&two).await), (false, true));
    let three = world.pair().await["access_token"].as_str().unwrap().to_owned();
    assert_eq!(ask("DELETE", grant, &basic, named(&two)).await, 204);
    assert_eq!((works(&two).await, works(&three).await), (false, false));
    assert_eq!(world.get("/user", &other).await.status, 200, "another person's token stays valid");
    assert!(world.get("/user", LENT).await.headers.contains_key(header::CONTENT_TYPE));
}
