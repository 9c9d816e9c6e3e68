#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::accounts::{ConnectionRecord, Since};
use crate::identity::AccountIdentity;
use agent::fakes::{FixedClock, Line, MemoryLedger, actor};
use agent::ports::{Outcome, Unavailable, Verdict};
use async_trait::async_trait;
use std::sync::Mutex;

/// A keeper of accounts that notes how many entries the ledger holds when it removes one.
struct Shelf {
    accounts: Vec<Account>,
    ledger: Arc<MemoryLedger>,
    removed: Mutex<Vec<(String, usize)>>,
    fails: Option<fn() -> AccountError>,
}

#[async_trait]
impl AccountManager for Shelf {
    async fn list(&self, _: &Actor) -> Result<Vec<Account>, AccountError> {
        Ok(self.accounts.clone())
    }

    async fn begin(&self, _: &Actor, _: &str, _: &[String], _: &str) -> Result<(Url, PendingConnection), AccountError> {
        Err(AccountError::refused("not tested here"))
    }

    async fn complete(
        &self,
        _: &Actor,
        _: &str,
        _: PendingConnection,
        _: Answer,
        _: &dyn ConnectionRecord,
    ) -> Result<Connected, AccountError> {
        Err(AccountError::refused("not tested here"))
    }

    async fn disconnect(&self, _: &Actor, id: &str) -> Result<Disconnected, AccountError> {
        self.removed.lock().unwrap().push((id.to_owned(), self.ledger.lines().len()));
        self.fails.map_or(Ok(Disconnected::HereAlone), |error| Err(error()))
    }
}

struct World {
    accounts: Accounts,
    ledger: Arc<MemoryLedger>,
    shelves: [Arc<Shelf>; 2],
}

/// The accounts of GitHub in the local vault and of Okta in the Token Vault.
fn world(fails: Option<fn() -> AccountError>) -> World {
    let account = |id: &str, provider: &str, owner: Option<(&str, Option<&str>)>| Account {
        id: id.to_owned(),
        provider: provider.to_owned(),
        scopes: Vec::new(),
        since: Since::Millis(0),
        owner: owner.map(|(name, email)| AccountIdentity { name: name.to_owned(), email: email.map(str::to_owned) }),
    };
    let provider = |id: &str, name: &str, keeper| Provider {
        id: id.to_owned(),
        name: name.to_owned(),
        keeper,
        scopes: Vec::new(),
        tools: Vec::new(),
        names: Vec::new(),
    };
    let ledger = Arc::new(MemoryLedger::default());
    let shelf = |accounts| Arc::new(Shelf { accounts, ledger: ledger.clone(), removed: Mutex::default(), fails });
    let local = shelf(vec![account("github", "github", Some(("ada-byron", Some("ada@acme.example"))))]);
    let vault = shelf(vec![account("cac_1", "okta", Some(("ada", None))), account("cac_2", "okta", None)]);
    let managers: [(Keeper, Arc<dyn AccountManager>); 2] =
        [(Keeper::LocalVault, local.clone()), (Keeper::TokenVault, vault.clone())];
    let accounts = Accounts {
        providers: vec![
            provider("github", "GitHub", Keeper::LocalVault),
            provider("gitlab", "GitLab", Keeper::LocalVault),
            provider("okta", "Okta", Keeper::TokenVault),
        ],
        managers: managers.into(),
        ledger: ledger.clone(),
        clock: Arc::new(FixedClock::default()),
    };
    World { accounts, ledger, shelves: [local, vault] }
}

impl World {
    fn removed(&self) -> Vec<(String, usize)> {
        self.shelves.iter().flat_map(|shelf| shelf.removed.lock().unwrap().clone()).collect()
    }
}

#[tokio::test]
async fn the_ledger_names_an_account_before_it_is_removed() {
    for (id, removed, intent) in [
        ("own:github", Some("github"), Some("Disconnect the account ada-byron (ada@acme.example) at GitHub")),
        // A record that the vault cannot read is not listed, and removed all the same.
        ("own:gitlab", Some("gitlab"), Some("Disconnect an account at GitLab whose owner is unknown")),
        ("cac_1", Some("cac_1"), Some("Disconnect the account ada at Okta")),
        ("cac_2", Some("cac_2"), Some("Disconnect the account cac_2 at Okta")),
        // Nobody's text reaches the ledger, and an account of another keeper is no account of this one.
        ("cac_3", None, None),
        ("github", None, None),
        ("okta", None, None),
        ("own:okta", None, None),
        ("own:Anything at all", None, None),
    ] {
        let world = world(None);
        world.accounts.disconnect(&actor("ada"), id).await.unwrap();
        let expected: Vec<_> = removed.map(|own| (own.to_owned(), 1)).into_iter().collect();
        assert_eq!(world.removed(), expected, "{id}: the entry is there first");
        let line = |intent: &str| Line {
            verdict: Verdict::Allowed,
            tool: "account_disconnect".to_owned(),
            intent: intent.to_owned(),
            approval: None,
            way: None,
            policy: None,
            outcome: Some(Outcome::Done),
        };
        assert_eq!(world.ledger.lines(), intent.map(line).into_iter().collect::<Vec<_>>(), "{id}");
    }
}

#[tokio::test]
async fn an_account_whose_end_cannot_be_recorded_stays() {
    for id in ["own:github", "own:gitlab", "cac_1", "cac_2"] {
        let world = world(None);
        world.ledger.fail();
        let refused = world.accounts.disconnect(&actor("ada"), id).await;
        assert!(matches!(refused, Err(AccountError::NotRecorded(_))), "{id}: {refused:?}");
        assert_eq!(world.removed(), [], "{id}");
    }
}

#[tokio::test]
async fn the_ledger_holds_whether_the_account_was_removed() {
    let unavailable: fn() -> AccountError = || Unavailable::new("the vault", "down").into();
    for (fails, outcome) in [
        (unavailable, Outcome::Unknown),
        (|| AccountError::SignInAgain, Outcome::NotDone("the sign-in is over".to_owned())),
    ] {
        let world = world(Some(fails));
        assert!(world.accounts.disconnect(&actor("ada"), "cac_1").await.is_err());
        let outcomes: Vec<_> = world.ledger.lines().into_iter().map(|line| line.outcome).collect();
        assert_eq!(outcomes, [Some(outcome)]);
    }
}
