//! Access tokens are handed out only to the person, agent and provider that they are bound to.

use crate::world::{ADA, BOB, LIFE, Record, World, complete, complete_recorded, lend, need, person, scopes, shown};
use agent::intent::Need;
use agent::ports::CredentialProvider;
use credentials::accounts::{AccountError, AccountManager, Answer, Disconnected};
use sandbox::cloud::{Fault, Times};
use secrecy::SecretString;
use std::sync::Arc;

#[tokio::test]
async fn each_person_gets_only_their_own_token_with_the_granted_scopes() {
    let world = World::new().await;
    let vault = world.vault("").await;
    let (ada, bob, eve) = (person("ada"), person("bob"), person("eve"));
    world.connect(&vault, &ada, ADA).await;
    world.connect(&vault, &bob, BOB).await;
    let (of_ada, of_bob) = (lend(&vault, &ada).await.unwrap(), lend(&vault, &bob).await.unwrap());
    assert_ne!(of_ada, of_bob);
    assert_eq!(lend(&vault, &eve).await, Err("account not connected".to_owned()));
    let wider = Need { scopes: vec!["repo".to_owned(), "admin:org".to_owned()], ..need() };
    assert_eq!(shown(vault.access_token(&ada, &wider).await), Err("the account lacks admin:org".to_owned()));
    let elsewhere = Need { provider: "gitlab".to_owned(), ..need() };
    let nobody = shown(vault.access_token(&ada, &elsewhere).await).unwrap_err();
    assert_eq!(nobody, "the vault is not available: there is no provider gitlab");
    world.finish();
}

/// Stored tokens are bound to agent, person and provider.
#[tokio::test]
async fn attack_18_another_agent_or_tenant_gets_no_token() {
    let world = World::new().await;
    let (vault, ada) = (world.vault("").await, person("ada"));
    world.connect(&vault, &ada, ADA).await;
    let other = world.vault_on(Arc::new(world.store("another-agent").await), "");
    assert_eq!(lend(&other, &ada).await, Err("account not connected".to_owned()));
    let mut evidence = ada.evidence().clone();
    evidence.tenant = "umbrella".to_owned();
    assert_eq!(lend(&vault, &agent::Actor::attest(evidence)).await, Err("account not connected".to_owned()));
    let mut evidence = ada.evidence().clone();
    evidence.issuer = "https://evil.example/".to_owned();
    assert_eq!(lend(&vault, &agent::Actor::attest(evidence)).await, Err("account not connected".to_owned()));
    world.finish();
}

#[tokio::test]
async fn disconnecting_revokes_the_tokens_and_always_deletes_the_account() {
    let world = World::new().await;
    let (vault, ada) = (world.vault("").await, person("ada"));
    let gone = async |answer| {
        assert_eq!(vault.disconnect(&ada, "github").await.unwrap(), answer);
        assert_eq!(lend(&vault, &ada).await, Err("account not connected".to_owned()));
    };
    world.connect(&vault, &ada, ADA).await;
    gone(Disconnected::Everywhere).await;
    assert_eq!(world.sandbox.github().pairs_of(ADA), 0);
    gone(Disconnected::Everywhere).await;
    world.connect(&vault, &ada, ADA).await;
    world.sandbox.github().revoke_all_of(ADA);
    gone(Disconnected::Everywhere).await;
    // An expired token is renewed first, since the revocation request must name a valid one.
    world.connect(&vault, &ada, ADA).await;
    world.pass(crate::world::LIFE);
    gone(Disconnected::Everywhere).await;
    assert_eq!(world.sandbox.github().pairs_of(ADA), 0);
    world.connect(&vault, &ada, ADA).await;
    world.sandbox.faults().set("github", Some(Fault::Refuse), Times::Always);
    gone(Disconnected::HereAlone).await;
    assert_eq!(world.sandbox.github().pairs_of(ADA), 1, "GitHub was not notified");
    world.sandbox.faults().clear();
    world.finish();
}

/// A code is accepted once, with the verifier of the authorization request that it was issued for, from that issuer.
#[tokio::test]
async fn attack_19_a_code_of_another_sign_in_is_refused() {
    let world = World::new().await;
    let (vault, ada, bob) = (world.vault("").await, person("ada"), person("bob"));
    let asked = scopes();
    let (page, begun) = vault.begin(&ada, "github", &asked, "s").await.unwrap();
    let (other_page, _) = vault.begin(&bob, "github", &asked, "s").await.unwrap();
    let mut bare = page.clone();
    let kept: Vec<_> = page.query_pairs().filter(|(name, _)| !name.starts_with("code_ch")).collect();
    bare.query_pairs_mut().clear().extend_pairs(kept);
    let foreign = world.allow(&other_page, BOB).await;
    let unproved = world.allow(&bare, BOB).await;
    let own = world.allow(&page, ADA).await;
    let evil = Some("https://evil.example/login/oauth");
    let rows = [
        ("a code of Bob's sign-in", &foreign, None),
        ("a code that nobody proved to have asked for", &unproved, None),
        ("a guess", &"guess".to_owned(), None),
        ("an answer of another issuer", &own, evil),
    ];
    for (what, code, iss) in rows {
        let refused = complete(&vault, &ada, begun.clone(), code, iss).await;
        assert!(matches!(refused, Err(AccountError::Refused(_))), "{what}: {refused:?}");
        assert_eq!(lend(&vault, &ada).await, Err("account not connected".to_owned()), "{what}");
    }
    let declined = Answer { error: Some("access_denied".to_owned()), ..Answer::default() };
    let forged = Answer { iss: evil.map(str::to_owned), ..declined.clone() };
    let forged = vault.complete(&ada, "github", begun.clone(), forged, &Record::Open).await;
    assert!(matches!(forged, Err(AccountError::Refused(_))), "an error of another issuer: {forged:?}");
    let declined = vault.complete(&ada, "github", begun.clone(), declined, &Record::Open).await;
    assert!(matches!(declined, Err(AccountError::Declined(_))), "{declined:?}");
    let issuer = format!("{}/login/oauth", world.variable("GITHUB_BASE_URL"));
    complete(&vault, &ada, begun.clone(), &own, Some(&issuer)).await.unwrap();
    let twice = complete(&vault, &ada, begun, &own, None).await;
    assert!(matches!(twice, Err(AccountError::Refused(_))), "{twice:?}");
    lend(&vault, &ada).await.unwrap();
    // This test itself sent the request without a challenge.
    let sins: Vec<_> = world.sandbox.sins().take().into_iter().map(|sin| sin.what).collect();
    assert_eq!(sins, ["/login/oauth/authorize: no code_challenge"]);
    world.finish();
}

/// The application's own token and an API key are the same for all people, and cannot be connected by a person.
#[tokio::test]
async fn the_applications_own_tokens_and_keys_serve_every_permitted_person() {
    let world = World::new().await;
    let text = format!(
        "[okta]\nkind = \"client_credentials\"\nclient_id = \"{}\"\nclient_auth = \"post\"\nsecret_env = \"OKTA\"\n\
         token_url = \"{}\"\naudience = \"{}\"\nscopes = [\"okta.users.read\"]\n\
         [weather]\nkind = \"api_key\"\nsecret_env = \"KEY\"\n",
        world.variable("OKTA_CLIENT_ID"),
        world.variable("OKTA_TOKEN_URL"),
        world.variable("OKTA_AUDIENCE"),
    );
    let store = Arc::new(world.store("countersign").await);
    let secret = |at: &credentials::local::SecretAt| match at {
        credentials::local::SecretAt::Variable(name) if name == "OKTA" => {
            SecretString::from(world.variable("OKTA_CLIENT_SECRET"))
        }
        _ => SecretString::from("the key"),
    };
    let (vault, ada, bob) = (world.vault_of(&text, store, secret), person("ada"), person("bob"));
    let okta = |scope: &str| Need { provider: "okta".to_owned(), scopes: vec![scope.to_owned()] };
    let one = shown(vault.access_token(&ada, &okta("okta.users.read")).await).unwrap();
    assert_eq!(
        shown(vault.access_token(&bob, &okta("okta.users.read")).await).unwrap(),
        one,
        "the token is requested once"
    );
    let access_token = vault.access_token(&ada, &okta("okta.users.read")).await.unwrap();
    access_token.refused().await;
    world.pass(1);
    assert_ne!(
        shown(vault.access_token(&ada, &okta("okta.users.read")).await).unwrap(),
        one,
        "a rejected token is requested again"
    );
    let wider = shown(vault.access_token(&ada, &okta("okta.users.manage")).await).unwrap_err();
    assert_eq!(wider, "Okta is not available: the application's own token lacks okta.users.manage");
    world.sandbox.faults().set("identity", Some(Fault::Refuse), Times::Always);
    vault.access_token(&ada, &okta("okta.users.read")).await.unwrap().refused().await;
    let down = shown(vault.access_token(&ada, &okta("okta.users.read")).await).unwrap_err();
    assert!(down.starts_with("Okta is not available"), "{down}");
    let weather = Need { provider: "weather".to_owned(), scopes: Vec::new() };
    assert_eq!(shown(vault.access_token(&bob, &weather).await).unwrap(), "the key");
    assert!(matches!(vault.begin(&ada, "weather", &[], "s").await, Err(AccountError::Refused(_))));
    world.finish();
}

#[tokio::test]
async fn an_account_whose_connection_cannot_be_recorded_is_not_kept() {
    let world = World::new().await;
    let vault = world.vault("").await;
    let ada = person("ada");
    let (page, begun) = vault.begin(&ada, "github", &scopes(), "s").await.unwrap();
    let code = world.allow(&page, ADA).await;
    let refused = complete_recorded(&vault, &ada, begun, &code, None, &Record::Down).await;
    assert!(matches!(refused, Err(AccountError::Unavailable(_))), "{refused:?}");
    assert_eq!(lend(&vault, &ada).await, Err("account not connected".to_owned()));
    assert!(vault.list(&ada).await.unwrap().is_empty());
    world.finish();
}

/// The owner belongs to the tokens, whichever of them are the current ones.
#[tokio::test]
async fn the_owner_of_an_account_stays_through_renewals() {
    let world = World::new().await;
    let vault = world.vault(&format!("identity_url = \"{}/user\"\n", world.variable("GITHUB_API_URL"))).await;
    let ada = person("ada");
    world.connect(&vault, &ada, ADA).await;
    let owner = async || vault.list(&ada).await.unwrap().remove(0).owner.map(|owner| owner.name);
    assert_eq!(owner().await.as_deref(), Some("ada-byron"));
    let before = lend(&vault, &ada).await.unwrap();
    world.pass(LIFE);
    assert_ne!(lend(&vault, &ada).await.unwrap(), before, "renewed");
    assert_eq!(owner().await.as_deref(), Some("ada-byron"));
    world.finish();
}
