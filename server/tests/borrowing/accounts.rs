//! Connecting, listing and deleting accounts.

use crate::world::{Adapters, CALLBACK, World, adapters, person, sent};
use agent::fakes::MemoryRecords;
use agent::ports::Unavailable;
use async_trait::async_trait;
use credentials::AccountIdentity;
use credentials::accounts::{AccountError, AccountManager, Answer, ConnectionRecord, Owner};
use credentials::auth0::my_account::ConnectRequest;
use credentials::auth0::{AccountOwners, PendingConnection, SubjectTokens, TokenVaultAccounts};
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Alteration, Tamper};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const OKTA: &str = "Okta-OIDC";
const READ: &str = "okta.users.read";
const BOBS: &str = "00u2bobcrane0000acme";

/// Consents on the page as Bob's account, and returns the `connect_code` of the callback.
async fn allowed(world: &World, page: &reqwest::Url) -> String {
    sent(&world.answer(page, "allow", BOBS).await, "connect_code").unwrap()
}

#[tokio::test]
async fn an_account_is_connected_listed_and_taken_away() {
    let world = World::new().await;
    let bob = world.person("bob").await;
    assert_eq!(world.accounts.list(&bob, None).await.unwrap(), []);
    let (page, connecting) = world.begin(&bob, OKTA, &[READ, "okta.groups.read"]).await.unwrap();
    assert!(page.as_str().starts_with(&format!("{}connected-accounts/connect?ticket=", world.variable("OIDC_ISSUER"))));
    // Sessions store the pending connection as JSON.
    let kept = serde_json::to_string(&connecting).unwrap();
    assert_eq!(format!("{connecting:?}"), "PendingConnection { .. }");
    let connecting: PendingConnection = serde_json::from_str(&kept).unwrap();
    let back = world.answer(&page, "allow", BOBS).await;
    assert_eq!(sent(&back, "state").as_deref(), Some("s&1"));
    let code = sent(&back, "connect_code").unwrap();
    let account = world.accounts.complete(&bob, connecting.clone(), &code).await.unwrap().unwrap();
    assert_eq!(
        (account.connection.as_str(), account.scopes.as_slice()),
        (OKTA, &[READ.to_owned(), "okta.groups.read".to_owned()][..])
    );
    let again = world.accounts.complete(&bob, connecting, &code).await.unwrap();
    assert_eq!(again, None, "it was already completed");

    assert_eq!(world.accounts.list(&bob, None).await.unwrap(), std::slice::from_ref(&account));
    assert_eq!(world.accounts.list(&bob, Some(OKTA)).await.unwrap().len(), 1);
    assert_eq!(world.accounts.list(&bob, Some("github")).await.unwrap(), []);
    let eve = world.person("eve").await;
    assert_eq!(world.accounts.list(&eve, None).await.unwrap(), []);
    world.accounts.delete(&eve, &account.id).await.unwrap();
    assert_eq!(world.accounts.list(&bob, None).await.unwrap().len(), 1, "other people's accounts are not listed");
    for _ in 0..2 {
        world.accounts.delete(&bob, &account.id).await.unwrap();
    }
    assert_eq!(world.accounts.list(&bob, None).await.unwrap(), []);
    assert_eq!(world.sins(), [""; 0]);
}

#[tokio::test]
async fn an_invalid_id_never_gets_into_an_address() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    for id in ["", "cac_", "cac_../accounts", "cac_a/b", "cac_a?b", "x", "../connect"] {
        let fault = world.accounts.delete(&ada, id).await.unwrap_err();
        assert!(matches!(fault, AccountError::Refused(_)), "{id}: {fault}");
    }
    assert_eq!((world.accounts.list(&ada, None).await.unwrap().len(), world.sins()), (1, vec![]));
}

#[tokio::test]
async fn a_request_that_the_provider_refuses_fails_with_its_reason() {
    let world = World::new().await;
    let bob = world.person("bob").await;
    let scopes = [READ.to_owned()];
    let good = ConnectRequest { connection: OKTA, scopes: &scopes, redirect_uri: CALLBACK, state: "s" };
    let rows = [
        (ConnectRequest { connection: "no-such-connection", ..good }, "refused: status 400 Invalid Request"),
        (ConnectRequest { connection: "", ..good }, "refused: status 400 Invalid Request (connection)"),
        (
            ConnectRequest { redirect_uri: "https://evil.example/", ..good },
            "refused: status 400 Invalid Request (redirect_uri)",
        ),
        (ConnectRequest { state: "", ..good }, "refused: status 400 Invalid Request (state)"),
    ];
    for (wish, expected) in rows {
        assert_eq!(world.accounts.begin(&bob, wish).await.unwrap_err().to_string(), expected, "{wish:?}");
    }
    let (page, _) = world.begin(&bob, OKTA, &[READ]).await.unwrap();
    let back = world.answer(&page, "deny", BOBS).await;
    assert_eq!((sent(&back, "error").as_deref(), sent(&back, "connect_code")), (Some("access_denied"), None));
}

#[tokio::test]
async fn an_incomplete_or_late_connection_is_refused() {
    let world = World::new().await;
    let (bob, eve) = (world.person("bob").await, world.person("eve").await);
    let refused = |fault: AccountError| assert!(matches!(fault, AccountError::Refused(_)), "{fault}");
    let (page, connecting) = world.begin(&bob, OKTA, &[READ]).await.unwrap();
    refused(world.accounts.complete(&bob, connecting.clone(), "cc_guess").await.unwrap_err());
    let code = allowed(&world, &page).await;
    refused(world.accounts.complete(&eve, connecting.clone(), &code).await.unwrap_err());
    // The code of one attempt does not complete another.
    let (_, other) = world.begin(&bob, OKTA, &[READ]).await.unwrap();
    refused(world.accounts.complete(&bob, other, &code).await.unwrap_err());
    let mut spoilt = serde_json::to_value(&connecting).unwrap();
    spoilt["verifier"] = json!("x".repeat(43));
    refused(world.accounts.complete(&bob, serde_json::from_value(spoilt).unwrap(), &code).await.unwrap_err());
    refused(world.accounts.complete(&bob, connecting, &code).await.unwrap_err());
    let (page, late) = world.begin(&bob, OKTA, &[READ]).await.unwrap();
    let code = allowed(&world, &page).await;
    world.sandbox.clock().advance(300);
    refused(world.accounts.complete(&bob, late, &code).await.unwrap_err());
    assert_eq!((world.accounts.list(&bob, None).await.unwrap(), world.sins()), (vec![], vec![]));
}

#[tokio::test]
async fn a_token_that_does_not_match_the_request_is_not_used() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    let issuer = world.variable("OIDC_ISSUER");
    let another = "access token: it is for another API; the client's refresh-token policy must name this audience";
    let fewer = "access token: the client or the person is not allowed to have create:me:connected_accounts \
                 delete:me:connected_accounts";
    let rows = [
        (Alteration::AccessTokenClaim("aud", json!("https://api.acme.example")), another),
        (Alteration::AccessTokenClaim("aud", json!(["https://api.acme.example", format!("{issuer}me/")])), another),
        (Alteration::AccessTokenClaim("sub", json!("auth0|bob")), "access token: it belongs to another person"),
        (Alteration::AccessTokenClaim("scope", json!("read:me:connected_accounts")), fewer),
        (Alteration::Garbage, "the answer cannot be read"),
    ];
    for (lie, expected) in rows {
        world.sandbox.provider().tamper(Tamper::Once(lie.clone()));
        let AccountError::Unavailable(fault) = world.accounts.list(&ada, None).await.unwrap_err() else {
            panic!("{lie:?}")
        };
        assert_eq!(fault.cause, expected, "{lie:?}");
    }
    let both = json!([format!("{issuer}me/"), format!("{issuer}userinfo")]);
    world.sandbox.provider().tamper(Tamper::Once(Alteration::AccessTokenClaim("aud", both)));
    let mine_and_userinfo = world.accounts.list(&ada, None).await;
    assert!(mine_and_userinfo.is_ok(), "Auth0 adds its own: {mine_and_userinfo:?}");
    let grace = world.person("grace").await;
    world.sandbox.provider().revoke_refresh_tokens_of("auth0|grace");
    for nobody in [grace, person("eve")] {
        let fault = world.accounts.list(&nobody, None).await.unwrap_err();
        assert!(matches!(fault, AccountError::SignInAgain), "{fault}");
    }
    assert_eq!(world.sins(), [""; 0]);
}

#[tokio::test]
async fn an_expired_token_and_a_silent_provider_are_distinguished() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    assert!(world.accounts.list(&ada, None).await.is_ok(), "there is a token now");
    for fault in [Fault::Refuse, Fault::Lost, Fault::Malformed] {
        world.sandbox.faults().set("identity", Some(fault.clone()), Times::Next(1));
        let shown = world.accounts.list(&ada, None).await.unwrap_err();
        assert!(
            matches!(shown, AccountError::Unavailable(_)) && !shown.to_string().contains("http:"),
            "{fault:?}: {shown}"
        );
    }
    world.sandbox.clock().advance(86_400);
    let over = world.accounts.list(&ada, None).await.unwrap_err();
    assert!(matches!(over, AccountError::SignInAgain), "{over}");
    assert!(world.accounts.list(&ada, None).await.is_ok(), "a rejected token is not used again");
}

#[tokio::test]
async fn a_connection_with_permissions_instead_of_scopes_requests_no_scopes() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    // Auth0 rejects an empty list of scopes, so the request must omit it.
    world.connect(&ada, "github", &[], "58001").await;
    let listed = world.accounts.list(&ada, Some("github")).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(world.sins(), [""; 0]);
}

/// A record of connections that is down, or notes what it is told.
struct Record {
    is_down: bool,
    told: Mutex<Vec<String>>,
}

impl Record {
    fn note(&self, what: String) -> Result<(), Unavailable> {
        if self.is_down {
            return Err(Unavailable::new("the ledger", "down"));
        }
        self.told.lock().unwrap().push(what);
        Ok(())
    }
}

#[async_trait]
impl ConnectionRecord for Record {
    async fn open(&self, owner: Owner<'_>) -> Result<(), Unavailable> {
        self.note(format!("{owner:?}"))
    }

    async fn name(&self, owner: &AccountIdentity) -> Result<(), Unavailable> {
        self.note(owner.name.clone())
    }
}

/// Without the ledger nothing is done at Auth0: there is no account to take back, which could fail as well.
#[tokio::test]
async fn a_connection_that_cannot_be_recorded_is_not_completed_at_auth0() {
    let world = World::new().await;
    let bob = world.person("bob").await;
    let Adapters { accounts, .. } = adapters(world.variable("OIDC_ISSUER"), &world.sandbox, world.sign_ins.clone());
    let owners = AccountOwners {
        endpoints: HashMap::new(),
        records: Arc::new(MemoryRecords::default()),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    };
    let manager = TokenVaultAccounts {
        api: accounts,
        vault: Arc::new(world.people(SubjectTokens::Refresh(world.sign_ins.clone()))),
        repeated: HashMap::new(),
        callback: CALLBACK.parse().unwrap(),
        owners,
    };
    let (page, begun) = manager.begin(&bob, "okta", &[READ.to_owned()], "s").await.unwrap();
    let answer = Answer { connect_code: Some(allowed(&world, &page).await), ..Answer::default() };
    let record = |is_down| Record { is_down, told: Mutex::default() };
    let refused = manager.complete(&bob, "okta", begun.clone(), answer.clone(), &record(true)).await;
    assert!(matches!(refused, Err(AccountError::Unavailable(_))), "{refused:?}");
    assert_eq!(world.accounts.list(&bob, None).await.unwrap(), []);
    // The code is unused, so nothing was completed and deleted again.
    let up = record(false);
    manager.complete(&bob, "okta", begun, answer, &up).await.unwrap();
    assert_eq!(world.accounts.list(&bob, None).await.unwrap().len(), 1);
    assert_eq!(*up.told.lock().unwrap(), ["Later"]);
}
