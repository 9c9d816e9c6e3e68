//! The frame around every page: the navigation, the reader's time zone, and the person to whom a page belongs.

use crate::world::TestApp;
use app::wire::{ApiError, OWNER_HEADER};
use axum::http::Method;

const PAGES: [&str; 7] =
    ["/conversations", "/help", "/inbox", "/permissions", "/activity", "/connections", "/passkeys"];

#[tokio::test]
async fn every_page_of_the_navigation_is_in_the_frame_and_only_for_signed_in_people() {
    let app = TestApp::start().await;
    let (ada, nobody) = (app.signed_in("ada").await, app.browser());
    for path in PAGES {
        let page = ada.visit(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        for words in ["Skip to content", "New conversation", "href=\"/inbox\"", "Ada Byron", "Sign out"] {
            assert!(page.body.contains(words), "{path} lacks {words}: {}", page.body);
        }
        assert!(
            page.body.contains(&format!("href=\"{path}\" aria-current=\"page\"")) || path == "/conversations",
            "{path}"
        );
        let page = nobody.visit(path).await;
        assert_eq!(page.status, 401, "{path}");
        assert!(page.body.contains(&format!("/auth/login?return_to={path}\"")), "{path}: {}", page.body);
        assert!(!page.body.contains("Sign out"), "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn links_to_pages_of_a_role_are_shown_to_its_holders() {
    let app = TestApp::start().await;
    let (ada, grace) = (app.signed_in("ada").await, app.signed_in("grace").await);
    for (who, browser, audit, tools) in [("ada", &ada, false, true), ("grace", &grace, true, false)] {
        let page = browser.visit("/").await;
        assert_eq!(page.body.contains("href=\"/activity/all\""), audit, "{who}");
        assert_eq!(page.body.contains("href=\"/tools\""), tools, "{who}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_page_of_somebody_else_posts_nothing() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let [of_ada, of_bob] = [ada.load(None).await.unwrap().talk, bob.load(None).await.unwrap().talk];
    assert_ne!(of_ada.owner, of_bob.owner);
    let fields = [("conversation", &*of_bob.fresh), ("text", "hello"), ("client_id", &*of_bob.client_id)];
    let post = |owner: &str| {
        let request = bob.ours(bob.request(Method::POST, "/api/chat/start")).header("accept", "application/json");
        request.header(OWNER_HEADER, owner).form(&fields)
    };
    let refused = bob.send(post(&of_ada.owner)).await.value::<()>().unwrap_err();
    assert_eq!((refused.status, refused.error), (403, ApiError::OtherPerson));
    let form = bob.submit("/", &format!("/api/chat/start?owner={}", of_ada.owner), &fields).await;
    assert_eq!(form.status, 403, "a form without script is refused as well: {}", form.body);
    assert!(bob.load(None).await.unwrap().rail.heads.is_empty(), "nothing was posted");
    assert_eq!(bob.send(post(&of_bob.owner)).await.status, 200);
    app.finish().await;
}
