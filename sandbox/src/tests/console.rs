//! The console, tested as a browser uses it.

use reqwest::StatusCode;

use super::World;

/// A button's path and form fields; a text, and true if the page shows it afterwards.
type Step<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, bool);

impl World {
    async fn page(&self) -> String {
        self.http.get(self.sandbox.console_url()).send().await.unwrap().text().await.unwrap()
    }

    /// Submits a button's form as a page of this site would.
    async fn press(&self, path: &str, fields: &[(&str, &str)]) -> StatusCode {
        let url = format!("{}{path}", self.sandbox.console_url());
        let request = self.http.post(url).header("sec-fetch-site", "same-origin").form(fields);
        request.send().await.unwrap().status()
    }
}

#[tokio::test]
async fn every_button_does_what_its_name_says() {
    let add = "aria-label=\"Remove user:auth0|eve read_okta okta:groups\"";
    let tuple = [("user", "user:auth0|eve"), ("relation", "read_okta"), ("object", "okta:groups")];
    let membership = [("login", "eve@acme.example"), ("group", "Finance")];
    let member = "aria-label=\"Remove eve@acme.example from Finance\"";
    let fault = [("service", "okta"), ("kind", "status"), ("status", "503"), ("times", "2"), ("retry_after", "")];
    let armed = "aria-label=\"Clear the fault of okta\"";
    // Each step continues from the previous one.
    let steps: &[Step<'_>] = &[
        ("/tuples/add", &tuple, add, true),
        ("/tuples/remove", &tuple, add, false),
        ("/groups/add", &membership, member, true),
        ("/groups/remove", &membership, member, false),
        ("/faults/set", &fault, armed, true),
        ("/faults/clear", &[("service", "okta")], armed, false),
        ("/people/sign-out", &[("sub", "auth0|ada")], "aria-label=\"Sign out everywhere: Ada Byron\"", true),
        ("/people/revoke", &[("sub", "auth0|ada")], "aria-label=\"Revoke tokens of Ada Byron\"", true),
        ("/keys/rotate", &[], "aria-label=\"Rotate signing keys\"", true),
        ("/clock/advance", &[("seconds", "60")], "Advance the clock", true),
    ];
    let world = World::new().await;
    for (path, fields, text, shown) in steps {
        assert_eq!(world.press(path, fields).await, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(world.page().await.contains(text), *shown, "{path}");
    }
}

/// The product requests Ada's approval, the console shows it with a link to her phone, and the client receives her
/// denial.
#[tokio::test]
async fn a_waiting_push_is_shown_with_a_link_to_its_phone() {
    let world = World::new().await;
    assert!(world.page().await.contains("No requests are waiting."));
    let variable = |name: &str| world.sandbox.variable(name).unwrap();
    let hint = serde_json::json!({"format": "iss_sub", "iss": variable("OIDC_ISSUER"), "sub": "auth0|ada"});
    let details = serde_json::json!([{"type": "urn:countersign:authorization-details:v1:call"},
        {"type": "urn:auth0:schemas:authorization-details:v1:countersign-call"}]);
    let form = [
        ("client_id", variable("OIDC_CLIENT_ID")),
        ("client_secret", variable("OIDC_CLIENT_SECRET")),
        ("scope", "openid"),
        ("login_hint", &hint.to_string()),
        ("binding_message", "Suspend grace: K4-07"),
        ("authorization_details", &details.to_string()),
    ];
    let answer = world.http.post(world.url("OIDC_ISSUER", "bc-authorize")).form(&form).send().await.unwrap();
    let answer: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(answer["interval"], 1, "{answer}");
    let poll = [
        ("grant_type", "urn:openid:params:grant-type:ciba"),
        ("auth_req_id", answer["auth_req_id"].as_str().unwrap()),
        ("client_id", variable("OIDC_CLIENT_ID")),
        ("client_secret", variable("OIDC_CLIENT_SECRET")),
    ];
    let polled = async || {
        world.sandbox.clock().advance(1);
        let answer = world.http.post(world.url("OKTA_TOKEN_URL", "")).form(&poll).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()["error"].clone()
    };
    assert_eq!((polled().await, polled().await), ("authorization_pending".into(), "authorization_pending".into()));
    let page = world.page().await;
    let phone = world.sandbox.provider().phone_url("auth0|ada");
    assert!(page.contains("Suspend grace: K4-07") && page.contains(&format!("href=\"{phone}\"")), "{page}");
    let phone = world.http.get(phone).send().await.unwrap().text().await.unwrap();
    assert!(phone.contains("Suspend grace: K4-07"));
    let push = world.sandbox.provider().pushes().remove(0);
    let url = world.url("OIDC_ISSUER", &format!("_sandbox/pushes/{}", push.id));
    assert_eq!(world.http.post(url).form(&[("answer", "deny")]).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(polled().await, "access_denied");
    assert!(world.page().await.contains("No requests are waiting."));
    assert_eq!(world.sandbox.sins().all(), []);
}

#[tokio::test]
async fn an_impossible_change_is_refused_with_a_reason() {
    let rows: &[(&str, &[(&str, &str)])] = &[
        ("/tuples/add", &[("user", "eve"), ("relation", "read_okta"), ("object", "okta:groups")]),
        ("/tuples/add", &[("user", "user:auth0|eve"), ("relation", "dance"), ("object", "okta:groups")]),
        ("/tuples/remove", &[("user", "user:auth0|eve"), ("relation", "read_okta"), ("object", "okta:groups")]),
        ("/groups/remove", &[("login", "eve@acme.example"), ("group", "Everyone")]),
        ("/groups/add", &[("login", "zoe@acme.example"), ("group", "Finance")]),
        ("/groups/add", &[("login", "eve@acme.example"), ("group", " ")]),
        ("/faults/set", &[("service", "toaster"), ("kind", "refuse"), ("status", "503")]),
        ("/faults/set", &[("service", "okta"), ("kind", "dance"), ("status", "503")]),
        ("/people/sign-out", &[("sub", "auth0|zoe")]),
    ];
    let world = World::new().await;
    for (path, fields) in rows {
        assert_eq!(world.press(path, fields).await, StatusCode::BAD_REQUEST, "{path} {fields:?}");
    }
}

#[tokio::test]
async fn other_sites_can_neither_press_a_button_nor_read_the_page() {
    // method, header, value, status
    let rows = [
        ("POST", "sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("POST", "sec-fetch-site", "same-site", StatusCode::FORBIDDEN),
        ("POST", "origin", "http://localhost:3000", StatusCode::FORBIDDEN),
        ("POST", "origin", "null", StatusCode::FORBIDDEN),
        ("GET", "host", "evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("GET", "sec-fetch-site", "cross-site", StatusCode::OK),
    ];
    let world = World::new().await;
    for (method, header, value, status) in rows {
        let path = if method == "POST" { "/keys/rotate" } else { "/" };
        let url = format!("{}{path}", world.sandbox.console_url());
        let request = world.http.request(method.parse().unwrap(), url).header(header, value);
        assert_eq!(request.send().await.unwrap().status(), status, "{method} {header}: {value}");
    }
}

#[tokio::test]
async fn values_are_escaped_and_the_banner_is_there() {
    let world = World::new().await;
    world.press("/groups/add", &[("login", "eve@acme.example"), ("group", "<script>alert('x')</script>")]).await;
    let page = world.page().await;
    assert!(page.contains("Sandbox: these people and services are made up."));
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)") && !page.contains("<script"));
}
