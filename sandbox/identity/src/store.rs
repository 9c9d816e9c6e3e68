//! The provider's state, held in memory: pending sign-ins, codes, sessions and tokens. Must not depend on HTTP.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::accounts::{Accounts, Lent};
use crate::authorize::consent::Consent;
use crate::authorize::request::Request;
use crate::ciba::pushes::Pushes;
use crate::connect::Connecting;
use crate::logout::Ending;
use crate::scopes::Scopes;
use crate::sessions::Sessions;
use crate::settings::Client;
use crate::token::families::Families;

/// The authorization of a client by a person at one sign-in.
#[derive(Clone)]
pub(crate) struct Authorization {
    /// Unique id of this authorization, by which all tokens issued from it are revoked together.
    pub(crate) id: String,
    pub(crate) client: String,
    pub(crate) sub: String,
    /// The browser session; `None` for an approval by push.
    pub(crate) sid: Option<String>,
    /// Time of the sign-in if the client sent `max_age`, or of the approval by push.
    pub(crate) auth_time: Option<i64>,
    pub(crate) audience: Option<String>,
    pub(crate) scopes: Scopes,
}

/// An authorization code. A used one is kept to detect reuse.
pub(crate) enum Code {
    Fresh(Box<FreshCode>),
    Used { client: String, authorization: String },
}

pub(crate) struct FreshCode {
    pub(crate) authorization: Authorization,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) expires_at: i64,
}

/// An access token issued on behalf of a person.
pub(crate) struct Access {
    pub(crate) authorization: String,
    pub(crate) sub: String,
    pub(crate) scopes: Scopes,
}

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) sign_ins: Expiring<Request>,
    pub(crate) consents: Expiring<Consent>,
    /// Clients that registered themselves, by id. [`crate::settings::Registration`] limits their number.
    pub(crate) registered: BTreeMap<String, Client>,
    pub(crate) endings: Expiring<Ending>,
    pub(crate) codes: Expiring<Code>,
    pub(crate) access: Expiring<Access>,
    pub(crate) sessions: Sessions,
    pub(crate) families: Families,
    pub(crate) freshness: Freshness,
    pub(crate) pushes: Pushes,
    pub(crate) accounts: Accounts,
    /// Third parties' access tokens that the vault has handed out.
    pub(crate) lent: Expiring<Lent>,
    /// Pending account connections, by `auth_session`.
    pub(crate) connecting: Expiring<Connecting>,
    revoked: HashSet<String>,
}

impl Store {
    /// Revokes all tokens issued from this authorization.
    pub(crate) fn revoke(&mut self, authorization: &str) {
        self.families.revoke_where(|family| family.authorization.id == authorization);
        self.revoked.insert(authorization.to_owned());
    }

    pub(crate) fn is_revoked(&self, authorization: &str) -> bool {
        self.revoked.contains(authorization)
    }
}

/// A map with expiring entries.
pub(crate) struct Expiring<T>(HashMap<String, (i64, T)>);

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Expiring<T> {
    /// Stores `value` until the second `until`, and removes expired entries.
    pub(crate) fn insert(&mut self, key: String, value: T, until: i64, now: i64) {
        self.0.retain(|_, (until, _)| *until > now);
        self.0.insert(key, (until, value));
    }

    pub(crate) fn get(&self, key: &str, now: i64) -> Option<&T> {
        self.0.get(key).filter(|(until, _)| *until > now).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str, now: i64) -> Option<&mut T> {
        self.0.get_mut(key).filter(|(until, _)| *until > now).map(|(_, value)| value)
    }

    /// Returns the first unexpired value that matches, and its key.
    pub(crate) fn find(&mut self, wanted: impl Fn(&T) -> bool, now: i64) -> Option<(&str, &mut T)> {
        let mut live = self.0.iter_mut().filter(|(_, (until, _))| *until > now);
        live.find(|(_, (_, value))| wanted(value)).map(|(key, (_, value))| (key.as_str(), value))
    }

    /// Removes matching values.
    pub(crate) fn forget(&mut self, unwanted: impl Fn(&T) -> bool) {
        self.0.retain(|_, (_, value)| !unwanted(value));
    }

    pub(crate) fn take(&mut self, key: &str, now: i64) -> Option<T> {
        self.0.remove(key).filter(|(until, _)| *until > now).map(|(_, value)| value)
    }
}

/// Detects clients that reuse `state`, `nonce` or the code challenge instead of generating new ones for each request.
#[derive(Default)]
pub(crate) struct Freshness {
    /// For each value, all such values of the request in which it was first seen.
    seen: HashMap<(&'static str, String), Vec<String>>,
    redeemed: HashSet<String>,
}

impl Freshness {
    /// Returns the names of the values that already appeared in a different request. Repeating an identical request is
    /// not reuse: the browser went back.
    pub(crate) fn reused(&mut self, values: &[(&'static str, &str)]) -> Vec<&'static str> {
        let whole: Vec<_> = values.iter().map(|(_, value)| (*value).to_owned()).collect();
        let reused = values.iter().filter(|(name, value)| {
            *self.seen.entry((name, (*value).to_owned())).or_insert_with(|| whole.clone()) != whole
        });
        reused.map(|(name, _)| *name).collect()
    }

    /// Returns `true` if a code for this challenge has been redeemed before, and records the redemption.
    pub(crate) fn was_redeemed(&mut self, challenge: &str) -> bool {
        !self.redeemed.insert(challenge.to_owned())
    }
}
