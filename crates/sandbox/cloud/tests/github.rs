//! The GitHub stand-in as a client meets it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use sandbox_cloud::github::{Account, App, Caller, GitHub, Repository, Visibility};
use sandbox_kit::{Clock, Sins, canary};
use serde_json::{Value, json};
use tower::ServiceExt;

const CALLBACK: &str = "https://app.example/callback";
/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// A token that the vault has lent.
const LENT: &str = "Bearer lent";

struct World {
    github: GitHub,
    clock: Clock,
    sins: Sins,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// A parameter of the address that the browser is sent to.
    fn sent(&self, name: &str) -> Option<String> {
        let query = self.header("location").split_once('?')?.1;
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
        Some(percent_encoding::percent_decode_str(pair).decode_utf8().unwrap().into_owned())
    }
}

fn account(id: u64, login: &str, public: usize, private: usize) -> Account {
    let own = |visibility, name: &str, count| {
        (1..=count).map(move |at| Repository { name: format!("{name}-{at:02}"), visibility }).collect::<Vec<_>>()
    };
    let repositories = [own(Visibility::Public, "open", public), own(Visibility::Private, "secret", private)].concat();
    Account { id, login: login.into(), name: login.to_uppercase(), repositories }
}

impl World {
    fn new() -> Self {
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

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "github.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.github.router().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body).unwrap() }
    }

    async fn get(&self, path: &str, authorization: &str) -> Answer {
        self.send("GET", path, &[("authorization", authorization), ("user-agent", "test")], "").await
    }

    /// The client's call, answered in JSON.
    async fn token(&self, form: &str) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        self.send("POST", "/login/oauth/access_token", &headers, form).await
    }

    async fn authorize(&self, more: &str) -> Answer {
        self.send("GET", &format!("/login/oauth/authorize?client_id=Iv1.app&{more}"), &[], "").await
    }

    /// A person's answer: the account, or nothing to cancel.
    async fn answer(&self, page: &Answer, account: &str) -> Answer {
        let id = page.body.split_once("name=\"request\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", "/login/oauth/authorize", &form, &format!("request={id}{account}")).await
    }

    async fn code(&self) -> String {
        let asked = format!("state=s-1&scope=repo%20read:user&code_challenge={CHALLENGE}&code_challenge_method=S256");
        let back = self.answer(&self.authorize(&asked).await, "&account=1001").await;
        assert!(back.header("location").starts_with(CALLBACK) && back.sent("state").unwrap() == "s-1");
        back.sent("code").unwrap()
    }

    async fn pair(&self) -> Value {
        let code = self.code().await;
        self.token(&format!("client_id=Iv1.app&client_secret=hush&code={code}&code_verifier={VERIFIER}")).await.json()
    }

    fn sins(&self) -> String {
        self.sins.take().into_iter().map(|sin| sin.what).collect::<Vec<_>>().join("\n")
    }
}

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
async fn a_refusal_of_the_token_endpoint_is_a_200() {
    let client = "client_id=Iv1.app&client_secret=hush";
    // what is sent (`CODE` is a good code), error, sins
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
    assert!(plain.body.starts_with("access_token=ghu%5FCANARY"), "a form, unless JSON is asked for: {}", plain.body);
    assert_eq!(world.token(&good).await.json()["error"], "bad_verification_code", "a code works once");
    let code = world.code().await;
    world.clock.advance(600);
    assert_eq!(
        world.token(&format!("{client}&code={code}&code_verifier={VERIFIER}")).await.json()["error"],
        "bad_verification_code"
    );
}

#[tokio::test]
async fn nobody_is_sent_to_an_unregistered_address() {
    let world = World::new();
    assert_eq!(world.send("GET", "/login/oauth/authorize?client_id=other", &[], "").await.status, 404);
    assert!(world.sins().contains("unknown client_id"));
    let good = format!("state=s-1&code_challenge={CHALLENGE}&code_challenge_method=S256");
    // query, error, where to, sins
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
    assert_eq!(world.answer(&page, "&account=1001").await.status, 400, "a question is answered once");
    assert_eq!(world.sins(), "");
    for query in ["state=s-1", "code_challenge=x&code_challenge_method=S256", &format!("{good}&colour=blue")] {
        assert_eq!(world.authorize(query).await.status, 200);
        assert_eq!(world.sins().lines().count(), 1, "{query}");
    }
}

#[tokio::test]
async fn the_api_answers_each_request_as_documented() {
    // path, headers, status, message (or the text of the body), sins
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], u16, &'a str, usize);
    let agent = ("user-agent", "test");
    let rows: &[Row<'_>] = &[
        ("/user", &[agent, ("authorization", LENT)], 200, "", 0),
        ("/user", &[agent, ("authorization", "token lent"), ("x-github-api-version", "2022-11-28")], 200, "", 0),
        ("/user", &[agent, ("authorization", LENT), ("x-github-api-version", "1999-01-01")], 400, "not supported", 1),
        ("/user", &[("authorization", LENT)], 403, "User-Agent", 1),
        ("/user", &[agent], 401, "Requires authentication", 1),
        ("/user", &[agent, ("authorization", "Basic bGVudA==")], 401, "Bad credentials", 1),
        ("/user", &[agent, ("authorization", "Bearer guess")], 401, "Bad credentials", 0),
        ("/user", &[agent, ("authorization", "Bearer gone")], 401, "Bad credentials", 0),
        ("/users/ada", &[agent, ("authorization", LENT)], 404, "Not Found", 1),
        ("/user/repos?sort=colour", &[agent, ("authorization", LENT)], 422, "Validation Failed", 1),
        ("/user/repos?page=0", &[agent, ("authorization", LENT)], 422, "Validation Failed", 1),
        ("/user/repos?colour=blue", &[agent, ("authorization", LENT)], 200, "", 1),
    ];
    for (path, headers, status, text, sins) in rows {
        let world = World::new();
        let answer = world.send("GET", path, headers, "").await;
        let row = format!("{path} {headers:?}: {}", answer.body);
        assert_eq!(answer.status, *status, "{row}");
        assert!(answer.body.contains(text), "{row}");
        assert_eq!(world.sins().lines().count(), *sins, "{row}");
        assert!(!answer.header("x-github-request-id").is_empty(), "{row}");
        if *status >= 400 && !text.contains("User-Agent") {
            assert_eq!(answer.json()["status"], status.to_string(), "{row}");
            assert!(answer.json()["documentation_url"].is_string(), "{row}");
        }
    }
}

#[tokio::test]
async fn repositories_come_in_pages_with_links_in_one_header() {
    let names = |answer: &Answer| -> Vec<String> {
        answer.json().as_array().unwrap().iter().map(|own| own["name"].as_str().unwrap().to_owned()).collect()
    };
    // token, query, first name, how many, relations of the links
    let rows: [(&str, &str, &str, usize, &[&str]); 10] = [
        (LENT, "", "open-01", 5, &[]),
        (LENT, "?per_page=2", "open-01", 2, &["next", "last"]),
        (LENT, "?per_page=2&page=2", "open-03", 2, &["prev", "next", "last", "first"]),
        (LENT, "?per_page=2&page=3", "secret-02", 1, &["prev", "first"]),
        (LENT, "?per_page=2&page=9", "", 0, &["prev", "first"]),
        (LENT, "?direction=desc&per_page=1", "secret-02", 1, &["next", "last"]),
        (LENT, "?visibility=private", "secret-01", 2, &[]),
        (LENT, "?visibility=public", "open-01", 3, &[]),
        ("Bearer narrow", "", "open-01", 3, &[]),
        ("Bearer narrow", "?visibility=private", "", 0, &[]),
    ];
    let world = World::new();
    for (token, query, first, count, relations) in rows {
        let answer = world.get(&format!("/user/repos{query}"), token).await;
        let (own, link) = (names(&answer), answer.header("link"));
        assert_eq!((own.first().map_or("", |name| name), own.len()), (first, count), "{token} {query}");
        let found: Vec<_> = link.split("rel=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(found, relations, "{token} {query}: {link}");
    }
    let mut path = Some("/user/repos?per_page=2&visibility=all".to_owned());
    let mut seen = Vec::new();
    while let Some(here) = path {
        let answer = world.get(&here, LENT).await;
        seen.extend(names(&answer));
        let next = answer.header("link").split(", ").find(|link| link.ends_with("rel=\"next\"")).map(str::to_owned);
        path = next.map(|link| link.split(['<', '>']).nth(1).unwrap().replace("http://github.test", ""));
    }
    assert_eq!(seen, ["open-01", "open-02", "open-03", "secret-01", "secret-02"]);
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn the_rate_limit_is_each_accounts_own_and_begins_anew_each_hour() {
    let world = World::new();
    world.github.set_requests_per_hour(1);
    // The hour may not turn in the middle of the test.
    world.clock.advance(3600 - world.clock.seconds() % 3600);
    let first = world.get("/user", LENT).await;
    assert_eq!(
        (first.status, first.header("x-ratelimit-remaining"), first.header("x-ratelimit-limit")),
        (200, "0", "1")
    );
    let second = world.get("/user", LENT).await;
    assert_eq!((second.status, second.header("x-ratelimit-remaining")), (403, "0"));
    assert!(second.json()["message"].as_str().unwrap().starts_with("API rate limit exceeded for user ID 1001"));
    let other = world.pair_of_ops().await;
    assert_eq!(world.get("/user", &other).await.status, 200);
    world.clock.advance(3600);
    assert_eq!(world.get("/user", LENT).await.status, 200);
}

impl World {
    async fn pair_of_ops(&self) -> String {
        let asked = format!("state=s-2&code_challenge={CHALLENGE}&code_challenge_method=S256");
        let code = self.answer(&self.authorize(&asked).await, "&account=1002").await.sent("code").unwrap();
        let form = format!("client_id=Iv1.app&client_secret=hush&code={code}&code_verifier={VERIFIER}");
        format!("Bearer {}", self.token(&form).await.json()["access_token"].as_str().unwrap())
    }
}

#[tokio::test]
async fn an_application_takes_back_a_token_or_all_of_a_person() {
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
    assert_eq!(world.get("/user", &other).await.status, 200, "another person's stay");
    assert!(world.get("/user", LENT).await.headers.contains_key(header::CONTENT_TYPE));
}
