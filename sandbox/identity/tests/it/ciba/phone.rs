//! The phone: its page, and its JSON interface for programs.

use axum::http::header;
use sandbox_identity::{Answer as Verdict, Client, PushState};
use serde_json::json;

use super::{CALL, asked, asked_for, call, ciba, get, honest, last, poll_in_time, post_from, say, with, world};
use crate::world::{ADA, BOB, World};

const ADAS: &str = "/phone?person=auth0%7Cada";

#[tokio::test]
async fn a_push_is_shown_in_full_on_its_persons_phone_only() {
    let world = world();
    let long = "x".repeat(255);
    let details = json!([{"type": CALL, "instruction": "Reset a password", "seen": false, "properties": {
        "second": {"display": true, "name": "Reason", "display_order": 2, "description": "In her words", "value": long},
        "first": {"display": false, "name": "User", "display_order": 1, "value": "bob@acme.example", "also": "this"},
        "bare": {"deeper": [1, "two"]},
    }}]);
    asked_for(&world, &with(honest(ADA), "authorization_details", &details.to_string())).await;
    let page = get(&world, ADAS).await;
    for text in [
        "Sandbox: these people and services are made up.",
        "Phone of Ada Byron",
        "1 request waits for your answer.",
        "Countersign</bdi> asks",
        "Reset password of bob: A7-31",
        "Reset a password",
        CALL,
        "bob@acme.example",
        &long,
        "In her words",
        "also",
        "this",
        "seen",
        "false",
        "[1,&quot;two&quot;]",
        "openid read:docs",
        "https://api.acme.example",
        "aria-label=\"Approve: Reset password of bob: A7-31\"",
        "aria-label=\"Deny: Reset password of bob: A7-31\"",
        "role=\"status\"",
        "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>",
    ] {
        assert!(page.body.contains(text), "{text} is missing: {}", page.body);
    }
    assert!(page.body.contains("5:00 left") || page.body.contains("4:59 left"), "{}", page.body);
    let at = |text: &str| page.body.find(text).unwrap();
    assert!(at("User</bdi>") < at("Reason</bdi>"), "in the order of display");
    assert!(!get(&world, "/phone?person=auth0%7Cbob").await.body.contains("A7-31"));
    assert!(get(&world, "/phone").await.body.contains("1 waiting"));
    assert_eq!(get(&world, "/phone?person=auth0%7Cnobody").await.status.as_u16(), 400);
}

#[tokio::test]
async fn the_page_has_a_strict_policy_and_runs_only_its_own_script() {
    let world = world();
    let page = get(&world, ADAS).await;
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self'"
    );
    assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
    assert!(page.body.contains("<script src=\"/phone.js\" defer></script>"));
    assert_eq!(page.body.matches("<script").count(), 1);
    let script = get(&world, "/phone.js").await;
    assert_eq!((script.status.as_u16(), script.header(header::CONTENT_TYPE)), (200, "text/javascript; charset=utf-8"));
}

#[tokio::test]
async fn text_is_never_markup_and_never_hidden() {
    let mut settings = ciba();
    settings.clients[0] = Client { name: "<b>".into(), ..settings.clients[0].clone() };
    let world = World::of(settings);
    let value = "</dd><script>alert('x')</script>&amp;\u{202e}gpj\u{200b}\n";
    let details = json!([{"type": CALL, "instruction": value, "name": value,
        "properties": {"p": {"name": value, "description": value, "value": value}}}]);
    asked_for(&world, &with(honest(ADA), "authorization_details", &details.to_string())).await;
    let page = get(&world, ADAS).await.body;
    let shown = "&lt;/dd&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;\
        <span class=\"odd\">U+202E</span>gpj<span class=\"odd\">U+200B</span><span class=\"odd\">U+000A</span></bdi>";
    assert_eq!(page.matches(shown).count(), 5, "{page}");
    assert!(!page.contains("<script>") && !page.contains('\u{202e}') && !page.contains("<b>"));
    assert!(page.contains("&lt;b&gt;"));
}

#[tokio::test]
async fn a_button_answers_once() {
    for (word, after, error) in [("approve", PushState::Approved, ""), ("deny", PushState::Denied, "access_denied")] {
        let world = world();
        let id = asked(&world).await;
        let push = last(&world).id;
        let own = [("host", "localhost:4101"), ("sec-fetch-site", "same-origin")];
        let answer = post_from(&world, "/phone", &[("id", &push), ("answer", word)], &own).await;
        assert_eq!((answer.status.as_u16(), answer.header(header::LOCATION)), (303, ADAS));
        assert_eq!(last(&world).state, after);
        let other = if word == "deny" { "approve" } else { "deny" };
        let again = post_from(&world, "/phone", &[("id", &push), ("answer", other)], &own).await;
        assert_eq!(again.status.as_u16(), 303);
        assert_eq!(last(&world).state, after, "the first answer stands");
        let page = get(&world, ADAS).await.body;
        assert!(page.contains("No request waits for your answer.") && page.contains("Earlier"), "{page}");
        assert!(page.contains(if word == "deny" { "Denied" } else { "Approved" }) && !page.contains("<button"));
        let polled = poll_in_time(&world, &id).await;
        assert_eq!(polled.json()["error"].as_str().unwrap_or_default(), error);
        for form in [[("id", push.as_str()), ("answer", "perhaps")], [("id", "none"), ("answer", "deny")]] {
            assert_eq!(post_from(&world, "/phone", &form, &own).await.status.as_u16(), 400, "{form:?}");
        }
    }
}

#[tokio::test]
async fn other_sites_can_neither_answer_nor_read() {
    let world = world();
    asked(&world).await;
    let push = last(&world).id;
    let machine = format!("/_sandbox/pushes/{push}");
    // Columns: host, name and value of the header by which browsers report a form's origin, expected status.
    for (host, name, value, status) in [
        ("localhost:4101", "sec-fetch-site", "cross-site", 403),
        ("localhost:4101", "sec-fetch-site", "same-site", 403),
        ("localhost:4101", "origin", "http://localhost:3000", 403),
        ("localhost:4101", "origin", "null", 403),
        ("evil.example", "sec-fetch-site", "same-origin", 421),
    ] {
        for path in ["/phone", &machine] {
            let form = [("id", push.as_str()), ("answer", "approve")];
            let answer = post_from(&world, path, &form, &[("host", host), (name, value)]).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {host} {name}: {value}");
            assert_eq!(last(&world).state, PushState::Pending);
        }
    }
    let query = format!("/phone?person=auth0%7Cada&id={push}&answer=approve");
    assert_eq!(get(&world, &query).await.status.as_u16(), 200);
    assert_eq!(last(&world).state, PushState::Pending, "GET changes nothing");
    let request = axum::http::Request::get("/_sandbox/pushes").header(header::HOST, "evil.example");
    assert_eq!(world.send(request.body(axum::body::Body::empty()).unwrap()).await.status.as_u16(), 421);
}

#[tokio::test]
async fn programs_list_and_answer_pushes() {
    let world = world();
    let id = asked_for(&world, &with(honest(ADA), "authorization_details", &call().to_string())).await;
    asked_for(&world, &with(with(honest(BOB), "audience", ""), "scope", "openid")).await;
    poll_in_time(&world, &id).await;
    let list = get(&world, "/_sandbox/pushes").await;
    assert!(!list.body.contains(&id), "the id of the client is the client's secret");
    let list = list.json();
    let first = world.provider.pushes().remove(0);
    assert_eq!(
        list[0],
        json!({"id": first.id, "sub": ADA, "client": "web", "binding_message": "Reset password of bob: A7-31",
            "authorization_details": call(), "scope": "openid read:docs", "audience": "https://api.acme.example",
            "created_at": first.created_at, "expires_at": first.expires_at, "state": "pending", "polls": 1})
    );
    assert_eq!((&list[1]["sub"], &list[1]["audience"]), (&json!(BOB), &json!(null)));
    assert_eq!(list[1]["authorization_details"], json!(null));
    let answer = async |id: &str, word: &str| {
        let path = format!("/_sandbox/pushes/{id}");
        post_from(&world, &path, &[("answer", word)], &[("host", "127.0.0.1:4101")]).await
    };
    for (id, word, status, state) in [
        (first.id.as_str(), "perhaps", 400, json!(null)),
        ("nothing", "deny", 404, json!(null)),
        (&first.id, "deny", 200, json!("denied")),
        (&first.id, "approve", 409, json!(null)),
    ] {
        let answer = answer(id, word).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (status, &state), "{id} {word}");
    }
    say(&world, Verdict::Approve);
    assert_eq!(world.sins(), "");
    assert_eq!(world.provider.phone_url(ADA), "http://idp.test/phone?person=auth0%7Cada");
}
