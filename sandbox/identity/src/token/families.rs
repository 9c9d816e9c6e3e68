//! Refresh token families: rotation, overlap and reuse detection. Must not depend on HTTP.

use std::collections::HashMap;

use crate::settings::Refresh;
use crate::store::Authorization;

/// The refresh tokens that descend from one sign-in.
pub(crate) struct Family {
    pub(crate) authorization: Authorization,
    current: String,
    /// The token before the current one, and the time of its replacement.
    previous: Option<(String, i64)>,
    /// Absolute expiry of all tokens, in seconds since 1970; rotation does not extend it.
    until: i64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Live,
    Revoked,
}

impl Family {
    pub(crate) fn new(authorization: Authorization, until: i64) -> Self {
        Self { authorization, current: String::new(), previous: None, until, state: State::Live }
    }
}

/// Reason for which a refresh token is rejected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Dead {
    /// The token is unknown, expired, revoked, or another client's.
    Unusable,
    /// A replaced token was used again. Its whole family is now revoked.
    Reused,
}

/// All families, with an index by token.
#[derive(Default)]
pub(crate) struct Families {
    families: Vec<Family>,
    by_token: HashMap<String, usize>,
}

impl Families {
    /// Starts a family with its first token, and returns the token.
    pub(crate) fn begin(&mut self, family: Family, token: String) -> String {
        self.by_token.insert(token.clone(), self.families.len());
        self.families.push(Family { current: token.clone(), ..family });
        token
    }

    /// Returns the authorization of `token` if this client may use it now. Reuse of a replaced token revokes the
    /// family.
    pub(crate) fn present(
        &mut self,
        token: &str,
        client: &str,
        refresh: Refresh,
        now: i64,
    ) -> Result<Authorization, Dead> {
        let family = self.by_token.get(token).and_then(|index| self.families.get_mut(*index)).ok_or(Dead::Unusable)?;
        if family.authorization.client != client || family.state == State::Revoked || now >= family.until {
            return Err(Dead::Unusable);
        }
        let in_leeway = match (&family.previous, refresh) {
            (Some((previous, replaced)), Refresh::Rotating { leeway_s }) => {
                previous == token && leeway_s > 0 && now - replaced <= leeway_s
            }
            _ => false,
        };
        if token != family.current && !in_leeway {
            family.state = State::Revoked;
            return Err(Dead::Reused);
        }
        Ok(family.authorization.clone())
    }

    /// Replaces `token`, which [`Families::present`] accepted, by `fresh`. During the overlap the presented token stays
    /// the previous one.
    pub(crate) fn rotate(&mut self, token: &str, fresh: &str, now: i64) {
        let Some(index) = self.by_token.get(token).copied() else { return };
        let Some(family) = self.families.get_mut(index) else { return };
        let old = std::mem::replace(&mut family.current, fresh.to_owned());
        if old == token {
            family.previous = Some((old, now));
        }
        self.by_token.insert(fresh.to_owned(), index);
    }

    /// Revokes the family of this client's token; ignores an unknown token.
    pub(crate) fn revoke(&mut self, token: &str, client: &str) {
        let family = self.by_token.get(token).and_then(|index| self.families.get_mut(*index));
        if let Some(family) = family.filter(|family| family.authorization.client == client) {
            family.state = State::Revoked;
        }
    }

    pub(crate) fn revoke_where(&mut self, wanted: impl Fn(&Family) -> bool) {
        for family in self.families.iter_mut().filter(|family| wanted(family)) {
            family.state = State::Revoked;
        }
    }
}
