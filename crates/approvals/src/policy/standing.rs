//! The bounds of standing approvals in a rule.

use agent::approval::{Question, SignedApproval, StandingLimits};
use agent::intent::Permanence;
use agent::ports::{Asking, Millis};
use agent::standing::StandingOffer;
use serde::Deserialize;

/// Most minutes that a rule may name.
const MOST_MINUTES: u32 = 24 * 60;

/// The standing approvals that a rule allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingBounds {
    /// Most uses of one.
    pub uses: u32,
    /// Longest validity, in milliseconds.
    pub longest: Millis,
    /// The permission to approve actions in advance that nobody can take back.
    pub permanent: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    most: u32,
    minutes: u32,
    #[serde(default)]
    permanent: bool,
}

impl Written {
    /// Returns the bounds. `is_alone`: the rule is for a tool, and one passkey on any device approves it.
    pub(super) fn bounds(self, is_alone: bool) -> Result<StandingBounds, &'static str> {
        let Self { most, minutes, permanent } = self;
        if !is_alone {
            Err("standing: only in a rule for a tool with approvals = [\"passkey\"], and not with device = \"other\"")
        } else if !(1..=StandingLimits::MOST_USES).contains(&most) {
            Err("standing: most is 1 to 100")
        } else if !(1..=MOST_MINUTES).contains(&minutes) {
            Err("standing: minutes is 1 to 1440")
        } else {
            Ok(StandingBounds { uses: most, longest: Millis::from(minutes) * 60_000, permanent })
        }
    }
}

impl StandingBounds {
    /// Returns the offer on the page of a question; `None` if such an action is approved one by one.
    #[must_use]
    pub fn offer(&self, asking: &Asking<'_>) -> Option<StandingOffer> {
        let offer = || StandingOffer::of(&asking.kind, self.uses, self.longest);
        self.allows(asking.question).then(offer)
    }

    /// Returns whether actions like that of `question` may be approved in advance. An action whose permanence its tool
    /// does not state counts as permanent.
    #[must_use]
    pub fn allows(&self, question: &Question) -> bool {
        let is_reversible = question.effect.as_ref().is_some_and(|own| own.permanence == Permanence::Reversible);
        question.discloses.is_none() && (is_reversible || self.permanent)
    }

    /// Returns whether the policy, which may have changed since, allows these limits.
    #[must_use]
    pub fn allow_limits(&self, limits: &StandingLimits, given: &SignedApproval) -> bool {
        limits.uses <= self.uses && limits.until <= given.at.saturating_add(self.longest)
    }
}
