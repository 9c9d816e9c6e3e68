//! The standing approvals of a person: at most ten, each with its uses. Pure state; a port stores it.

mod choice;

pub use choice::{BadChoice, StandingChoice, StandingOffer};

use crate::approval::{ActionKind, ApprovalId, SignedApproval, Standing, StandingLimits};
use crate::ports::Millis;
use crate::{Actor, Place};
use serde::{Deserialize, Serialize};

/// Time for which a standing approval is kept after its end, in milliseconds: an action that it has approved may still
/// begin.
const MARGIN: Millis = 120_000;

/// A standing approval with its uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingApproval {
    /// The limits.
    pub limits: StandingLimits,
    /// The approval with which the person gave it, whose evidence signs the limits.
    pub given: SignedApproval,
    /// The action of the question in plain words.
    pub summary: String,
    /// The other objects that the person named, as they typed them.
    pub others: Vec<String>,
    /// The calls that used it, in order.
    pub used: Vec<Place>,
}

impl StandingApproval {
    /// The number of uses that are left.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.limits.uses.saturating_sub(u32::try_from(self.used.len()).unwrap_or(u32::MAX))
    }

    /// Returns whether this call can use it, or has.
    fn admits(&self, actor: &Actor, kind: &ActionKind<'_>, place: &Place, now: Millis) -> bool {
        now < self.limits.until
            && self.limits.covers(actor, kind)
            && (self.left() > 0 || self.number_of(place).is_some())
    }

    /// The number of the use by this call.
    fn number_of(&self, place: &Place) -> Option<u32> {
        let number = self.used.iter().position(|used| used == place)? + 1;
        u32::try_from(number).ok()
    }
}

/// The reason why a standing approval was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the person has {} standing approvals already", StandingRecord::MOST)]
pub struct TooMany;

/// The standing approvals of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StandingRecord(Vec<StandingApproval>);

impl StandingRecord {
    /// Most standing approvals of a person.
    pub const MOST: usize = 10;

    /// Adds a standing approval. Repeating the call changes nothing.
    ///
    /// # Errors
    /// [`TooMany`]: nothing was changed.
    pub fn add(&mut self, new: StandingApproval, now: Millis) -> Result<(), TooMany> {
        let stays = |own: &StandingApproval| now < own.limits.until + MARGIN;
        let others = self.0.iter().filter(|own| stays(own) && own.limits.id != new.limits.id);
        if others.count() >= Self::MOST {
            return Err(TooMany);
        }
        self.0.retain(stays);
        if !self.0.iter().any(|own| own.limits.id == new.limits.id) {
            self.0.push(new);
        }
        Ok(())
    }

    /// Removes a standing approval and returns it; `None` if there is none with this id.
    pub fn revoke(&mut self, id: &ApprovalId) -> Option<StandingApproval> {
        let place = self.0.iter().position(|own| own.limits.id == *id)?;
        Some(self.0.remove(place))
    }

    /// The standing approvals that have not ended, the oldest first.
    pub fn current(&self, now: Millis) -> impl Iterator<Item = &StandingApproval> {
        self.0.iter().filter(move |own| now < own.limits.until)
    }

    /// Returns the standing approvals that the call at `place` may use, that which it has used first.
    #[must_use]
    pub fn covering(&self, actor: &Actor, kind: &ActionKind<'_>, place: &Place, now: Millis) -> Vec<&StandingApproval> {
        let mut found: Vec<_> = self.0.iter().filter(|own| own.admits(actor, kind, place, now)).collect();
        found.sort_by_key(|own| own.number_of(place).is_none());
        found
    }

    /// Spends a use for the call at `place` and returns the approval that it is. A call spends one use, however often
    /// it asks. `None` if the standing approval was revoked, has ended, is used up, or does not cover the action.
    pub fn spend(
        &mut self,
        id: &ApprovalId,
        actor: &Actor,
        kind: &ActionKind<'_>,
        place: &Place,
        now: Millis,
    ) -> Option<SignedApproval> {
        let own = self.0.iter_mut().find(|own| own.limits.id == *id && own.admits(actor, kind, place, now))?;
        if own.number_of(place).is_none() {
            own.used.push(place.clone());
        }
        let standing = Standing { limits: own.limits.clone(), used: own.number_of(place) };
        Some(SignedApproval { at: now, standing: Some(Box::new(standing)), ..own.given.clone() })
    }

    /// Returns whether use `number` of a standing approval that was not revoked belongs to the call at `place`.
    #[must_use]
    pub fn holds(&self, id: &ApprovalId, number: u32, place: &Place) -> bool {
        self.0.iter().any(|own| own.limits.id == *id && own.number_of(place) == Some(number))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
