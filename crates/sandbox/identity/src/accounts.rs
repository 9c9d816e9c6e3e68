//! The accounts at third parties that people have connected, and the tokens lent from them: what Auth0 calls the vault.
//! It must never know HTTP.

mod held;

use sandbox_kit::canary;

use crate::scopes::Scopes;
use crate::settings::Connection;

pub(crate) use held::seed;
pub use held::{ConnectedAccount, NotConnected};

/// An entry that nobody exchanges for a year vanishes.
const UNUSED_S: i64 = 31_536_000;
/// A kept access token with less left than this is replaced before it is lent.
const TOO_SHORT_S: i64 = 30;

/// An account at a third party that a person has connected.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// `cac_…`
    pub(crate) id: String,
    pub(crate) sub: String,
    pub(crate) connection: String,
    /// The third party's own id of the account.
    pub(crate) account: String,
    pub(crate) scopes: Scopes,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
    /// When the third party's refresh token ends.
    pub(crate) expires_at: Option<i64>,
    unused_until: i64,
    standing: Standing,
    kept: Option<Kept>,
}

/// How the third party thinks of its grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Good,
    Revoked,
}

/// The third party's current access token.
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

/// Whom a lent access token speaks for at the third party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// The connection's name.
    pub connection: String,
    /// The third party's own id of the account.
    pub account: String,
    /// The `sub` of the person who connected it.
    pub sub: String,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
}

/// What a loan comes to.
pub(crate) struct Loan {
    pub(crate) token: String,
    /// When the token ends, in seconds since 1970.
    pub(crate) until: i64,
    /// How long it still lives, in seconds.
    pub(crate) left_s: i64,
    /// Whether the third party has just made it.
    pub(crate) fresh: Option<Lent>,
    pub(crate) scopes: Scopes,
}

/// Why there is no loan.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoLoan {
    /// No such account is connected, or its entry has vanished.
    NotFound,
    /// `login_hint` names none of the connected accounts.
    UnknownHint,
    /// Several are connected, and none is named.
    Several,
    /// The third party refuses to refresh.
    Refused,
}

/// Every connected account, oldest first.
#[derive(Default)]
pub(crate) struct Accounts(Vec<Account>);

impl Accounts {
    /// Connects an account. The same one again gets the new scopes and keeps its id.
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

    /// Lends the access token of a person's account; `mint` makes one and says when it ends.
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

    /// Takes an entry out of the vault; the third party is not told, so its tokens live on.
    pub(crate) fn remove(&mut self, wanted: impl Fn(&Account) -> bool) -> Option<Account> {
        let at = self.0.iter().position(wanted)?;
        Some(self.0.remove(at))
    }

    /// The third party ends its grant, without telling the vault.
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
