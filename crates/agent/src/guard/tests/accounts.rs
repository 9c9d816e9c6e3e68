//! Calls that need a connected account: disconnecting an account only ever removes permitted calls and never adds any.

use super::*;
use crate::ports::{AccessToken, CredentialError, CredentialProvider};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

/// Connected accounts with their scopes; hands out a token if they cover the need.
#[derive(Debug, Clone)]
struct Accounts(BTreeMap<&'static str, BTreeSet<&'static str>>);

#[async_trait]
impl CredentialProvider for Accounts {
    async fn access_token(&self, _actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let held = self.0.get(need.provider.as_str()).ok_or(CredentialError::NotConnected)?;
        let missing: Vec<String> = need.scopes.iter().filter(|scope| !held.contains(scope.as_str())).cloned().collect();
        if missing.is_empty() {
            Ok(AccessToken::new("a borrowed token".into()))
        } else {
            Err(CredentialError::MoreScopes { missing })
        }
    }
}

/// A call: the provider and scopes that it needs, if any, and whether a person must approve it.
type Wish = (Option<(&'static str, BTreeSet<&'static str>)>, bool);

const CASES: u32 = 256;

const PROVIDERS: [&str; 3] = ["okta", "github", "mcp:tasks"];
const SCOPES: [&str; 2] = ["read", "manage"];

fn scopes() -> impl Strategy<Value = BTreeSet<&'static str>> {
    prop::collection::btree_set(prop::sample::select(SCOPES.to_vec()), 1..=SCOPES.len())
}

fn provider() -> impl Strategy<Value = &'static str> {
    prop::sample::select(PROVIDERS.to_vec())
}

/// Returns the indices of the calls that the guard admits, each requested separately.
async fn allowed(accounts: &Accounts, wishes: &[Wish]) -> BTreeSet<usize> {
    let mut allowed = BTreeSet::new();
    for (place, (needs, asks)) in wishes.iter().enumerate() {
        let mut house = house(World::Fine, Person::SaysYes);
        house.guard.vault = Arc::new(accounts.clone());
        let mut request = request("ada", if *asks { Risk::Elevated } else { Risk::Read });
        request.intent.needs = needs.as_ref().map(|(provider, scopes)| Need {
            provider: (*provider).to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        });
        match house.guard.admit(request, &Notes::default()).await {
            Ok(_permit) => drop(allowed.insert(place)),
            Err(NotAdmitted::Refused(Refusal::NotConnected { .. } | Refusal::MoreScopes { .. })) => {}
            Err(other) => panic!("{other}"),
        }
    }
    allowed
}

/// Fails with each of these errors in turn, last one first, and hands out a token afterwards.
struct Later(Mutex<Vec<CredentialError>>);

#[async_trait]
impl CredentialProvider for Later {
    async fn access_token(&self, _actor: &Actor, _need: &Need) -> Result<AccessToken, CredentialError> {
        let next = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        next.map_or_else(|| Ok(AccessToken::new("a borrowed token".into())), Err)
    }
}

/// Always fails with the same error.
struct Always(CredentialError);

#[async_trait]
impl CredentialProvider for Always {
    async fn access_token(&self, _actor: &Actor, _need: &Need) -> Result<AccessToken, CredentialError> {
        Err(self.0.clone())
    }
}

/// A waiting call notices an account that was connected in another tab, on another instance or by a new sign-in, and is
/// authorized again.
#[tokio::test(start_paused = true)]
async fn a_call_continues_when_its_account_is_connected_elsewhere() {
    let down = || CredentialError::Unavailable(Unavailable::new("the vault", "down"));
    for reasons in [
        vec![CredentialError::NotConnected],
        vec![CredentialError::SignInAgain],
        vec![CredentialError::SignInAgain, CredentialError::NotConnected],
        // An outage does not end the wait.
        vec![CredentialError::NotConnected, down(), down()],
    ] {
        let told = format!("{reasons:?}");
        let mut house = house(World::Fine, Person::SaysYes);
        house.guard.vault = Arc::new(Later(Mutex::new(reasons.into_iter().rev().collect())));
        assert_eq!(admit(&house, Risk::Read).await, Ok("thing:1".to_owned()), "{told}");
        assert_eq!(house.authorizer.asked().len(), 2, "{told}");
    }
}

/// The person is shown the remedy that is needed now. If they do not take it, the call is refused for that reason.
#[tokio::test(start_paused = true)]
async fn the_person_is_shown_the_remedy_for_their_account() {
    let (connect, sign_in, keep_one) = (Remedy::Connect, Remedy::SignIn, Remedy::ChooseAccount);
    let scopes = || vec!["read".to_owned()];
    let not_connected = || Refusal::NotConnected { provider: "okta".to_owned(), scopes: scopes() };
    let rows: [(CredentialError, Remedy, Refusal); 4] = [
        (CredentialError::NotConnected, connect, not_connected()),
        (
            CredentialError::MoreScopes { missing: scopes() },
            Remedy::GrantScopes,
            Refusal::MoreScopes { provider: "okta".to_owned(), scopes: scopes() },
        ),
        (CredentialError::SignInAgain, sign_in, Refusal::SignInAgain),
        (CredentialError::SeveralAccounts, keep_one, Refusal::SeveralAccounts { provider: "okta".to_owned() }),
    ];
    for (reason, remedy, expected) in rows {
        let told = format!("{reason:?}");
        let mut house = house(World::Fine, Person::SaysYes);
        house.guard.vault = Arc::new(Always(reason));
        let mut request = request("ada", Risk::Read);
        request.intent.needs = Some(Need { provider: "okta".to_owned(), scopes: scopes() });
        let notes = Notes::default();
        let refused = house.guard.admit(request, &notes).await;
        assert!(matches!(&refused, Err(NotAdmitted::Refused(refusal)) if *refusal == expected), "{told}: {refused:?}");
        assert_eq!(*notes.remedies.lock().unwrap(), [remedy], "{told}: told once, and waited for");
    }
    let reasons = [
        CredentialError::SeveralAccounts,
        CredentialError::SeveralAccounts,
        CredentialError::SignInAgain,
        CredentialError::NotConnected,
    ];
    let mut house = house(World::Fine, Person::SaysYes);
    house.guard.vault = Arc::new(Later(Mutex::new(reasons.into())));
    let notes = Notes::default();
    assert!(house.guard.admit(request("ada", Risk::Read), &notes).await.is_ok());
    assert_eq!(*notes.remedies.lock().unwrap(), [connect, sign_in, keep_one]);
}

#[test]
fn disconnecting_an_account_refuses_only_the_calls_that_need_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let accounts = prop::collection::btree_map(provider(), scopes(), 2..=PROVIDERS.len()).prop_map(Accounts);
    let wishes = prop::collection::vec((prop::option::of((provider(), scopes())), any::<bool>()), 1..8);
    let shrank = std::cell::Cell::new(0_u32);
    let config = Config { failure_persistence: None, ..Config::with_cases(CASES) };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let run = runner.run(&(accounts, wishes, provider()), |(accounts, wishes, gone)| {
        let before = runtime.block_on(allowed(&accounts, &wishes));
        let mut fewer = accounts.clone();
        fewer.0.remove(gone);
        let after = runtime.block_on(allowed(&fewer, &wishes));
        let of_it = |place: &usize| wishes[*place].0.as_ref().is_some_and(|(provider, _)| *provider == gone);
        let expected: BTreeSet<usize> = before.iter().copied().filter(|place| !of_it(place)).collect();
        prop_assert_eq!(&after, &expected);
        shrank.set(shrank.get() + u32::from(after.len() < before.len()));
        Ok(())
    });
    run.unwrap();
    assert!(shrank.get() > CASES / 8, "the set shrank in {} of {CASES} cases, so little was tried", shrank.get());
}
