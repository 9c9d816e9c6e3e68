//! Okta by the vault of our own, in the place of the identity provider's connection: the sandbox's authorization server gives its
//! tokens. The person must sign in again for each consent.

use super::leads_to;
use crate::world::browser::Browser;
use crate::world::frames::{began, said};
use crate::world::{Custom, TestApp};
use app::wire::Event;
use reqwest::Url;
use sandbox::Sandbox;

const QUESTION: &str = "What are my Okta groups?";

fn okta(sandbox: &Sandbox) -> String {
    let (issuer, variable) = (sandbox.issuer(), |name| sandbox.variable(name).unwrap());
    format!(
        "[okta]\nclient_id = \"{}\"\nclient_auth = \"post\"\nsecret_env = \"OIDC_CLIENT_SECRET\"\n\
         authorization_url = \"{issuer}authorize\"\ntoken_url = \"{issuer}oauth/token\"\n\
         revoke_url = \"{issuer}oauth/revoke\"\nissuer = \"{issuer}\"\nforce_authentication = true\n\
         parameters = {{ audience = \"{}\" }}\n",
        variable("OIDC_CLIENT_ID"),
        variable("OKTA_AUDIENCE"),
    )
}

impl Browser {
    /// Signs in again where the page leads; stops before the way back.
    async fn sign_in_again(&self, page: &Url, who: &str) -> Url {
        let mut shown = self.visit(page.as_str()).await;
        while (300..400).contains(&shown.status) {
            shown = self.visit(shown.location().as_str()).await;
        }
        assert_eq!(shown.status, 200, "the provider asks, though the person is signed in there: {}", shown.body);
        let state = shown.between("name=\"state\" value=\"", "\"");
        let form = shown.url.join("/u/login").unwrap();
        let fields = [("state", state), ("sub", &format!("auth0|{who}"))];
        self.post_to(form.as_str(), &fields).await.location()
    }
}

#[tokio::test]
async fn okta_in_the_file_replaces_the_connection_and_asks_for_a_fresh_sign_in() {
    let app = TestApp::with(Custom { providers: okta, ..Custom::default() }).await;
    let bob = app.signed_in("bob").await;
    let posted = bob.begin(QUESTION).await.unwrap();
    let mut watch = bob.watch(&posted.conversation, 0).await;
    // His connection at the identity provider is there, and counts for nothing.
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    let call = events.iter().find_map(|event| match event {
        Event::AccountWanted { call, .. } => Some(call.clone()),
        _ => None,
    });
    let fields = [("conversation", posted.conversation.as_str()), ("call", call.as_deref().unwrap())];
    let page = leads_to(&bob.submit(&format!("/c/{}", posted.conversation), "/connect", &fields).await);
    assert!(page.query_pairs().any(|(name, value)| name == "prompt" && value == "login"), "{page}");
    let callback = bob.sign_in_again(&page, "bob").await;
    assert_eq!(bob.visit(callback.as_str()).await.location().path(), format!("/c/{}", posted.conversation));
    let events = watch.turn().await;
    assert!(began(&events) && said(&events).contains("Finance"), "{events:?}");
    let gone = bob.submit("/connections", "/connections/disconnect", &[("id", "own:okta")]).await;
    assert_eq!(gone.location().path(), "/connections", "the refresh token was revoked (RFC 7009)");
    app.finish().await;
}
