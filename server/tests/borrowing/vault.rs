//! Access tokens from the Token Vault, and the errors when there is none.

use crate::world::{World, person};
use agent::intent::Need;
use agent::ports::{AccessToken, CredentialError, CredentialProvider};
use agent::{Actor, actor::Evidence};
use credentials::auth0::{AccountToken, Auth0TokenVault, Subject, SubjectTokens};
use futures::future::join_all;
use oidc::Client;
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Alteration, Tamper};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::time::{Duration, Instant};

const READ: &str = "okta.users.read";

impl World {
    async fn borrow(
        &self,
        subject: &SecretString,
        hint: Option<&str>,
        scopes: &[&str],
    ) -> Result<AccountToken, CredentialError> {
        let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
        self.vault.exchange(Subject::RefreshToken(subject), self.variable("OKTA_CONNECTION"), hint, &scopes).await
    }
}

impl World {
    /// Creates the credential provider backed by the Token Vault.
    pub(crate) fn people(&self, subjects: SubjectTokens) -> Auth0TokenVault {
        let connections = [("okta", "Okta-OIDC"), ("github", "github")];
        let connections = connections.map(|(provider, name)| (provider.to_owned(), name.to_owned()));
        Auth0TokenVault::new(self.vault.clone(), subjects, connections.into())
    }
}

fn need(provider: &str, scope: &str) -> Need {
    Need { provider: provider.to_owned(), scopes: vec![scope.to_owned()] }
}

fn okta() -> Need {
    need("okta", READ)
}

fn github() -> Need {
    need("github", "repo")
}

/// Returns the third party's id of the account that the access token belongs to.
fn whose(world: &World, access_token: &AccessToken) -> String {
    world.sandbox.provider().lent(access_token.token().expose_secret()).unwrap().account
}

fn shown(result: Result<AccountToken, CredentialError>) -> String {
    match result {
        Ok(lent) => lent.scopes.join(" "),
        Err(CredentialError::Unavailable(unavailable)) => format!("unavailable: {}", unavailable.cause),
        Err(fault) => fault.to_string(),
    }
}

#[tokio::test]
async fn an_access_token_is_the_persons_own_and_says_how_long_it_lives() {
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
    assert!(
        later.expires_in <= Duration::from_secs(600),
        "the remaining time, not a full hour: {:?}",
        later.expires_in
    );
    assert_eq!(world.exchanges(), 2, "nothing is cached here");
    assert_eq!(world.sins(), [""; 0]);
}

#[tokio::test]
async fn each_reason_to_refuse_a_token_is_distinguished() {
    let (not_connected, lacks) = ("account not connected", "the account lacks");
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
async fn an_account_or_sign_in_that_ends_at_the_provider_is_noticed() {
    let world = World::new().await;
    let (ada, grace) = (world.signed_in("ada").await, world.signed_in("grace").await);
    let accounts = world.sandbox.provider().connected_accounts();
    world.sandbox.provider().revoke_at_third_party(&accounts[0].id).unwrap();
    world.sandbox.provider().remove_connected_account(&accounts[1].id).unwrap();
    for subject in [&ada, &grace] {
        assert_eq!(shown(world.borrow(subject, None, &[READ]).await), "account not connected");
    }
    world.sandbox.provider().revoke_refresh_tokens_of("auth0|ada");
    assert_eq!(shown(world.borrow(&ada, None, &[READ]).await), "the sign-in is over");
}

#[tokio::test]
async fn with_several_accounts_one_must_be_named() {
    let world = World::new().await;
    let (person, subject) = (world.person("ada").await, world.signed_in("ada").await);
    world.connect(&person, "github", &["repo"], "58001").await;
    world.connect(&person, "github", &["repo", "read:user"], "58002").await;
    let (ada, scopes) = (Subject::RefreshToken(&subject), ["repo".to_owned()]);
    let fault = world.vault.exchange(ada, "github", None, &scopes).await.unwrap_err();
    assert!(matches!(fault, CredentialError::SeveralAccounts), "{fault}");
    let lent = world.vault.exchange(ada, "github", Some("58002"), &scopes).await.unwrap();
    assert_eq!(lent.scopes, ["repo", "read:user"], "GitHub's commas are understood");
    assert_eq!(world.sins(), [""; 0]);
}

/// Of several accounts, the one that the person signed in with is used. No other account is chosen in its place.
#[tokio::test]
async fn with_several_accounts_the_one_used_to_sign_in_is_used() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    world.connect(&ada, "github", &["repo"], "58001").await;
    let vault = world.people(SubjectTokens::Refresh(world.sign_ins.clone()));
    let of = async |sub: &str| {
        let person = Actor::attest(Evidence { subject: sub.to_owned(), ..ada.evidence().clone() });
        let token = world.sign_ins.tokens.lock().unwrap()["auth0|ada"].clone();
        world.sign_ins.tokens.lock().unwrap().insert(sub.to_owned(), token);
        vault.access_token(&person, &github()).await.map(|access_token| whose(&world, &access_token))
    };
    assert_eq!(of("auth0|ada").await.unwrap(), "58001", "the only account");
    vault.forget(&ada, "github");
    world.connect(&ada, "github", &["repo"], "58002").await;
    for (sub, account) in [
        ("github|58002", Some("58002")),
        ("oauth2|github|58001", Some("58001")),
        ("github|58009", None),
        ("google-oauth2|58001", None),
        ("auth0|ada", None),
    ] {
        match (of(sub).await, account) {
            (Ok(own), Some(account)) => assert_eq!(own, account, "{sub}"),
            (Err(CredentialError::SeveralAccounts), None) => {}
            (other, _) => panic!("{sub}: {other:?}"),
        }
    }
    assert_eq!(world.sins(), [""; 0]);
}

#[tokio::test]
async fn an_access_token_for_our_own_api_is_exchanged_only_by_that_apis_client() {
    let world = World::new().await;
    let (ada, bob) = (world.person("ada").await, world.person("bob").await);
    let client = |id: &str, secret: &str| SubjectTokens::Access {
        vault: world.access.clone(),
        client: Client::with_secret(world.variable(id).to_owned(), world.variable(secret).into(), None),
    };
    let vault = world.people(client("API_CLIENT_ID", "API_CLIENT_SECRET"));
    for _ in 0..3 {
        let access_token = vault.access_token(&ada, &okta()).await.unwrap();
        assert_eq!(whose(&world, &access_token), "00u1adabyron0000acme");
    }
    assert_eq!(world.exchanges(), 1, "the token is cached");
    assert!(matches!(vault.access_token(&bob, &okta()).await, Err(CredentialError::NotConnected)));
    assert!(
        matches!(vault.access_token(&person("eve"), &okta()).await, Err(CredentialError::SignInAgain)),
        "nobody's sign-in"
    );
    // The client that people sign in to must not exchange the API's tokens.
    let other = world.people(client("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"));
    assert!(matches!(other.access_token(&ada, &okta()).await, Err(CredentialError::Unavailable(_))));
    // An access token that the provider has rejected is not sent again.
    world.sandbox.provider().tamper(Tamper::Once(Alteration::Refused("invalid_grant")));
    vault.forget(&ada, "okta");
    assert!(matches!(vault.access_token(&ada, &okta()).await, Err(CredentialError::SignInAgain)));
    let refreshes = world.refreshes();
    assert!(vault.access_token(&ada, &okta()).await.is_ok());
    assert_eq!(world.refreshes(), refreshes + 1, "with a fresh access token");
    assert!(!format!("{vault:?} {:?}", client("API_CLIENT_ID", "API_CLIENT_SECRET")).contains("sandbox"));
    assert_eq!(world.sins(), [""; 0]);
}

/// The Token Vault returns a token that Okta has rejected until it expires, so the person must connect the account
/// again.
#[tokio::test]
async fn a_token_that_the_third_party_rejected_is_not_given_out_again() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    let vault = world.people(SubjectTokens::Refresh(world.sign_ins.clone()));
    let first = vault.access_token(&ada, &okta()).await.unwrap();
    first.refused().await;
    for _ in 0..2 {
        assert!(matches!(vault.access_token(&ada, &okta()).await, Err(CredentialError::NotConnected)));
    }
    world.connect(&ada, "Okta-OIDC", &[READ], "00u1adabyron0000acme").await;
    let second = vault.access_token(&ada, &okta()).await.unwrap();
    assert_ne!(second.token().expose_secret(), first.token().expose_secret());
    first.refused().await;
    assert!(
        vault.access_token(&ada, &okta()).await.is_ok(),
        "a late rejection of the old token does not affect the new one"
    );
}

/// Concurrent callers wait together for one request to a Token Vault that does not answer, and share its error.
#[tokio::test]
async fn attack_34_a_caller_that_waited_for_a_silent_vault_does_not_wait_again() {
    let world = World::new().await;
    let ada = world.person("ada").await;
    let vault = world.people(SubjectTokens::Refresh(world.sign_ins.clone()));
    world.sandbox.faults().set_matching("identity", "federated-connection", Fault::Timeout, Times::Always);
    let begun = Instant::now();
    let need = okta();
    for lent in join_all((0..5).map(|_| vault.access_token(&ada, &need))).await {
        assert!(matches!(lent, Err(CredentialError::Unavailable(_))), "{lent:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    world.sandbox.faults().clear();
    assert!(vault.access_token(&ada, &okta()).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_fails_or_lies_is_unavailable_and_never_a_denial() {
    let world = World::new().await;
    let ada = world.signed_in("ada").await;
    world.borrow(&ada, None, &[READ]).await.unwrap();
    let cannot = |why: &str| format!("unavailable: {why}");
    let lies = [
        (Alteration::Status500, cannot("the provider answered with status 500")),
        (Alteration::Status429, cannot("token exchange: the provider answered too_many_requests")),
        (Alteration::Refused("mfa_required"), "the sign-in is over".to_owned()),
        (
            Alteration::Refused("unauthorized_client"),
            cannot("token exchange: the provider answered unauthorized_client"),
        ),
        (Alteration::Garbage, cannot("the answer cannot be read")),
        (
            Alteration::Member("token_type", json!("DPoP")),
            cannot("token exchange: the answer holds another kind of token"),
        ),
        (
            Alteration::Member("issued_token_type", json!("jwt")),
            cannot("token exchange: the answer holds another kind of token"),
        ),
        (Alteration::Member("expires_in", json!(0)), cannot("token exchange: the token has expired already")),
        (Alteration::Member("access_token", json!(null)), cannot("token exchange: the answer has no token")),
        (Alteration::Member("scope", json!(null)), cannot("token exchange: the answer names no granted scopes")),
        (Alteration::Member("scope", json!("okta.groups.read")), "the account lacks okta.users.read".to_owned()),
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
