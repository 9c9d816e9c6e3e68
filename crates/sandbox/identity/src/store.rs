//! What the provider remembers in memory: sign-ins under way, codes, sessions, tokens. It must never know HTTP.

use std::collections::{HashMap, HashSet};

use crate::accounts::{Accounts, Lent};
use crate::authorize::request::Request;
use crate::ciba::pushes::Pushes;
use crate::connect::Connecting;
use crate::logout::Ending;
use crate::scopes::Scopes;
use crate::sessions::Sessions;
use crate::token::families::Families;

/// What a person granted a client at one sign-in.
#[derive(Clone)]
pub(crate) struct Authorization {
    /// Names this grant: whatever was issued from it is revoked together.
    pub(crate) id: String,
    pub(crate) client: String,
    pub(crate) sub: String,
    /// The browser session; there is none behind a push.
    pub(crate) sid: Option<String>,
    /// When the person signed in, if the client asked by `max_age`, or when she approved on her phone.
    pub(crate) auth_time: Option<i64>,
    pub(crate) audience: Option<String>,
    pub(crate) scopes: Scopes,
}

/// An authorization code; a used one is kept to recognise its reuse.
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

/// An access token that was issued to a person's client.
pub(crate) struct Access {
    pub(crate) authorization: String,
    pub(crate) sub: String,
    pub(crate) scopes: Scopes,
}

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) sign_ins: Expiring<Request>,
    pub(crate) endings: Expiring<Ending>,
    pub(crate) codes: Expiring<Code>,
    pub(crate) access: Expiring<Access>,
    pub(crate) sessions: Sessions,
    pub(crate) families: Families,
    pub(crate) freshness: Freshness,
    pub(crate) pushes: Pushes,
    pub(crate) accounts: Accounts,
    /// Third parties' access tokens that were lent.
    pub(crate) lent: Expiring<Lent>,
    /// Accounts that are being connected, by `auth_session`.
    pub(crate) connecting: Expiring<Connecting>,
    revoked: HashSet<String>,
}

impl Store {
    /// Revokes every token that was issued from this authorization.
    pub(crate) fn revoke(&mut self, authorization: &str) {
        self.families.revoke_where(|family| family.authorization.id == authorization);
        self.revoked.insert(authorization.to_owned());
    }

    pub(crate) fn is_revoked(&self, authorization: &str) -> bool {
        self.revoked.contains(authorization)
    }
}

/// A map whose entries go when their time has come.
pub(crate) struct Expiring<T>(HashMap<String, (i64, T)>);

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Expiring<T> {
    /// Remembers `value` until the second `until`, and forgets what is over.
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

    /// The first live value of this kind, with its key.
    pub(crate) fn find(&mut self, wanted: impl Fn(&T) -> bool, now: i64) -> Option<(&str, &mut T)> {
        let mut live = self.0.iter_mut().filter(|(_, (until, _))| *until > now);
        live.find(|(_, (_, value))| wanted(value)).map(|(key, (_, value))| (key.as_str(), value))
    }

    /// Forgets these values.
    pub(crate) fn forget(&mut self, unwanted: impl Fn(&T) -> bool) {
        self.0.retain(|_, (_, value)| !unwanted(value));
    }

    pub(crate) fn take(&mut self, key: &str, now: i64) -> Option<T> {
        self.0.remove(key).filter(|(until, _)| *until > now).map(|(_, value)| value)
    }
}

/// Tells whether a client makes `state`, `nonce` and challenge anew for each request.
#[derive(Default)]
pub(crate) struct Freshness {
    /// The request that a value was first seen in, by all its fresh values together.
    seen: HashMap<(&'static str, String), Vec<String>>,
    redeemed: HashSet<String>,
}

impl Freshness {
    /// The names of those values that already came in another request.
    /// The very same request again is a browser going back, and no reuse.
    pub(crate) fn reused(&mut self, values: &[(&'static str, &str)]) -> Vec<&'static str> {
        let whole: Vec<_> = values.iter().map(|(_, value)| (*value).to_owned()).collect();
        let reused = values.iter().filter(|(name, value)| {
            *self.seen.entry((name, (*value).to_owned())).or_insert_with(|| whole.clone()) != whole
        });
        reused.map(|(name, _)| *name).collect()
    }

    /// Whether a code of the request with this challenge was already redeemed.
    pub(crate) fn was_redeemed(&mut self, challenge: &str) -> bool {
        !self.redeemed.insert(challenge.to_owned())
    }
}
