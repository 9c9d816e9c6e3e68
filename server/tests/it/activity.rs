//! The activity pages: people see their own entries, an auditor sees everybody's, and no page contains a secret.

use crate::leaks::leaks;
use crate::world::browser::{Answer, Browser};
use crate::world::frames::refusals;
use crate::world::{TestApp, aws};
use app::wire::Event;
use countersign::wiring::ledger_commands;
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Answer as Yes, PushState};
use serde_json::Value;

const QUESTION: &str = "What are my Okta groups? Mind the heliotrope.";
const RESET: &str = "Reset the password of bob@acme.example";
const NOBODYS: &str = "0123456789ABCDEFGHJKMNPQRS";
const AUDITOR: [&str; 3] = ["user:auth0|grace", "auditor", "tenant:default"];

/// Requests, approves and runs a password reset; returns the id of the approval.
async fn approved(app: &TestApp, browser: &Browser) -> String {
    let posted = browser.begin(RESET).await.unwrap();
    let mut watch = browser.watch(&posted.conversation, 0).await;
    watch.events_until(|event| matches!(event, Event::ApprovalPut { .. })).await;
    let push = app.sandbox.provider().pushes().into_iter().find(|push| push.state == PushState::Pending).unwrap();
    app.sandbox.provider().answer(&push.id, Yes::Approve).unwrap();
    watch.turn().await;
    browser.visit("/activity").await.between("/activity/receipt/", "\"").to_owned()
}

fn entries(page: &Answer) -> usize {
    assert_eq!(page.status, 200, "{}", page.body);
    page.body.matches("class=\"entry\"").count()
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let mut lines: Vec<Value> = answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.pop().unwrap();
    assert_eq!((&end["end"]["complete"], &end["end"]["entries"]), (&true.into(), &lines.len().into()));
    lines
}

#[tokio::test]
async fn people_see_only_their_own_entries() {
    let app = TestApp::start().await;
    let (ada, bob, eve) = (app.signed_in("ada").await, app.signed_in("bob").await, app.signed_in("eve").await);
    let (conversation, _) = ada.ask(QUESTION).await;
    let id = approved(&app, &ada).await;
    assert_eq!(refusals(&eve.ask(QUESTION).await.1).len(), 1);

    let own = ada.visit("/activity").await;
    assert_eq!(entries(&own), 2);
    let today = time::OffsetDateTime::now_utc().date();
    for words in [
        "<html lang=\"en\">",
        "<title>Your activity · Countersign</title>",
        "Reset the password of bob@acme.example",
        "Ada Byron",
        "can_reset_password",
        "okta_user:00u2bobcrane0000acme",
        "approved by",
        &format!("/c/{conversation}"),
        &format!("Code {}-{}", &id[..2], &id[2..5]),
        &format!("<time datetime=\"{today}T"),
    ] {
        assert!(own.body.contains(words), "{words}: {}", own.body);
    }
    let (reset, groups) = (own.body.find("Reset the password").unwrap(), own.body.find(&conversation).unwrap());
    assert!(reset < groups, "newest first");
    assert!(!own.body.contains("/activity/all"), "{}", own.body);

    let others = eve.visit("/activity").await;
    assert_eq!(entries(&others), 1);
    assert!(others.body.contains("Refused: denied: read_okta on okta:groups is missing"), "{}", others.body);
    let none = bob.visit("/activity").await;
    assert_eq!(entries(&none), 0);
    assert!(none.body.contains("Nothing from "), "{}", none.body);
    // The filters of an auditor give nobody else access to another person's entries.
    for query in ["?person=auth0|ada", "?person=auth0%7Cada&tool=okta_groups", "?tenant=default&subject=auth0|ada"] {
        assert_eq!(entries(&bob.visit(&format!("/activity{query}")).await), 0, "{query}");
    }
    for (query, many) in [
        ("?from=2020-01-01&to=2020-01-31".to_owned(), 0),
        (format!("?from={today}&to={today}"), 2),
        ("?before=0".to_owned(), 0),
    ] {
        assert_eq!(entries(&ada.visit(&format!("/activity{query}")).await), many, "{query}");
    }
    for query in ["?from=yesterday", "?from=2026-02-02&to=2026-02-01", "?to=2026-02-30", "?before=x", "?to=a&to=b"] {
        assert_eq!(ada.visit(&format!("/activity{query}")).await.status, 422, "{query}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_receipt_can_be_downloaded_and_is_valid() {
    let app = TestApp::start().await;
    let (ada, bob, grace) = (app.signed_in("ada").await, app.signed_in("bob").await, app.signed_in("grace").await);
    let id = approved(&app, &ada).await;
    let path = format!("/activity/receipt/{id}");
    let public = ledger_commands::keys(&app.config, &aws(&app.sandbox).await).await.unwrap().public();
    for (who, browser) in [("its person", &ada), ("an auditor", &grace)] {
        let answer = browser.visit(&path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{who}");
        let name = format!("attachment; filename=\"countersign-receipt-{id}.json\"");
        assert_eq!(
            (answer.header("content-disposition"), answer.header("cache-control")),
            (&*name, "no-store"),
            "{who}"
        );
        let statement = ::ledger::receipt::verify(&answer.body, &public).unwrap().statement;
        assert_eq!(
            (statement.asked.approval.to_string(), statement.on_behalf_of.subject.as_str()),
            (id.clone(), "auth0|ada")
        );
    }
    let foreign = bob.visit(&path).await;
    let absent = bob.visit(&format!("/activity/receipt/{NOBODYS}")).await;
    assert_eq!((foreign.status, &foreign.body), (404, &absent.body), "the two look the same");
    for id in [NOBODYS, "x", "%2e%2e", "0123456789abcdefghjkmnpqrs"] {
        assert_eq!(ada.visit(&format!("/activity/receipt/{id}")).await.status, 404, "{id}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_auditor_sees_and_filters_everybodys_entries() {
    let app = TestApp::start().await;
    let [ada, bob, eve, grace] = [
        app.signed_in("ada").await,
        app.signed_in("bob").await,
        app.signed_in("eve").await,
        app.signed_in("grace").await,
    ];
    ada.ask(QUESTION).await;
    bob.ask(QUESTION).await;
    eve.ask(QUESTION).await;
    approved(&app, &ada).await;
    assert!(grace.visit("/activity").await.body.contains("href=\"/activity/all\""));
    let today = time::OffsetDateTime::now_utc().date();
    for (query, many) in [
        (String::new(), 4),
        ("?person=&tool=&decision=&from=&to=".to_owned(), 4),
        ("?person=auth0%7Cada".to_owned(), 2),
        ("?person=auth0%7Cnobody".to_owned(), 0),
        ("?person=ada+byron".to_owned(), 2),
        ("?person=eve%40acme.example".to_owned(), 1),
        ("?decision=confirmed".to_owned(), 1),
        ("?tool=okta_groups".to_owned(), 3),
        ("?decision=refused".to_owned(), 1),
        ("?decision=allowed".to_owned(), 3),
        ("?person=auth0%7Cada&tool=okta_groups&decision=allowed".to_owned(), 1),
        ("?person=auth0%7Cada&decision=refused".to_owned(), 0),
        (format!("?from={today}&to={today}"), 4),
        ("?to=2020-01-01".to_owned(), 0),
        ("?before=0".to_owned(), 0),
    ] {
        let page = grace.visit(&format!("/activity/all{query}")).await;
        assert_eq!(entries(&page), many, "{query}");
        if !query.contains("before") {
            let export = page.between("href=\"/activity/export?", "\"").replace("&amp;", "&").replace("=csv", "=json");
            let exported = grace.visit(&format!("/activity/export?{export}")).await;
            assert_eq!(lines(&exported).len(), many, "{query}: {export}");
        }
    }
    assert_eq!(grace.visit("/activity/all?decision=maybe").await.status, 422);
    let page = grace.visit("/activity/all").await;
    assert!(page.body.contains("value=\"eve@acme.example\""), "people are offered by address: {}", page.body);
    assert!(page.body.contains("Decisions by day: 3 allowed, 1 refused."), "{}", page.body);
    assert!(page.body.contains("auth0|eve") && !page.body.contains("href=\"/c/"), "{}", page.body);

    let no_auditor = |answer: &Answer| {
        let named = answer.body.contains("<code>auditor</code>") && answer.body.contains("<code>tenant:default</code>");
        assert!(answer.status == 403 && named && !answer.body.contains("auth0|"), "{} {}", answer.status, answer.body);
    };
    for path in ["/activity/all", "/activity/export", "/activity/all?person=auth0%7Cada"] {
        no_auditor(&ada.visit(path).await);
    }
    app.revoke(AUDITOR[0], AUDITOR[1], AUDITOR[2]).await;
    for path in ["/activity/all", "/activity/export"] {
        no_auditor(&grace.visit(path).await);
    }
    app.grant("user:auth0|ada", "auditor", "tenant:other").await;
    no_auditor(&ada.visit("/activity/all").await);
    app.finish().await;
}

#[tokio::test]
async fn the_export_has_one_object_a_line_and_no_secret() {
    let app = TestApp::start().await;
    let (ada, eve, grace) = (app.signed_in("ada").await, app.signed_in("eve").await, app.signed_in("grace").await);
    let (_, events) = ada.ask(QUESTION).await;
    assert!(format!("{events:?}").contains("IT Helpdesk"), "the tool said something");
    eve.ask(QUESTION).await;
    let id = approved(&app, &ada).await;
    let export = grace.visit("/activity/export").await;
    assert_eq!(export.header("content-type"), "application/x-ndjson");
    assert!(export.header("content-disposition").starts_with("attachment; filename=\"countersign-activity-"));
    let lines = lines(&export);
    let told = |name: &str| lines.iter().map(|line| line.pointer(name).cloned().unwrap()).collect::<Vec<_>>();
    assert_eq!(told("/on_behalf_of/subject"), ["auth0|ada", "auth0|eve", "auth0|ada"]);
    assert_eq!(told("/decision"), ["allowed", "refused", "allowed"]);
    assert_eq!(told("/relation"), ["can_reset_password", "read_okta", "read_okta"]);
    let (approval, ending) = (&lines[0]["approval"], &lines[0]["ending"]);
    assert_eq!((&approval["id"], &approval["given"][0]["by"]["subject"]), (&id.into(), &"auth0|ada".into()));
    assert_eq!((&ending["outcome"], &lines[1]["ending"]), (&"done".into(), &Value::Null));

    let mut pages = vec![export];
    for (browser, path) in [(&ada, "/activity"), (&eve, "/activity"), (&grace, "/activity/all")] {
        pages.push(browser.visit(path).await);
    }
    pages.push(
        ada.visit(&format!("/activity/receipt/{}", ada.visit("/activity").await.between("/activity/receipt/", "\"")))
            .await,
    );
    for page in pages {
        assert_eq!(leaks(page.body.as_bytes()), None, "{}", page.url);
        for secret in ["heliotrope", "IT Helpdesk", "eyJ", "Bearer"] {
            assert!(!page.body.contains(secret), "no prompt, tool body or token: {secret} in {}", page.url);
        }
    }
    app.finish().await;
}

/// A service that does not answer is neither a permission nor an empty list.
#[tokio::test]
async fn a_ledger_or_permission_service_that_does_not_answer_is_not_now() {
    let app = TestApp::start().await;
    let (ada, grace) = (app.signed_in("ada").await, app.signed_in("grace").await);
    ada.ask(QUESTION).await;
    let id = approved(&app, &ada).await;
    let receipt = format!("/activity/receipt/{id}");
    for fault in [Fault::Refuse, Fault::Malformed, Fault::Lost] {
        app.sandbox.faults().set("fga", Some(fault.clone()), Times::Always);
        for (path, status) in [("/activity/all", 503), ("/activity/export", 503), (&*receipt, 503), ("/activity", 200)]
        {
            let answer = grace.visit(path).await;
            assert_eq!(answer.status, status, "{fault:?} {path}: {}", answer.body);
            assert!(!answer.body.contains("auth0|ada"), "{}", answer.body);
        }
        assert_eq!(ada.visit(&receipt).await.status, 200, "a person's own receipt needs no auditor");
        app.sandbox.faults().clear();
        assert_eq!(entries(&grace.visit("/activity/all").await), 2, "after {fault:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_signed_out_person_is_sent_to_the_sign_in_and_back() {
    let app = TestApp::start().await;
    for (path, back) in [
        ("/activity", "/activity"),
        ("/activity?from=2026-01-01", "/activity"),
        ("/activity/all?person=x", "/activity/all"),
        ("/activity/export", "/activity/all"),
        ("/activity/receipt/0123456789ABCDEFGHJKMNPQRS", "/activity"),
    ] {
        let browser = app.browser();
        let page = browser.visit(path).await;
        assert_eq!(page.status, 401, "{path}");
        let login = format!("/auth/login?return_to={}", page.between("/auth/login?return_to=", "\""));
        let callback = browser.callback("grace", &login).await;
        let there = browser.follow(callback.as_str()).await;
        assert_eq!((there.status, there.url.path()), (200, back), "{path}");
    }
    app.finish().await;
}

/// The filter values come back in the form as text, not as markup.
#[tokio::test]
async fn the_values_of_a_filter_are_shown_as_text() {
    let app = TestApp::start().await;
    let grace = app.signed_in("grace").await;
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%27";
    let page = grace.visit(&format!("/activity/all?person={hostile}&tool={hostile}")).await;
    assert_eq!(entries(&page), 0);
    assert!(page.body.contains("&quot;&gt;&lt;script&gt;") && !page.body.contains("<script>"), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    for mark in [" style=\"", " onclick=", "src=\"http", "href=\"http", "href=\"//"] {
        assert!(!page.body.contains(mark), "{mark}: {}", page.body);
    }
    app.finish().await;
}

#[tokio::test]
async fn the_account_menu_leads_to_the_activity() {
    let app = TestApp::start().await;
    let page = app.signed_in("ada").await.visit("/").await;
    assert!(page.body.contains("href=\"/activity\""), "{}", page.body);
    app.finish().await;
}

#[tokio::test]
async fn an_entry_has_a_page_for_its_person_and_for_auditors() {
    let app = TestApp::start().await;
    let (ada, bob, grace) = (app.signed_in("ada").await, app.signed_in("bob").await, app.signed_in("grace").await);
    let id = approved(&app, &ada).await;
    let list = ada.visit("/activity").await;
    let today = time::OffsetDateTime::now_utc().date();
    let path = format!("/activity/{today}-{}", list.between(&format!("href=\"/activity/{today}-"), "\""));
    let receipt = format!("/activity/receipt/{id}");
    for (who, browser, conversation) in [("its person", &ada, true), ("an auditor", &grace, false)] {
        let page = browser.visit(&path).await;
        assert_eq!(page.status, 200, "{who}: {}", page.body);
        for words in [
            "Reset the password of bob@acme.example",
            "Ada Byron",
            "ada@acme.example",
            "approved by auth0|ada on the phone",
            "can_reset_password",
            &receipt,
            "ledger#default#",
            "How to verify",
            "countersign receipt verify FILE --key KEY",
        ] {
            assert!(page.body.contains(words), "{who}: {words}: {}", page.body);
        }
        assert_eq!(page.body.contains("Open the conversation"), conversation, "{who}");
        let hash = page.between("<dt>Hash</dt><dd><code>", "</code>");
        assert!(browser.visit(&receipt).await.body.contains(hash), "the receipt holds the record of this hash");
        assert_eq!(leaks(page.body.as_bytes()), None);
    }
    let foreign = bob.visit(&path).await;
    let absent = bob.visit(&format!("/activity/{today}-0-999999")).await;
    assert_eq!((foreign.status, absent.status), (404, 404), "somebody else's entry looks like a missing one");
    let text = |page: &Answer| page.between("<main", "</main>").to_owned();
    assert_eq!(text(&foreign), text(&absent));
    for id in ["x", "2026-13-01-0-1", "2026-11-28-0", "ledger%23default%232026-11-28%230%20000000000001"] {
        assert_eq!(ada.visit(&format!("/activity/{id}")).await.status, 404, "{id}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_person_saves_few_filters_that_nobody_else_sees() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    ada.ask(QUESTION).await;
    let save = async |name: &str, query: &str| {
        let fields = [("whose", "own"), ("name", name), ("query", query)];
        ada.submit("/activity", "/activity/filters/save", &fields).await
    };
    let saved = save("My <b>refusals", "decision=refused&x=y").await;
    assert_eq!(saved.location().query(), Some("decision=refused"), "only what a filter can hold is kept");
    let page = ada.visit("/activity").await;
    assert!(page.body.contains("My &lt;b&gt;refusals") && !page.body.contains("<b>refusals"), "{}", page.body);
    assert_eq!(entries(&ada.visit("/activity?decision=refused").await), 0);
    assert!(!bob.visit("/activity").await.body.contains("refusals"));
    for (name, query) in [("", ""), (&*"x".repeat(41), ""), ("bad", "decision=maybe"), ("bad", "from=x")] {
        assert_eq!(save(name, query).await.status, 422, "{name} {query}");
    }
    let long = save("long", &format!("tool={}", "x".repeat(1_000))).await;
    assert!(long.status == 422 && long.body.contains("This filter is too long to be saved."), "{}", long.body);
    for number in 0..9 {
        assert_eq!(save(&format!("filter {number}"), "").await.status, 303);
    }
    assert_eq!(save("one more", "").await.status, 422);
    assert_eq!(save("filter 3", "tool=okta_groups").await.status, 303, "a filter of the same name is replaced");
    let table = app.table("Scan", serde_json::json!({ "TableName": "countersign" })).await.to_string();
    assert!(table.contains("activity_filters") && !table.contains("refusals"), "the record is encrypted");
    let fields = [("whose", "own"), ("name", "My <b>refusals")];
    ada.submit("/activity", "/activity/filters/remove", &fields).await;
    assert!(!ada.visit("/activity").await.body.contains("refusals"));
    app.finish().await;
}

#[tokio::test]
async fn the_csv_export_says_that_it_is_complete() {
    let app = TestApp::start().await;
    let (ada, grace) = (app.signed_in("ada").await, app.signed_in("grace").await);
    approved(&app, &ada).await;
    let export = grace.visit("/activity/export?form=csv").await;
    assert_eq!((export.status, export.header("content-type")), (200, "text/csv; charset=utf-8"));
    let lines: Vec<&str> = export.body.lines().collect();
    assert_eq!(lines.len(), 3, "{}", export.body);
    assert!(lines[0].starts_with("\"entry\",\"at\""), "{}", lines[0]);
    assert!(lines[1].contains("\"Ada Byron\",\"ada@acme.example\"") && lines[1].contains("\"ciba auth0|ada\""));
    assert!(lines[2].starts_with("\"end\",\"complete\",\"1 entries\""), "{}", lines[2]);
    assert_eq!(leaks(export.body.as_bytes()), None);
    assert_eq!(grace.visit("/activity/export?form=xml").await.status, 422);
    app.finish().await;
}
