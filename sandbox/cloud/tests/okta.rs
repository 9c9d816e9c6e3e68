//! The Okta stand-in, tested over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use sandbox_cloud::okta::{Bearer, Caller, Change, DirectoryError, Limits, Okta, Provider, Status};
use sandbox_kit::{Clock, People, Person, Sins};
use serde_json::Value;
use tower::ServiceExt;

const ALL: &str = "agent:okta.users.read okta.groups.read okta.users.manage";
const READ: &str = "agent:okta.users.read";

/// Method, path, `Authorization`, status, `errorCode` (empty: none), sins.
type Asked<'a> = (&'a str, &'a str, Option<&'a str>, u16, &'a str, usize);
/// Call, status before, HTTP status, status after (`None`: deleted), logged change.
type Called<'a> = (&'a str, Status, u16, Option<Status>, Option<Change>);

struct World {
    okta: Okta,
    clock: Clock,
    sins: Sins,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl World {
    /// Creates an Okta that accepts tokens of the form `subject:scope scope` and rejects any without a colon, such as
    /// `expired`.
    fn new() -> Self {
        let (clock, sins) = (Clock::default(), Sins::default());
        let authenticate = Arc::new(|token: &str| {
            let (subject, scopes) = token.split_once(':')?;
            // A subject of the identity provider or an Okta user id belongs to a person.
            let is_person = subject.starts_with("auth0|") || subject.starts_with("00u");
            let bearer = if is_person { Bearer::Person } else { Bearer::Service };
            Some(Caller { subject: subject.into(), bearer, scopes: scopes.split(' ').map(Into::into).collect() })
        });
        let okta = Okta::new(&People::acme(), Limits::default(), authenticate, clock.clone(), sins.clone());
        Self { okta, clock, sins }
    }

    async fn send(&self, method: &str, path: &str, authorization: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "okta.test");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if method == "POST" {
            request = request.header("content-length", "0");
        }
        self.raw(request.body(Body::empty()).unwrap()).await
    }

    async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.okta.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn call(&self, method: &str, path: &str, token: &str) -> Answer {
        self.send(method, path, Some(&format!("Bearer {token}"))).await
    }
}

#[tokio::test]
async fn each_request_gets_the_documented_answer() {
    let all = format!("Bearer {ALL}");
    let read = format!("Bearer {READ}");
    let rows: &[Asked<'_>] = &[
        ("GET", "/api/v1/users/ada@acme.example", Some(&read), 200, "", 0),
        ("GET", "/api/v1/users/ADA%40acme.example", Some(&read), 200, "", 0),
        ("GET", "/api/v1/users/ada", Some(&read), 200, "", 0),
        ("GET", "/api/v1/users/00u1adabyron0000acme", Some(&read), 200, "", 0),
        ("GET", "/api/v1/users/me", Some("Bearer auth0|bob:okta.users.read"), 200, "", 0),
        ("GET", "/api/v1/users/me", Some(&read), 404, "E0000007", 1),
        ("GET", "/api/v1/users/nobody@acme.example", Some(&read), 404, "E0000007", 0),
        ("GET", "/api/v1/users/bob", Some("Bearer auth0|bob:okta.users.read"), 200, "", 0),
        ("GET", "/api/v1/users/ada", Some("Bearer auth0|bob:okta.users.read"), 403, "E0000006", 0),
        ("GET", "/api/v1/users/bob", Some("Bearer auth0|ada:okta.users.read"), 200, "", 0),
        ("GET", "/api/v1/users", Some("Bearer auth0|bob:okta.users.read"), 403, "E0000006", 0),
        ("GET", "/api/v1/users/ada", None, 403, "E0000005", 1),
        ("GET", "/api/v1/users/ada", Some("Basic YTpi"), 401, "E0000004", 1),
        ("GET", "/api/v1/users/ada", Some("SSWS 00abc"), 401, "E0000011", 1),
        ("GET", "/api/v1/users/ada", Some("Bearer expired"), 401, "E0000011", 0),
        ("GET", "/api/v1/users/ada", Some("Bearer agent:openid"), 403, "", 0),
        ("GET", "/api/v1/groups", Some(&read), 403, "", 0),
        ("GET", "/api/v1/groups", Some(&all), 200, "", 0),
        ("GET", "/api/v1/users/ada?colour=blue", Some(&read), 400, "E0000001", 1),
        ("GET", "/api/v1/users/ada/groups?limit=0", Some(&read), 400, "E0000001", 1),
        ("GET", "/api/v1/users/ada/groups?after=guess", Some(&read), 400, "E0000001", 1),
        ("GET", "/api/v1/users?search=name%20like%20x", Some(&read), 400, "E0000031", 1),
        ("PUT", "/api/v1/users/ada/groups", Some(&all), 411, "", 1),
        ("PATCH", "/api/v1/users/ada/groups", Some(&all), 405, "E0000022", 1),
        ("GET", "/api/v2/users", Some(&all), 405, "E0000022", 1),
        ("POST", "/api/v1/users/bob/lifecycle/suspend", Some(&read), 403, "", 0),
        ("POST", "/api/v1/users/bob/lifecycle/dance", Some(&all), 405, "E0000022", 1),
        ("POST", "/api/v1/users/bob/lifecycle/reset_password", Some(&all), 400, "E0000028", 1),
        ("POST", "/api/v1/users/bob/lifecycle/reset_password?sendEmail=yes", Some(&all), 400, "E0000001", 1),
        ("POST", "/api/v1/users/nobody/lifecycle/suspend", Some(&all), 404, "E0000007", 0),
        ("POST", "/api/v1/users/bob/lifecycle/suspend", Some("Bearer auth0|bob:okta.users.manage"), 403, "E0000006", 0),
    ];
    for (method, path, authorization, status, code, sins) in rows {
        let world = World::new();
        let answer = world.send(method, path, *authorization).await;
        let row = format!("{method} {path} {authorization:?}");
        assert_eq!(answer.status.as_u16(), *status, "{row}");
        assert_eq!(answer.body["errorCode"].as_str().unwrap_or_default(), *code, "{row}");
        assert_eq!(answer.body["errorLink"], answer.body["errorCode"], "{row}");
        assert_eq!(world.sins.all().len(), *sins, "{row}: {:?}", world.sins.all());
        assert!(world.okta.effects().is_empty(), "{row}");
        for header in ["x-okta-request-id", "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"] {
            assert!(answer.headers.contains_key(header), "{row}: no {header}");
        }
    }
}

#[tokio::test]
async fn lifecycle_calls_follow_the_state_table() {
    use Status::{Active, Deprovisioned, LockedOut, PasswordExpired, Provisioned, Recovery, Staged, Suspended};
    let reset = "POST lifecycle/reset_password?sendEmail=true";
    let mailed = Change::ResetPassword { send_email: true, revoke_sessions: false };
    let expired = Change::ExpirePassword { temp_password: false };
    let cleared = Change::ClearSessions { oauth_tokens: true, forget_devices: true };
    let rows: &[Called<'_>] = &[
        (reset, Active, 200, Some(Recovery), Some(mailed)),
        (reset, LockedOut, 200, Some(Recovery), Some(mailed)),
        (reset, PasswordExpired, 200, Some(Recovery), Some(mailed)),
        (reset, Recovery, 200, Some(Recovery), Some(mailed)),
        (reset, Provisioned, 200, Some(Recovery), Some(mailed)),
        (reset, Suspended, 403, Some(Suspended), None),
        (reset, Deprovisioned, 403, Some(Deprovisioned), None),
        (reset, Staged, 403, Some(Staged), None),
        ("POST lifecycle/expire_password", Active, 200, Some(PasswordExpired), Some(expired)),
        ("POST lifecycle/expire_password", Recovery, 403, Some(Recovery), None),
        ("POST lifecycle/suspend", Active, 200, Some(Suspended), Some(Change::Suspend)),
        ("POST lifecycle/suspend", Suspended, 400, Some(Suspended), None),
        ("POST lifecycle/unsuspend", Suspended, 200, Some(Active), Some(Change::Unsuspend)),
        ("POST lifecycle/unsuspend", Active, 400, Some(Active), None),
        ("POST lifecycle/deactivate?sendEmail=false", Active, 200, Some(Deprovisioned), Some(Change::Deactivate)),
        ("POST lifecycle/deactivate", Deprovisioned, 403, Some(Deprovisioned), None),
        ("DELETE", Active, 204, Some(Deprovisioned), Some(Change::Deactivate)),
        ("DELETE", Deprovisioned, 204, None, Some(Change::Delete)),
        ("DELETE sessions?oauthTokens=true", Active, 204, Some(Active), Some(cleared)),
    ];
    for (call, from, status, to, deed) in rows {
        let world = World::new();
        world.okta.set_status("bob@acme.example", *from).unwrap();
        let (method, rest) = call.split_once(' ').unwrap_or((call, ""));
        let slash = if rest.is_empty() { "" } else { "/" };
        let answer = world.call(method, &format!("/api/v1/users/bob{slash}{rest}"), ALL).await;
        let row = format!("{call} from {from:?}");
        assert_eq!(answer.status.as_u16(), *status, "{row}: {}", answer.body);
        assert_eq!(world.okta.status("bob@acme.example"), *to, "{row}");
        let effects = world.okta.effects();
        assert_eq!(effects.iter().map(|effect| effect.what).collect::<Vec<_>>(), Vec::from_iter(*deed), "{row}");
        assert!(effects.iter().all(|effect| effect.whom == "bob@acme.example" && effect.by == "agent"), "{row}");
        assert_eq!(world.sins.all(), [], "{row}");
    }
}

#[tokio::test]
async fn a_persons_token_carries_the_persons_rights() {
    let suspend = "POST /api/v1/users/grace/lifecycle/suspend";
    let manage = "okta.users.read okta.users.manage okta.groups.read";
    let read = "okta.users.read okta.groups.read";
    // subject of the token, its scopes, call, status, author in the log
    let rows = [
        ("00u1adabyron0000acme", manage, suspend, 200, Some("ada@acme.example")),
        ("00u1adabyron0000acme", read, suspend, 403, None),
        ("00u1adabyron0000acme", read, "GET /api/v1/groups", 200, None),
        ("00u1adabyron0000acme", "okta.users.read", "GET /api/v1/groups", 403, None),
        ("00u1adabyron0000acme", read, "GET /api/v1/users/bob", 200, None),
        ("00u2bobcrane0000acme", manage, suspend, 403, None),
        ("00u2bobcrane0000acme", manage, "POST /api/v1/users/me/lifecycle/suspend", 403, None),
        ("00u2bobcrane0000acme", read, "GET /api/v1/users/me", 200, None),
        ("00u2bobcrane0000acme", read, "GET /api/v1/users/bob/groups", 200, None),
        ("00u2bobcrane0000acme", read, "GET /api/v1/users/ada/groups", 403, None),
        ("00u2bobcrane0000acme", read, "GET /api/v1/groups", 403, None),
        ("00u3evedorn00000acme", manage, "GET /api/v1/users/me", 403, None),
        ("00u3evedorn00000acme", manage, "GET /api/v1/users/eve/groups", 403, None),
        ("00u3evedorn00000acme", manage, suspend, 403, None),
        ("00u9nobody000000acme", manage, suspend, 401, None),
        ("agent", manage, suspend, 200, Some("agent")),
    ];
    for (whose, scopes, call, status, by) in rows {
        let world = World::new();
        let (method, path) = call.split_once(' ').unwrap();
        let answer = world.call(method, path, &format!("{whose}:{scopes}")).await;
        let row = format!("{whose} with {scopes}: {call}");
        assert_eq!(answer.status.as_u16(), status, "{row}: {}", answer.body);
        let bearer = if whose == "agent" { Bearer::Service } else { Bearer::Person };
        let effects = world.okta.effects().into_iter().map(|effect| (effect.by, effect.bearer));
        assert_eq!(effects.collect::<Vec<_>>(), Vec::from_iter(by.map(|by| (by.to_owned(), bearer))), "{row}");
        assert_eq!(world.sins.all(), [], "{row}");
    }
}

#[tokio::test]
async fn the_token_of_a_user_who_may_not_sign_in_does_not_work() {
    for (status, answered) in [
        (Status::Active, 200),
        (Status::PasswordExpired, 200),
        (Status::Suspended, 401),
        (Status::Deprovisioned, 401),
        (Status::Staged, 401),
    ] {
        let world = World::new();
        world.okta.set_status("ada@acme.example", status).unwrap();
        let answer = world.call("GET", "/api/v1/users/bob", "00u1adabyron0000acme:okta.users.read").await;
        assert_eq!(answer.status.as_u16(), answered, "{status:?}");
        let service = world.call("GET", "/api/v1/users/bob", READ).await;
        assert_eq!(service.status, StatusCode::OK, "an application is not a person");
    }
}

#[tokio::test]
async fn a_deleted_user_is_not_found_and_in_no_group() {
    let world = World::new();
    for _ in 0..2 {
        assert_eq!(world.call("DELETE", "/api/v1/users/bob", ALL).await.status, StatusCode::NO_CONTENT);
    }
    let answer = world.call("GET", "/api/v1/users/bob", ALL).await;
    assert_eq!(answer.body["errorSummary"], "Not found: Resource not found: bob (User)");
    assert!(world.okta.groups().iter().all(|group| !group.members.contains(&"bob@acme.example".into())));
}

#[tokio::test]
async fn a_reset_shows_its_secret_only_to_a_caller_who_declines_the_mail() {
    let world = World::new();
    let path = "/api/v1/users/bob/lifecycle/reset_password?sendEmail=";
    assert_eq!(world.call("POST", &format!("{path}true"), ALL).await.body, serde_json::json!({}));
    let answer = world.call("POST", &format!("{path}false"), ALL).await;
    let url = answer.body["resetPasswordUrl"].as_str().unwrap();
    assert!(url.starts_with("http://okta.test/reset_password/reset_CANARY"), "{url}");
}

#[tokio::test]
async fn a_password_of_another_directory_cannot_be_reset() {
    let world = World::new();
    world.okta.set_provider("bob@acme.example", Provider::ActiveDirectory).unwrap();
    let answer = world.call("POST", "/api/v1/users/bob/lifecycle/reset_password?sendEmail=true", ALL).await;
    assert_eq!((answer.status, answer.body["errorCode"].as_str()), (StatusCode::FORBIDDEN, Some("E0000017")));
}

#[tokio::test]
async fn a_user_looks_as_documented() {
    let world = World::new();
    let user = world.call("GET", "/api/v1/users/ada", READ).await;
    assert!(user.headers.contains_key("etag"));
    assert_eq!(user.body["id"], "00u1adabyron0000acme");
    assert_eq!(user.body["status"], "ACTIVE");
    assert_eq!(user.body["profile"]["login"], "ada@acme.example");
    assert_eq!(user.body["credentials"]["provider"]["type"], "OKTA");
    let suspend = "http://okta.test/api/v1/users/00u1adabyron0000acme/lifecycle/suspend";
    assert_eq!(user.body["_links"]["suspend"]["href"], suspend);
    let trimmed = Request::get("/api/v1/users/ada")
        .header("authorization", format!("Bearer {READ}"))
        .header("content-type", "application/json; okta-response=omitCredentials,omitCredentialsLinks");
    let user = world.raw(trimmed.body(Body::empty()).unwrap()).await.body;
    assert!(user.get("credentials").is_none() && user["_links"].get("resetPassword").is_none(), "{user}");
}

#[tokio::test]
async fn a_missing_scope_is_a_403_without_a_body() {
    let answer = World::new().call("GET", "/api/v1/users/ada", "agent:openid").await;
    assert_eq!((answer.status, &answer.body), (StatusCode::FORBIDDEN, &Value::Null));
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    for part in ["scope=\"okta.users.read\"", "error=\"insufficient_scope\"", "resource=\"/api/v1/users/ada\""] {
        assert!(challenge.contains(part), "{challenge}");
    }
}

#[tokio::test]
async fn lists_come_in_pages_linked_by_next() {
    // path, page size, names in order on each page
    let rows: &[(&str, usize, &[&[&str]])] = &[
        ("/api/v1/users/ada/groups", 2, &[&["Everyone", "IT Helpdesk"], &["VPN users"]]),
        ("/api/v1/users/ada/groups", 1, &[&["Everyone"], &["IT Helpdesk"], &["VPN users"]]),
        ("/api/v1/users/ada/groups", 3, &[&["Everyone", "IT Helpdesk", "VPN users"]]),
        ("/api/v1/users/ada/groups?limit=2", 200, &[&["Everyone", "IT Helpdesk"], &["VPN users"]]),
        ("/api/v1/groups?q=v", 1, &[&["VPN users"]]),
        ("/api/v1/users?search=status%20eq%20%22ACTIVE%22", 3, &[&["Ada", "Bob", "Eve"], &["Grace"]]),
        ("/api/v1/users?q=cr", 3, &[&["Bob"]]),
        ("/api/v1/users?filter=profile.login%20eq%20%22eve%40acme.example%22", 3, &[&["Eve"]]),
    ];
    for (path, page_size, pages) in rows {
        let world = World::new();
        world.okta.set_limits(Limits { page_size: *page_size, ..Limits::default() });
        let (mut path, mut seen) = (Some((*path).to_owned()), Vec::new());
        while let Some(here) = path {
            let answer = world.call("GET", &here, ALL).await;
            let names = answer.body.as_array().unwrap().iter();
            let names = names.map(|one| one["profile"]["name"].as_str().or(one["profile"]["firstName"].as_str()));
            seen.push(names.map(|name| name.unwrap().to_owned()).collect::<Vec<_>>());
            let links: Vec<_> = answer.headers.get_all("link").iter().map(|link| link.to_str().unwrap()).collect();
            assert_eq!(links[0], format!("<http://okta.test{here}>; rel=\"self\""));
            let next = links.get(1).map(|link| link.strip_suffix(">; rel=\"next\"").unwrap());
            path = next.map(|link| link.strip_prefix("<http://okta.test").unwrap().to_owned());
        }
        assert_eq!(seen, *pages);
        assert_eq!(world.sins.all(), []);
    }
}

#[tokio::test]
async fn the_rate_limit_counts_down_and_resets_each_minute() {
    let world = World::new();
    world.okta.set_limits(Limits { requests_per_minute: 2, ..Limits::default() });
    // Starts at the beginning of a minute, so that the rate limit does not reset in the middle of the test.
    world.clock.advance(60 - world.clock.seconds() % 60);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let answer = world.call("GET", "/api/v1/users/ada", READ).await;
        seen.push((answer.status.as_u16(), answer.headers["x-rate-limit-remaining"].to_str().unwrap().to_owned()));
        let reset: i64 = answer.headers["x-rate-limit-reset"].to_str().unwrap().parse().unwrap();
        assert!(reset > world.clock.seconds() && reset <= world.clock.seconds() + 60);
        assert!(!answer.headers.contains_key("retry-after"));
    }
    assert_eq!(seen, [(200, "1".into()), (200, "0".into()), (429, "0".into())]);
    world.clock.advance(60);
    assert_eq!(world.call("GET", "/api/v1/users/ada", READ).await.status, StatusCode::OK);
    world.okta.set_limits(Limits { requests_per_minute: 0, ..Limits::default() });
    let answer = world.call("GET", "/api/v1/users/ada", READ).await;
    assert_eq!(
        (answer.body["errorCode"].as_str(), &answer.headers["x-rate-limit-limit"]),
        (Some("E0000047"), &"0".parse().unwrap())
    );
}

#[tokio::test]
async fn a_lifecycle_call_needs_a_content_length() {
    let world = World::new();
    let request = Request::builder().method(Method::POST).uri("/api/v1/users/bob/lifecycle/suspend");
    let request = request.header("authorization", format!("Bearer {ALL}")).body(Body::empty()).unwrap();
    assert_eq!(world.raw(request).await.status, StatusCode::LENGTH_REQUIRED);
    assert_eq!((world.sins.all().len(), world.okta.effects()), (1, vec![]));
}

#[test]
fn groups_can_be_changed_from_outside() {
    let okta = World::new().okta;
    let members = |name: &str| {
        let groups = okta.groups();
        groups.into_iter().find(|group| group.name == name).map(|group| group.members.join(" "))
    };
    assert_eq!(members("Finance").as_deref(), Some("bob@acme.example grace@acme.example"));
    okta.remove_from_group("Bob@acme.example", "Finance").unwrap();
    okta.add_to_group("eve@acme.example", "Finance").unwrap();
    okta.add_to_group("eve@acme.example", "Night shift").unwrap();
    assert_eq!(members("Finance").as_deref(), Some("grace@acme.example eve@acme.example"));
    assert_eq!(members("Night shift").as_deref(), Some("eve@acme.example"));
    assert_eq!(okta.groups().iter().filter(|group| group.id.len() != 20).count(), 0);
    let refusals = [
        (okta.remove_from_group("eve@acme.example", "Everyone"), DirectoryError::BuiltIn("Everyone".into())),
        (okta.remove_from_group("eve@acme.example", "Nobody"), DirectoryError::NoSuchGroup("Nobody".into())),
        (okta.add_to_group("zoe@acme.example", "Finance"), DirectoryError::NoSuchUser("zoe@acme.example".into())),
    ];
    for (result, expected) in refusals {
        assert_eq!(result, Err(expected));
    }
}

#[tokio::test]
async fn logins_with_unusual_characters_are_found_by_their_encoded_form() {
    let world = World::new();
    People::unusual().iter().for_each(|person| world.okta.hire(person));
    for (segment, id) in [
        ("pat.o'neil@acme.example", "00u5patoneil0000acme"),
        ("team+it%231@acme.example", "00u6team00000000acme"),
        ("100%25@acme.example", "00u7hundred00000acme"),
        ("jo%20ann@acme.example", "00u8joann0000000acme"),
        ("zo%C3%AB@acme.example", "00u9zoe000000000acme"),
    ] {
        let answer = world.call("GET", &format!("/api/v1/users/{segment}"), READ).await;
        assert_eq!((answer.status, &answer.body["id"]), (StatusCode::OK, &id.into()), "{segment}");
        let groups = world.call("GET", &format!("/api/v1/users/{segment}/groups"), READ).await;
        assert_eq!(groups.body[0]["profile"]["name"], "Everyone", "{segment}");
    }
    assert_eq!(world.sins.all(), []);
}

#[tokio::test]
async fn a_login_may_pass_to_another_user_but_an_id_does_not() {
    let world = World::new();
    world.okta.rename("bob@acme.example", "bob.crane@acme.example").unwrap();
    let mallory = Person::colleague("auth0|mallory", "00u5mallory00000acme", "bob@acme.example", "Bob", "Crane");
    world.okta.hire(&mallory);
    let login = async |path: &str| world.call("GET", path, READ).await.body["profile"]["login"].clone();
    assert_eq!(login("/api/v1/users/00u2bobcrane0000acme").await, "bob.crane@acme.example");
    assert_eq!(world.call("GET", "/api/v1/users/bob@acme.example", READ).await.body["id"], "00u5mallory00000acme");
    let bob = world.call("GET", "/api/v1/users/bob.crane@acme.example/groups", READ).await;
    assert_eq!(bob.body.as_array().unwrap().len(), 2, "groups follow the user: {}", bob.body);
    assert_eq!(
        world.okta.rename("bob@elsewhere.example", "x@acme.example"),
        Err(DirectoryError::NoSuchUser("bob@elsewhere.example".to_owned()))
    );
}

#[tokio::test]
async fn an_administrators_role_may_come_with_a_group() {
    let world = World::new();
    let path = "/api/v1/users/00u3evedorn00000acme";
    let bobs = "auth0|bob:okta.users.read";
    assert_eq!(world.call("GET", path, bobs).await.status, StatusCode::FORBIDDEN);
    world.okta.add_to_group("bob@acme.example", "Okta administrators").unwrap();
    assert_eq!(world.call("GET", path, bobs).await.status, StatusCode::OK);
}
