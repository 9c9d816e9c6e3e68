//! Renewal: once for all callers, before expiry, with the new tokens stored before use. An invalid grant is
//! distinguished from an outage.

use crate::between::Between;
use crate::world::{ADA, LIFE, Shaky, World, lend, person, scopes};
use agent::Actor;
use agent::ports::CredentialProvider;
use axum::http::StatusCode;
use credentials::accounts::AccountManager;
use credentials::local::{Expected, LocalVault, Store, Written};
use futures::FutureExt;
use sandbox::cloud::{Fault, Times};
use std::sync::atomic::Ordering;
use tokio::task::JoinHandle;

const NOT_CONNECTED: &str = "account not connected";

/// GitHub rejects a refresh token that is used twice.
#[tokio::test]
async fn attack_13_two_instances_and_many_callers_renew_once() {
    let world = World::new().await;
    let (one, other) = (world.vault("").await, world.vault("").await);
    let ada = person("ada");
    world.connect(&one, &ada, ADA).await;
    let first = lend(&one, &ada).await.unwrap();
    assert_eq!(lend(&other, &ada).await.unwrap(), first, "both instances give out the stored token");
    world.pass(LIFE);
    let callers = (0..12).map(|number| {
        let (vault, ada) = (if number % 2 == 0 { one.clone() } else { other.clone() }, ada.clone());
        tokio::spawn(async move { lend(&vault, &ada).await })
    });
    let mut lent = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        lent.push(caller.await.unwrap().unwrap());
    }
    assert!(lent.iter().all(|token| *token == lent[0]) && lent[0] != first, "all callers get the new token");
    assert!(world.works(&lent[0]).await);
    assert_eq!((world.sandbox.github().refreshes(), world.sandbox.github().pairs_of(ADA)), (1, 1));
    world.finish();
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let world = World::new().await;
    let (vault, ada) = (world.vault("").await, person("ada"));
    world.connect(&vault, &ada, ADA).await;
    let first = lend(&vault, &ada).await.unwrap();
    world.pass(LIFE - 302);
    assert_eq!(lend(&vault, &ada).await.unwrap(), first, "more than five minutes before the end nothing is renewed");
    world.pass(160);
    assert!(world.works(&first).await, "the old token would still work");
    assert_ne!(lend(&vault, &ada).await.unwrap(), first);
    assert_eq!(world.sandbox.github().refreshes(), 1);
    world.finish();
}

/// Issued tokens that are used but not stored would be lost for good.
#[tokio::test]
async fn attack_13_a_renewed_token_is_stored_before_it_is_used_even_if_the_store_fails() {
    let world = World::new().await;
    let (store, ada) = (world.shaky().await, person("ada"));
    let vault = world.vault_on(store.clone(), "");
    world.connect(&vault, &ada, ADA).await;
    world.pass(LIFE);
    store.failing.store(6, Ordering::SeqCst);
    let lent = lend(&vault, &ada).await;
    assert_eq!(lent, Err("the store is not available: told to fail".to_owned()), "not given out before it is stored");
    let lent = lend(&vault, &ada).await.unwrap();
    assert!(world.works(&lent).await);
    let other = world.vault("").await;
    assert_eq!(lend(&other, &ada).await.unwrap(), lent, "it is stored, for another instance too");
    assert_eq!(world.sandbox.github().refreshes(), 1, "the old refresh token was not used again");
    world.finish();
}

/// Starts a request for an expired token and returns once GitHub has issued new tokens. The store accepts them when the
/// test adds a permit to its gate.
async fn renewal_that_cannot_be_kept_yet(
    world: &World,
    store: &Shaky,
    vault: &LocalVault,
    ada: &Actor,
) -> JoinHandle<Result<String, String>> {
    world.connect(vault, ada, ADA).await;
    world.pass(LIFE);
    store.gate.forget_permits(1_000);
    let caller = tokio::spawn({
        let (vault, ada) = (vault.clone(), ada.clone());
        async move { lend(&vault, &ada).await }
    });
    while world.sandbox.github().refreshes() == 0 {
        tokio::task::yield_now().await;
    }
    caller
}

/// The caller may be cancelled before the new tokens are stored: a turn is stopped, or a page is closed.
#[tokio::test]
async fn attack_13_a_renewal_continues_when_its_caller_is_gone() {
    let world = World::new().await;
    let (store, ada) = (world.shaky().await, person("ada"));
    let vault = world.vault_on(store.clone(), "");
    let caller = renewal_that_cannot_be_kept_yet(&world, &store, &vault, &ada).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    assert!(vault.settle().now_or_never().is_none(), "a server that stops waits for it");
    store.gate.add_permits(1);
    vault.settle().await;
    assert_eq!(world.sandbox.github().refreshes(), 1);
    let lent = lend(&vault, &ada).await.unwrap();
    assert!(world.works(&lent).await);
    assert_eq!(world.sandbox.github().refreshes(), 1);
    world.finish();
}

/// During an outage the old token is handed out until it expires; after that the provider is reported as unavailable.
/// An invalid grant is reported as an account that is not connected.
#[tokio::test]
async fn attack_13_an_outage_is_not_now_and_a_dead_grant_is_not_connected() {
    let world = World::new().await;
    let (vault, ada) = (world.vault("").await, person("ada"));
    world.connect(&vault, &ada, ADA).await;
    let first = lend(&vault, &ada).await.unwrap();
    let refused = StatusCode::BAD_GATEWAY;
    world.pass(LIFE - 120);
    let faults = [Fault::Refuse, Fault::Malformed, Fault::Status { code: refused, retry_after: None }];
    world.sandbox.faults().set("github", Some(faults[0].clone()), Times::Always);
    assert_eq!(lend(&vault, &ada).await.unwrap(), first, "the old token still works");
    world.pass(120);
    for fault in [&faults[0], &faults[2]] {
        world.sandbox.faults().set("github", Some(fault.clone()), Times::Always);
        let lent = lend(&vault, &ada).await.unwrap_err();
        assert!(lent.starts_with("GitHub is not available: "), "{fault:?}: {lent}");
        assert!(!lent.contains("http") && !lent.contains("gh"), "{lent}");
    }
    world.sandbox.faults().clear();
    let second = lend(&vault, &ada).await.unwrap();
    assert!(world.works(&second).await, "when GitHub is back it is renewed");
    world.pass(LIFE);
    world.sandbox.github().revoke_all_of(ADA);
    assert_eq!(lend(&vault, &ada).await, Err(NOT_CONNECTED.to_owned()));
    assert_eq!(vault.list(&ada).await.unwrap(), [], "it is not listed either");
    world.finish();
}

/// Concurrent callers wait together for one renewal at a failing provider, and share its error.
#[tokio::test]
async fn a_caller_that_waited_for_a_failed_renewal_does_not_wait_again() {
    let world = World::new().await;
    let (between, store, ada) = (Between::of(&world).await, world.shaky().await, person("ada"));
    let vault = world.vault_at(&between.url, store.clone(), "");
    world.connect(&vault, &ada, ADA).await;
    world.pass(LIFE);
    between.gate.forget_permits(1_000);
    between.change(|answer| (StatusCode::BAD_GATEWAY, answer));
    store.reads.store(0, Ordering::SeqCst);
    let callers = (0..5).map(|_| {
        let (vault, ada) = (vault.clone(), ada.clone());
        tokio::spawn(async move { lend(&vault, &ada).await })
    });
    let callers = callers.collect::<Vec<_>>();
    // Each caller reads the store once and then waits; the one that renews reads it a second time.
    while store.reads.load(Ordering::SeqCst) < 6 {
        tokio::task::yield_now().await;
    }
    between.gate.add_permits(5);
    for caller in callers {
        let lent = caller.await.unwrap().unwrap_err();
        assert_eq!(lent, "GitHub is not available: the token endpoint answered with status 502");
    }
    assert_eq!(between.gate.available_permits(), 4, "the provider was asked once");
    world.finish();
}

/// A token that a service rejects before it expires is renewed for the next call, or its account is no longer
/// connected.
#[tokio::test]
async fn a_token_that_a_service_rejected_is_renewed_or_removed() {
    let world = World::new().await;
    let (vault, ada) = (world.vault("").await, person("ada"));
    world.connect(&vault, &ada, ADA).await;
    let access_token = vault.access_token(&ada, &crate::world::need()).await.unwrap();
    access_token.refused().await;
    let second = lend(&vault, &ada).await.unwrap();
    assert!(world.works(&second).await, "rejected for a passing reason: renewed");
    access_token.refused().await;
    assert_eq!(lend(&vault, &ada).await.unwrap(), second, "a rejection of an earlier token does not affect this one");
    let access_token = vault.access_token(&ada, &crate::world::need()).await.unwrap();
    world.sandbox.github().revoke_all_of(ADA);
    access_token.refused().await;
    assert_eq!(lend(&vault, &ada).await, Err(NOT_CONNECTED.to_owned()));
    world.finish();
}

/// If the provider invalidates the old access token on renewal, a call that still uses it gets status 401 during the
/// renewal.
#[tokio::test]
async fn attack_13_a_token_rejected_during_its_renewal_does_not_disconnect_the_account() {
    for instance in ["the same", "another"] {
        let world = World::new().await;
        let between = Between::of(&world).await;
        let (one, other) = (world.vault_behind(&between).await, world.vault_behind(&between).await);
        let ada = person("ada");
        world.connect(&one, &ada, ADA).await;
        let borrower = if instance == "the same" { &one } else { &other };
        let access_token = borrower.access_token(&ada, &crate::world::need()).await.unwrap();
        world.pass(LIFE - 120);
        between.gate.forget_permits(1_000);
        let borrow = |vault: &LocalVault| {
            let (vault, ada) = (vault.clone(), ada.clone());
            tokio::spawn(async move { lend(&vault, &ada).await })
        };
        let first = borrow(&one);
        while world.sandbox.github().refreshes() == 0 {
            tokio::task::yield_now().await;
        }
        access_token.refused().await;
        let second = borrow(&other);
        between.gate.add_permits(1_000);
        let lent = first.await.unwrap().unwrap_or_else(|error| panic!("{instance}: {error}"));
        assert_eq!(second.await.unwrap().as_ref(), Ok(&lent), "{instance}");
        assert!(world.works(&lent).await, "{instance}");
        assert_eq!(world.sandbox.github().refreshes(), 1, "{instance}: the old refresh token was not used again");
        world.finish();
    }
}

/// The lease of an instance that crashes during a renewal expires, and a late write overwrites nothing.
#[tokio::test]
async fn a_late_write_after_the_end_of_a_lease_is_refused() {
    let world = World::new().await;
    let (vault, ada, store) = (world.vault("").await, person("ada"), world.store("countersign").await);
    world.connect(&vault, &ada, ADA).await;
    world.pass(LIFE);
    let held = store.read(&ada, "github").await.unwrap().unwrap();
    let now = agent::ports::Clock::now(&*world.clock);
    let taken = store.lease(&ada, "github", &held.version, now, now + 30_000).await.unwrap();
    let again = store.lease(&ada, "github", &held.version, now, now + 30_000).await.unwrap();
    assert_eq!((taken, again), (credentials::local::Leased::Ours, credentials::local::Leased::Busy));
    world.pass(31);
    let lent = lend(&vault, &ada).await.unwrap();
    let late = store.write(&ada, "github", b"{}", Expected::Still(held.version.clone())).await.unwrap();
    assert_eq!(late, Written::Conflict);
    assert_eq!(lend(&vault, &ada).await.unwrap(), lent);
    let gone = store.lease(&ada, "github", &held.version, now, now + 30_000).await.unwrap();
    assert_eq!(gone, credentials::local::Leased::Changed);
    world.finish();
}

/// New tokens for an account that was disconnected during the renewal are revoked and not stored.
#[tokio::test]
async fn a_renewal_does_not_bring_a_disconnected_account_back() {
    let world = World::new().await;
    let (store, ada) = (world.shaky().await, person("ada"));
    let vault = world.vault_on(store.clone(), "");
    let caller = renewal_that_cannot_be_kept_yet(&world, &store, &vault, &ada).await;
    store.inner.remove(&ada, "github", None).await.unwrap();
    store.gate.add_permits(1);
    assert_eq!(caller.await.unwrap(), Err(NOT_CONNECTED.to_owned()));
    assert_eq!(world.sandbox.github().pairs_of(ADA), 0, "the tokens are revoked at GitHub");
    world.finish();
}

#[tokio::test]
async fn attack_13_a_consent_for_one_action_expires_and_the_person_is_asked_again() {
    let world = World::new().await;
    let (vault, ada) = (world.vault("force_authentication = true\n").await, person("ada"));
    let (page, _) = vault.begin(&ada, "github", &scopes(), "s").await.unwrap();
    assert!(page.query_pairs().any(|(name, value)| name == "prompt" && value == "select_account"), "{page}");
    world.connect(&vault, &ada, ADA).await;
    lend(&vault, &ada).await.unwrap();
    world.pass(599);
    lend(&vault, &ada).await.unwrap();
    assert_eq!(vault.list(&ada).await.unwrap().len(), 1);
    world.pass(1);
    assert_eq!(lend(&vault, &ada).await, Err(NOT_CONNECTED.to_owned()));
    assert_eq!(vault.list(&ada).await.unwrap(), [], "it is not listed as connected");
    world.connect(&vault, &ada, ADA).await;
    lend(&vault, &ada).await.unwrap();
    world.finish();
}
