//! The grants of people to the application: authorization codes, access tokens and refresh tokens. Must not depend on
//! HTTP.

use sandbox_kit::canary;

use super::api::Caller;

/// Lifetime of an authorization code, in seconds.
const CODE_S: i64 = 600;
/// Lifetime of an access token, in seconds: eight hours.
pub(super) const ACCESS_S: i64 = 28_800;
/// Lifetime of a refresh token, in seconds: about six months.
pub(super) const REFRESH_S: i64 = 15_897_600;

/// An authorization request that awaits the person's decision.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) challenge: Option<String>,
    pub(super) scopes: Vec<String>,
}

struct Code {
    value: String,
    account: u64,
    request: Request,
    until: i64,
}

/// An access token with its refresh token; both are replaced together.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) account: u64,
    pub(super) scopes: Vec<String>,
    access_until: i64,
    refresh_until: i64,
}

#[derive(Default)]
pub(super) struct Grants {
    waiting: Vec<(String, Request)>,
    codes: Vec<Code>,
    pairs: Vec<Pair>,
    refreshes: u64,
}

/// The account and the authorization request of a redeemed code.
pub(super) struct Redeemed {
    pub(super) account: u64,
    pub(super) request: Request,
}

impl Grants {
    /// Stores an authorization request and returns the id by which the page answers it.
    pub(super) fn wait(&mut self, request: Request) -> String {
        let id = canary::random(24);
        self.waiting.push((id.clone(), request));
        id
    }

    /// Removes and returns the authorization request with this id; each can be answered once.
    pub(super) fn answered(&mut self, id: &str) -> Option<Request> {
        let at = self.waiting.iter().position(|(own, _)| own == id)?;
        Some(self.waiting.swap_remove(at).1)
    }

    pub(super) fn allow(&mut self, request: Request, account: u64, now: i64) -> String {
        let value = canary::secret("code");
        self.codes.push(Code { value: value.clone(), account, request, until: now + CODE_S });
        value
    }

    /// Redeems a code. A code works once, even if it has expired.
    pub(super) fn redeem(&mut self, code: &str, now: i64) -> Option<Redeemed> {
        let at = self.codes.iter().position(|own| own.value == code)?;
        let code = self.codes.swap_remove(at);
        (now < code.until).then_some(Redeemed { account: code.account, request: code.request })
    }

    pub(super) fn issue(&mut self, account: u64, scopes: Vec<String>, now: i64) -> Pair {
        let pair = Pair {
            access: canary::secret("ghu"),
            refresh: canary::secret("ghr"),
            account,
            scopes,
            access_until: now + ACCESS_S,
            refresh_until: now + REFRESH_S,
        };
        self.pairs.push(pair.clone());
        pair
    }

    /// Issues a new token pair; the old access and refresh tokens are invalid immediately.
    pub(super) fn refresh(&mut self, refresh: &str, now: i64) -> Option<Pair> {
        let at = self.pairs.iter().position(|own| own.refresh == refresh && now < own.refresh_until)?;
        let old = self.pairs.swap_remove(at);
        self.refreshes += 1;
        Some(self.issue(old.account, old.scopes, now))
    }

    pub(super) fn caller(&self, access: &str, now: i64) -> Option<Caller> {
        let pair = self.pairs.iter().find(|own| own.access == access && now < own.access_until)?;
        Some(Caller { account: pair.account, scopes: pair.scopes.clone() })
    }

    pub(super) fn revoke_token(&mut self, access: &str) -> Option<()> {
        let at = self.pairs.iter().position(|own| own.access == access)?;
        self.pairs.swap_remove(at);
        Some(())
    }

    /// Revokes all tokens of the account to which this access token belongs.
    pub(super) fn revoke_grant(&mut self, access: &str) -> Option<()> {
        let account = self.pairs.iter().find(|own| own.access == access)?.account;
        self.revoke_all_of(account);
        Some(())
    }

    pub(super) fn revoke_all_of(&mut self, account: u64) {
        self.pairs.retain(|own| own.account != account);
    }

    pub(super) fn pairs_of(&self, account: u64) -> usize {
        self.pairs.iter().filter(|own| own.account == account).count()
    }

    pub(super) fn refreshes(&self) -> u64 {
        self.refreshes
    }
}
