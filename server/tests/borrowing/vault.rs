//! What the vault lends, and why it does not.

use crate::world::World;
use identity::{Lent, VaultFault};
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Alteration, Tamper};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::time::Duration;

const READ: &str = "okta.users.read";

impl World {
    async fn borrow(&self, subject: &SecretString, hint: Option<&str>, scopes: &[&str]) -> Result<Lent, VaultFault> {
        let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
        self.vault.exchange(subject, self.variable("OKTA_CONNECTION"), hint, &scopes).await
    }
}

fn shown(result: Result<Lent, VaultFault>) -> String {
    match result {
        Ok(lent) => lent.scopes.join(" "),
        Err(VaultFault::Unavailable(unavailable)) => format!("unavailable: {}", unavailable.cause),
        Err(fault) => fault.to_string(),
    }
}

#[tokio::test]
async fn what_is_lent_is_the_persons_own_and_says_how_long_it_lives() {
    let world = World::new().await;
    let ada = world.signed_in("ada").await;
    let lent = world.borrow(&ada, None, &[READ]).await.unwrap();
    assert_eq!(lent.scopes, ["okta.users.read", "okta.groups.read", "okta.users.manage"]);
    assert!((3590..=3600).contains(&lent.expires_in.as_secs()));
    assert!(!format!("{lent:?}").contains(lent.token.expose_secret()));
    let whose = world.sandbox.provider().lent(lent.token.expose_secret()).unwrap();
    assert_eq!((whose.sub.as_str(), whose.account.as_str()), ("auth0|ada", "00u1adabyron0000acme"));
    world.sandbox.clock().advance(3000);
    let later = world.borrow(&ada, None, &[READ]).await.unwrap();
    assert!(later.expires_in <= Duration::from_secs(600), "what is left, not a fresh hour: {:?}", later.expires_in);
    assert_eq!(world.exchanges(), 2, "nothing is kept here");
    assert_eq!(world.sins(), [""; 0]);
}

#[tokio::test]
async fn each_reason_not_to_lend_is_told_apart() {
    let (not_connected, lacks) = ("the account is not connected", "the account lacks the scopes");
    let hint = Some("00u1adabyron0000acme");
    let rows: [(&str, Option<&str>, &[&str], String); 8] = [
        ("ada", None, &[], "okta.users.read okta.groups.read okta.users.manage".to_owned()),
        ("ada", hint, &[READ], "okta.users.read okta.groups.read okta.users.manage".to_owned()),
        ("ada", Some("00u2bobcrane0000acme"), &[READ], not_connected.to_owned()),
        ("bob", None, &[READ], not_connected.to_owned()),
        ("bob", hint, &[READ], not_connected.to_owned()),
        ("grace", None, &[READ], "okta.users.read okta.groups.read".to_owned()),
        ("grace", None, &[READ, "okta.users.manage"], format!("{lacks} okta.users.manage")),
        ("grace", None, &["okta.logs.read", "okta.users.manage"], format!("{lacks} okta.logs.read okta.users.manage")),
    ];
    let world = World::new().await;
    for (who, hint, scopes, expected) in rows {
        let subject = world.signed_in(who).await;
        assert_eq!(shown(world.borrow(&subject, hint, scopes).await), expected, "{who} {hint:?} {scopes:?}");
    }
    let guess = SecretString::from("guess");
    assert_eq!(shown(world.borrow(&guess, None, &[READ]).await), "the sign-in is over");
    assert_eq!(world.sins(), [""; 0]);
}

#[tokio::test]
async fn what_ends_elsewhere_is_noticed() {
    let world = World::new().await;
    let (ada, grace) = (world.signed_in("ada").await, world.signed_in("grace").await);
    let accounts = world.sandbox.provider().connected_accounts();
    world.sandbox.provider().revoke_at_third_party(&accounts[0].id).unwrap();
    world.sandbox.provider().remove_connected_account(&accounts[1].id).unwrap();
    for subject in [&ada, &grace] {
        assert_eq!(shown(world.borrow(subject, None, &[READ]).await), "the account is not connected");
    }
    world.sandbox.provider().revoke_refresh_tokens_of("auth0|ada");
    assert_eq!(shown(world.borrow(&ada, None, &[READ]).await), "the sign-in is over");
}

#[tokio::test]
async fn flaw_a5_15_of_several_accounts_one_must_be_named() {
    let world = World::new().await;
    let ada = world.signed_in("ada").await;
    let token = world.accounts.token(&ada).await.unwrap();
    world.connect(&token, "github", &["repo"], "58001").await;
    world.connect(&token, "github", &["repo", "read:user"], "58002").await;
    let scopes = ["repo".to_owned()];
    let fault = world.vault.exchange(&ada, "github", None, &scopes).await.unwrap_err();
    assert!(matches!(fault, VaultFault::SeveralAccounts), "{fault}");
    let lent = world.vault.exchange(&ada, "github", Some("58002"), &scopes).await.unwrap();
    assert_eq!(lent.scopes, ["repo", "read:user"], "GitHub's commas are understood");
    assert_eq!(world.sins(), [""; 0]);
}

#[tokio::test]
async fn a_provider_that_fails_or_lies_is_unavailable_and_never_a_no() {
    let world = World::new().await;
    let ada = world.signed_in("ada").await;
    world.borrow(&ada, None, &[READ]).await.unwrap();
    let cannot = |why: &str| format!("unavailable: {why}");
    let lies = [
        (Alteration::Status500, cannot("the provider answered with status 500")),
        (Alteration::Status429, cannot("token exchange: the provider answered too_many_requests")),
        (Alteration::Refused("mfa_required"), cannot("token exchange: the provider answered mfa_required")),
        (
            Alteration::Refused("unauthorized_client"),
            cannot("token exchange: the provider answered unauthorized_client"),
        ),
        (Alteration::Garbage, cannot("the answer cannot be read")),
        (
            Alteration::Member("token_type", json!("DPoP")),
            cannot("token exchange: the answer is another kind of token"),
        ),
        (
            Alteration::Member("issued_token_type", json!("jwt")),
            cannot("token exchange: the answer is another kind of token"),
        ),
        (Alteration::Member("expires_in", json!(0)), cannot("token exchange: the token has already ended")),
        (Alteration::Member("access_token", json!(null)), cannot("the answer cannot be read")),
        (Alteration::Member("scope", json!(null)), cannot("token exchange: the answer does not say what was granted")),
        (
            Alteration::Member("scope", json!("okta.groups.read")),
            "the account lacks the scopes okta.users.read".to_owned(),
        ),
    ];
    for (lie, expected) in lies {
        world.sandbox.provider().tamper(Tamper::Once(lie.clone()));
        assert_eq!(shown(world.borrow(&ada, None, &[READ]).await), expected, "{lie:?}");
    }
    for fault in [Fault::Refuse, Fault::Lost, Fault::Malformed] {
        world.sandbox.faults().set("identity", Some(fault.clone()), Times::Next(1));
        let shown = shown(world.borrow(&ada, None, &[READ]).await);
        assert!(shown.starts_with("unavailable: ") && !shown.contains("http"), "{fault:?}: {shown}");
    }
    assert!(world.borrow(&ada, None, &[READ]).await.is_ok());
}
