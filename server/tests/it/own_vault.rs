//! GitHub by the vault of our own: wanted in the middle of a call, connected by the person alone, sealed in the table, and gone
//! when they, GitHub or the operator say so.

mod attacks;
mod disconnecting;
mod keepers;
mod keys;
mod less;
mod okta;
mod whose;

use crate::accounts::{not_connected, wanted};
use crate::world::browser::{Answer, Browser};
use crate::world::frames::{Watch, began, end, refusals, said};
use crate::world::{Custom, TestApp};
use app::wire::{Event, Refusal, TurnEnd};
use reqwest::Url;
use sandbox::cloud::{Fault, Times};

pub(crate) const QUESTION: &str = "List my repositories";

/// Bob's account at GitHub, and Ada's.
pub(crate) const BOB: u64 = 58_003;
pub(crate) const ADA: u64 = 58_001;

/// The address that a page leads to at once.
pub(crate) fn leads_to(page: &Answer) -> Url {
    assert_eq!(page.status, 200, "{}", page.body);
    Url::parse(&page.between("content=\"0;url=", "\"").replace("&amp;", "&")).unwrap()
}

impl Browser {
    /// Answers GitHub's question, and stops before the way back. Account 0 is a no.
    pub(crate) async fn answer_github(&self, page: &Url, account: u64) -> Url {
        let shown = self.visit(page.as_str()).await;
        let request = shown.between("name=\"request\" value=\"", "\"").to_owned();
        let mut target = page.clone();
        target.set_query(None);
        let account = account.to_string();
        let mut form = vec![("request", request.as_str())];
        form.extend((account != "0").then_some(("account", account.as_str())));
        self.post_to(target.as_str(), &form).await.location()
    }

    /// Begins to connect GitHub on the page of connections; where GitHub asks.
    pub(crate) async fn begin_github(&self) -> Url {
        leads_to(&self.submit("/connections", "/connections/connect", &[("provider", "github")]).await)
    }

    /// Connects GitHub on the page of connections.
    pub(crate) async fn connect_github(&self, account: u64) {
        let page = self.begin_github().await;
        let callback = self.answer_github(&page, account).await;
        assert_eq!(self.visit(callback.as_str()).await.location().path(), "/connections");
    }

    /// Asks for repositories until GitHub is wanted: the conversation, its stream, and the call.
    pub(crate) async fn want_github(&self) -> (String, Watch, String) {
        let posted = self.begin(QUESTION).await.unwrap();
        let mut watch = self.watch(&posted.conversation, 0).await;
        let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
        let (call, label, scopes) = wanted(&events);
        assert_eq!((label.as_str(), scopes), ("Connect GitHub", vec!["repo".to_owned()]), "{events:?}");
        assert!(!began(&events), "{events:?}");
        (posted.conversation, watch, call)
    }

    /// Returns whether the answer holds data that this account alone has.
    async fn lists(&self, repository: &str) -> bool {
        let (_, events) = self.ask(QUESTION).await;
        assert!(began(&events) && end(&events) == TurnEnd::Done, "{events:?}");
        said(&events).contains(repository)
    }
}

#[tokio::test]
async fn connecting_github_continues_the_same_turn_and_disconnecting_asks_again() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    let (conversation, mut watch, call) = bob.want_github().await;
    let page = bob.visit(&format!("/c/{conversation}")).await.body;
    assert!(page.contains("Connect GitHub") && page.contains("repo"), "{page}");
    let fields = [("conversation", conversation.as_str()), ("call", call.as_str())];
    let leading = bob.submit(&format!("/c/{conversation}"), "/connect", &fields).await;
    assert!(leading.body.contains("what Countersign may access at GitHub"), "{}", leading.body);
    let callback = bob.answer_github(&leads_to(&leading), BOB).await;
    let back = bob.visit(callback.as_str()).await;
    assert_eq!(back.location().path(), format!("/c/{conversation}"));
    let events = watch.turn().await;
    assert!(began(&events) && end(&events) == TurnEnd::Done, "{events:?}");
    assert!(
        said(&events).contains("bobcrane/bobcrane-vault-01"),
        "private repositories are listed too: {}",
        said(&events)
    );
    assert!(bob.lists("bobcrane/bobcrane-notes-01").await, "the account stays connected");

    let page = bob.visit("/connections").await;
    assert!(page.body.contains("Disconnect GitHub now") && page.body.contains("list repositories"), "{}", page.body);
    let gone = bob.submit("/connections", "/connections/disconnect", &[("id", "own:github")]).await;
    assert_eq!(gone.location().path(), "/connections");
    assert_eq!(app.sandbox.github().pairs_of(BOB), 0, "the tokens are revoked at GitHub");
    let (conversation, mut watch, call) = bob.want_github().await;
    bob.cancel(&conversation, &call).await.unwrap();
    let events = watch.turn().await;
    assert_eq!(refusals(&events), [not_connected("GitHub")]);
    app.finish().await;
}

#[tokio::test]
async fn without_the_permission_the_account_is_not_asked_for() {
    let app = TestApp::start().await;
    let (eve, bob) = (app.signed_in("eve").await, app.signed_in("bob").await);
    let denied = Refusal::Denied { relation: "read_github".to_owned(), object: "github:repositories".to_owned() };
    assert_eq!(refusals(&eve.ask(QUESTION).await.1), [denied]);
    bob.connect_github(BOB).await;
    assert!(bob.lists("bobcrane/bobcrane-notes-01").await);
    app.revoke("group:everyone#member", "read_github", "github:repositories").await;
    assert!(!began(&bob.ask(QUESTION).await.1), "a connected account is no permission");
    app.finish().await;
}

#[tokio::test]
async fn an_account_that_github_revokes_must_be_reconnected_and_a_rate_limit_is_not_now() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    bob.connect_github(BOB).await;
    assert!(bob.lists("bobcrane/bobcrane-notes-01").await);
    app.sandbox.github().revoke_all_of(BOB);
    let (_, events) = bob.ask(QUESTION).await;
    let failed = |events: &[Event]| {
        let reason = events.iter().find_map(|event| match event {
            Event::CallFailed { reason, .. } => Some(reason.clone()),
            _ => None,
        });
        reason.unwrap_or_else(|| panic!("{events:?}"))
    };
    assert!(failed(&events).contains("you are asked then"), "{events:?}");
    // Once more, and the card is there.
    let (conversation, mut watch, call) = bob.want_github().await;
    let fields = [("conversation", conversation.as_str()), ("call", call.as_str())];
    let leading = bob.submit(&format!("/c/{conversation}"), "/connect", &fields).await;
    let callback = bob.answer_github(&leads_to(&leading), BOB).await;
    bob.visit(callback.as_str()).await;
    assert!(began(&watch.turn().await));
    app.sandbox.github().set_requests_per_hour(1);
    let (_, events) = bob.ask(QUESTION).await;
    assert_eq!(failed(&events), "GitHub is not available right now. Nothing was done.");
    app.sandbox.github().set_requests_per_hour(5_000);
    app.sandbox.faults().set("github", Some(Fault::Refuse), Times::Always);
    assert_eq!(failed(&bob.ask(QUESTION).await.1), "GitHub is not available right now. Nothing was done.");
    app.sandbox.faults().clear();
    assert!(bob.lists("bobcrane/bobcrane-notes-01").await);
    app.finish().await;
}

#[tokio::test]
async fn a_denial_an_outage_and_an_incomplete_disconnect_at_github_are_reported() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    let page = bob.begin_github().await;
    let no = bob.answer_github(&page, 0).await;
    let said = bob.visit(no.as_str()).await;
    assert_eq!(said.status, 403);
    assert!(said.body.contains("cancelled or not allowed"), "{}", said.body);
    let page = bob.begin_github().await;
    let yes = bob.answer_github(&page, BOB).await;
    app.sandbox.faults().set("github", Some(Fault::Refuse), Times::Always);
    let said = bob.visit(yes.as_str()).await;
    assert_eq!(said.status, 503);
    assert!(said.body.contains("GitHub"), "{}", said.body);
    app.sandbox.faults().clear();
    bob.connect_github(BOB).await;
    app.sandbox.faults().set("github", Some(Fault::Refuse), Times::Always);
    let gone = bob.submit("/connections", "/connections/disconnect", &[("id", "own:github")]).await;
    assert_eq!(gone.status, 200);
    assert!(gone.body.contains("disconnected here") && gone.body.contains("could not be notified"), "{}", gone.body);
    app.sandbox.faults().clear();
    let (conversation, _, _) = bob.want_github().await;
    bob.stop(&conversation).await.unwrap();
    app.finish().await;
}

/// The same tool by the identity provider's token vault, when the file of providers does not name GitHub.
#[tokio::test]
async fn github_by_the_identity_providers_token_vault_works_the_same() {
    let app = TestApp::with(Custom { env: vec![("PROVIDERS_FILE", String::new())], ..Custom::default() }).await;
    let bob = app.signed_in("bob").await;
    let (conversation, mut watch, call) = bob.want_github().await;
    let fields = [("conversation", conversation.as_str()), ("call", call.as_str())];
    let leading = bob.submit(&format!("/c/{conversation}"), "/connect", &fields).await;
    let callback = bob.consent(&leads_to(&leading), "allow").await;
    bob.visit(callback.as_str()).await;
    let events = watch.turn().await;
    assert!(said(&events).contains("bobcrane/bobcrane-vault-01"), "{}", said(&events));
    let env = vec![("PROVIDERS_FILE", String::new()), ("GITHUB_CONNECTION", String::new())];
    app.finish().await;
    let app = TestApp::with(Custom { env, ..Custom::default() }).await;
    let (_, events) = app.signed_in("bob").await.ask(QUESTION).await;
    assert!(
        !events.iter().any(|event| matches!(event, Event::CallProposed { .. })),
        "there is no such tool: {events:?}"
    );
    app.finish().await;
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    // Thirty-five of them: more than a page of GitHub's own choice holds.
    ada.connect_github(58_002).await;
    assert!(ada.lists("acme-ops/acme-ops-vault-02").await);
    app.finish().await;
}
