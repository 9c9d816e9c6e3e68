//! Connected third-party accounts of people, and the access tokens handed out for them: Auth0's Token Vault. Must not
//! depend on HTTP.

mod held;

use sandbox_kit::canary;

use crate::scopes::Scopes;
use crate::settings::Connection;

pub(crate) use held::seed;
pub use held::{ConnectedAccount, NotConnected};

/// Seconds without a token exchange after which an entry expires: one year.
const UNUSED_S: i64 = 31_536_000;
/// Minimum remaining lifetime of a cached access token, in seconds; a shorter one is replaced before it is handed out.
const TOO_SHORT_S: i64 = 30;

/// A third-party account that a person has connected.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// `cac_…`
    pub(crate) id: String,
    pub(crate) sub: String,
    pub(crate) connection: String,
    /// The third party's id for the account.
    pub(crate) account: String,
    pub(crate) scopes: Scopes,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
    /// Expiry of the third party's refresh token, in seconds since 1970.
    pub(crate) expires_at: Option<i64>,
    unused_until: i64,
    standing: Standing,
    kept: Option<Kept>,
}

/// State of the grant at the third party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Good,
    Revoked,
}

/// The third party's cached access token.
#[derive(Debug, Clone)]
struct Kept {
    token: String,
    until: i64,
}

impl Account {
    fn lives(&self, now: i64) -> bool {
        now < self.unused_until && self.expires_at.is_none_or(|until| now < until)
    }
}

/// The owner and scopes of an access token that the vault has handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// The connection's name.
    pub connection: String,
    /// The third party's id for the account.
    pub account: String,
    /// The `sub` of the person who connected it.
    pub sub: String,
    /// Granted scopes.
    pub scopes: Vec<String>,
}

/// An access token handed out by the vault.
pub(crate) struct Loan {
    pub(crate) token: String,
    /// Expiry of the token, in seconds since 1970.
    pub(crate) until: i64,
    /// Remaining lifetime, in seconds.
    pub(crate) left_s: i64,
    /// The token's owner and scopes if the third party has just issued it; `None` if the token came from the cache.
    pub(crate) fresh: Option<Lent>,
    pub(crate) scopes: Scopes,
}

/// Reason for which the vault hands out no token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoLoan {
    /// No such account is connected, or its entry has expired.
    NotFound,
    /// `login_hint` matches none of the connected accounts.
    UnknownHint,
    /// Several accounts are connected and no `login_hint` was sent.
    Several,
    /// The third party refuses to refresh.
    Refused,
}

/// All connected accounts, oldest first.
#[derive(Default)]
pub(crate) struct Accounts(Vec<Account>);

impl Accounts {
    /// Connects an account. Connecting it again replaces the scopes and keeps the id.
    pub(crate) fn connect(
        &mut self,
        sub: &str,
        connection: &Connection,
        account: &str,
        scopes: Scopes,
        now: i64,
    ) -> &Account {
        let is_same = |own: &Account| own.sub == sub && own.connection == connection.name && own.account == account;
        let at = self.0.iter().position(is_same).unwrap_or(self.0.len());
        let id = self.0.get(at).map_or_else(|| format!("cac_{}", alphanumeric()), |old| old.id.clone());
        let fresh = Account {
            id,
            sub: sub.to_owned(),
            connection: connection.name.clone(),
            account: account.to_owned(),
            scopes,
            created_at: now,
            expires_at: connection.grant_lifetime_s.map(|seconds| now + seconds),
            unused_until: now + UNUSED_S,
            standing: Standing::Good,
            kept: None,
        };
        if at < self.0.len() {
            self.0[at] = fresh;
        } else {
            self.0.push(fresh);
        }
        &self.0[at]
    }

    /// Returns an access token for a person's account. `mint` issues a new one and returns it with its expiry.
    pub(crate) fn lend(
        &mut self,
        sub: &str,
        connection: &str,
        hint: Option<&str>,
        now: i64,
        mint: impl FnOnce(&Account) -> Option<(String, i64)>,
    ) -> Result<Loan, NoLoan> {
        let mut own: Vec<_> = (self.0.iter_mut())
            .filter(|account| account.sub == sub && account.connection == connection && account.lives(now))
            .collect();
        if own.is_empty() {
            return Err(NoLoan::NotFound);
        }
        let account = match hint {
            Some(hint) => own.into_iter().find(|account| account.account == hint).ok_or(NoLoan::UnknownHint)?,
            None if own.len() > 1 => return Err(NoLoan::Several),
            None => own.swap_remove(0),
        };
        if account.standing == Standing::Revoked {
            return Err(NoLoan::Refused);
        }
        account.unused_until = now + UNUSED_S;
        let scopes = account.scopes.clone();
        if let Some(kept) = account.kept.as_ref().filter(|kept| kept.until - now >= TOO_SHORT_S) {
            let Kept { token, until } = kept.clone();
            return Ok(Loan { token, until, left_s: until - now, fresh: None, scopes });
        }
        let (token, until) = mint(account).ok_or(NoLoan::Refused)?;
        account.kept = Some(Kept { token: token.clone(), until });
        let fresh = Some(Lent {
            connection: account.connection.clone(),
            account: account.account.clone(),
            sub: account.sub.clone(),
            scopes: scopes.iter().map(str::to_owned).collect(),
        });
        Ok(Loan { token, until, left_s: until - now, fresh, scopes })
    }

    /// Removes an entry from the vault. The third party is not notified, so its tokens stay valid.
    pub(crate) fn remove(&mut self, wanted: impl Fn(&Account) -> bool) -> Option<Account> {
        let at = self.0.iter().position(wanted)?;
        Some(self.0.remove(at))
    }

    /// Revokes the grant at the third party without notifying the vault.
    pub(crate) fn revoke(&mut self, id: &str) -> Option<&Account> {
        let account = self.0.iter_mut().find(|account| account.id == id)?;
        account.standing = Standing::Revoked;
        account.kept = None;
        Some(account)
    }

    pub(crate) fn live(&self, now: i64) -> impl Iterator<Item = &Account> {
        self.0.iter().filter(move |account| account.lives(now))
    }
}

fn alphanumeric() -> String {
    canary::random(24).replace(['-', '_'], "0")
}
