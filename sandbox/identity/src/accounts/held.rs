//! The provider's operations on the vault: seed, list, hand out tokens, remove and revoke. Must not depend on requests.

use sandbox_kit::canary;
use serde_json::json;

use crate::accounts::{Account, Lent, Loan, NoLoan};
use crate::jwt;
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::{Connection, Settings, TokenForm};
use crate::store::Store;

/// A connected account as seen by the console and tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedAccount {
    /// `cac_…`
    pub id: String,
    /// The `sub` of the person who connected it.
    pub sub: String,
    /// The connection's name.
    pub connection: String,
    /// The third party's id for the account.
    pub account: String,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// Seconds since 1970-01-01 UTC.
    pub created_at: i64,
}

/// No account with this id is connected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no connected account has the id {0}")]
pub struct NotConnected(String);

impl From<&Account> for ConnectedAccount {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            sub: account.sub.clone(),
            connection: account.connection.clone(),
            account: account.account.clone(),
            scopes: account.scopes.iter().map(str::to_owned).collect(),
            created_at: account.created_at,
        }
    }
}

impl Provider {
    /// Returns all connected accounts, oldest first.
    #[must_use]
    pub fn connected_accounts(&self) -> Vec<ConnectedAccount> {
        let now = self.now();
        self.store(|store| store.accounts.live(now).map(ConnectedAccount::from).collect())
    }

    /// Removes an account from the vault, as its owner could. Tokens already handed out stay valid.
    ///
    /// # Errors
    /// Returns an error if no account has this id.
    pub fn remove_connected_account(&self, id: &str) -> Result<(), NotConnected> {
        let removed = self.store(|store| store.accounts.remove(|account| account.id == id));
        removed.map(|_| ()).ok_or_else(|| NotConnected(id.to_owned()))
    }

    /// Revokes the grant at the third party. Tokens already handed out become invalid, and the vault's next refresh
    /// fails.
    ///
    /// # Errors
    /// Returns an error if no account has this id.
    pub fn revoke_at_third_party(&self, id: &str) -> Result<(), NotConnected> {
        self.store(|store| {
            let account = store.accounts.revoke(id).ok_or_else(|| NotConnected(id.to_owned()))?;
            let (connection, owner) = (account.connection.clone(), account.account.clone());
            store.lent.forget(|lent| lent.connection == connection && lent.account == owner);
            Ok(())
        })
    }

    /// Returns the owner and scopes of a third-party token; `None` if it is unknown, expired or revoked at the third
    /// party.
    #[must_use]
    pub fn lent(&self, token: &str) -> Option<Lent> {
        let now = self.now();
        self.store(|store| store.lent.get(token, now).cloned())
    }

    pub(crate) fn lend(&self, sub: &str, connection: &Connection, hint: Option<&str>) -> Result<Loan, NoLoan> {
        let now = self.now();
        self.store(|store| {
            let mint = |account: &Account| self.mint(connection, account, now);
            let loan = store.accounts.lend(sub, &connection.name, hint, now, mint)?;
            if let Some(lent) = &loan.fresh {
                store.lent.insert(loan.token.clone(), lent.clone(), loan.until, now);
            }
            Ok(loan)
        })
    }

    fn mint(&self, connection: &Connection, account: &Account, now: i64) -> Option<(String, i64)> {
        let until = now + connection.token_lifetime_s;
        let token = match &connection.token {
            TokenForm::Opaque(kind) => canary::secret(kind),
            TokenForm::Jwt { issuer } => {
                let key = self.third_party_key().ok()?;
                let claims = json!({
                    "ver": 1, "jti": format!("AT.{}", canary::random(24)), "iss": issuer, "aud": issuer,
                    "sub": account.account, "uid": account.account, "cid": "vault", "iat": now, "exp": until,
                    "scp": account.scopes.iter().collect::<Vec<_>>(), "canary": canary::MARK,
                });
                let input = jwt::signing_input(&json!({"alg": "RS256", "kid": key.kid}), &claims.to_string());
                let signature = key.sign(input.as_bytes()).ok()?;
                format!("{input}.{}", jwt::base64url(signature))
            }
        };
        Some((token, until))
    }
}

/// Connects the accounts listed in the settings, which have been validated.
pub(crate) fn seed(settings: &Settings, store: &mut Store, now: i64) {
    for connected in &settings.connected {
        let Some(connection) = settings.connection(&connected.connection) else { continue };
        let Some(account) = connection.accounts_of(&connected.sub).next() else { continue };
        let scopes: Scopes = connected.scopes.iter().map(String::as_str).collect();
        store.accounts.connect(&connected.sub, connection, &account.id, scopes, now);
    }
}
