//! Refresh tokens in families: rotation, overlap and the detection of reuse. It must never know HTTP.

use std::collections::HashMap;

use crate::settings::Refresh;
use crate::store::Authorization;

/// The refresh tokens that descend from one sign-in.
pub(crate) struct Family {
    pub(crate) authorization: Authorization,
    current: String,
    /// The token before the current one, and when it was replaced.
    previous: Option<(String, i64)>,
    /// No token works from this second on; rotation does not move it.
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

/// Why a refresh token does not work.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Dead {
    /// Unknown, expired, revoked, or another client's.
    Unusable,
    /// A token that was replaced: its whole family is revoked by now.
    Reused,
}

/// All families, and which token belongs to which.
#[derive(Default)]
pub(crate) struct Families {
    families: Vec<Family>,
    by_token: HashMap<String, usize>,
}

impl Families {
    /// Begins a family with its first token, which is returned.
    pub(crate) fn begin(&mut self, family: Family, token: String) -> String {
        self.by_token.insert(token.clone(), self.families.len());
        self.families.push(Family { current: token.clone(), ..family });
        token
    }

    /// What `token` stands for, if it may be used by this client now. Changes nothing but that reuse revokes.
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

    /// Replaces `token`, which was presented, by `fresh`. In the overlap the presented token stays the previous one.
    pub(crate) fn rotate(&mut self, token: &str, fresh: &str, now: i64) {
        let Some(index) = self.by_token.get(token).copied() else { return };
        let Some(family) = self.families.get_mut(index) else { return };
        let old = std::mem::replace(&mut family.current, fresh.to_owned());
        if old == token {
            family.previous = Some((old, now));
        }
        self.by_token.insert(fresh.to_owned(), index);
    }

    /// Revokes the family of a token of this client; an unknown token is no matter.
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
