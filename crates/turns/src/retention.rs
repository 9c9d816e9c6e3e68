//! Deletes conversations that nobody used for a time that their organization chooses.

use crate::Turns;
use agent::Actor;
use agent::ports::{HideError, Millis, TimerCheck, Unavailable, Unused};
use std::collections::BTreeMap;
use std::time::Duration;

/// Times without use after which conversations are deleted; `None` to keep them. The default keeps all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention {
    /// The time for members of organizations that have none of their own.
    pub general: Option<Duration>,
    /// The times of organizations, by name.
    pub by_organization: BTreeMap<String, Option<Duration>>,
}

impl Retention {
    /// Returns the time for this person's conversations.
    fn of(&self, actor: &Actor) -> Option<Duration> {
        self.by_organization.get(actor.tenant()).copied().unwrap_or(self.general)
    }

    /// Returns the shortest time of all; `None` if everything is kept.
    fn shortest(&self) -> Option<Duration> {
        self.by_organization.values().copied().chain([self.general]).flatten().min()
    }
}

impl Turns {
    /// Deletes a share of the conversations that were not used for the time of retention.
    ///
    /// Timers are read up to the shortest time, whoever their owners are. Those of conversations that are kept longer are
    /// set anew, so that they are not read at every sweep and hold up no others.
    pub(crate) async fn retire_unused(&self) {
        let Some(shortest) = self.0.deletion.retention.shortest() else { return };
        let now = self.now();
        let swept = ago(now, shortest);
        let unused = match self.0.deletions.unused(swept).await {
            Ok(unused) => self.share(unused),
            Err(error) => {
                tracing::warn!(error = %error, "unused conversations could not be looked up");
                return;
            }
        };
        for unused in unused {
            let before = self.0.deletion.retention.of(&unused.actor).map(|own| ago(now, own));
            if let Err(error) = self.retire(&unused, TimerCheck { now, swept, before }).await {
                tracing::warn!(error = %error, "an unused conversation could not be deleted; this is retried");
            }
        }
    }

    async fn retire(&self, unused: &Unused, check: TimerCheck) -> Result<(), Unavailable> {
        let Some(used) = self.0.deletions.check_timer(unused, check).await? else { return Ok(()) };
        match self.hide(&unused.actor, &unused.conversation, Some(used)).await {
            Ok(_) => {
                tracing::info!(conversation.id = %unused.conversation, "a conversation was not used and is deleted");
                Ok(())
            }
            // The next sweep finds its timer again.
            Err(HideError::Used | HideError::NotFound | HideError::Changed) => Ok(()),
            Err(HideError::Unavailable(error)) => Err(error),
        }
    }
}

fn ago(now: Millis, time: Duration) -> Millis {
    now.saturating_sub(Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::actor::Evidence;

    #[test]
    fn the_time_of_an_organization_goes_before_the_general_one() {
        let days = |days: u32| Some(days * Duration::from_secs(86_400));
        let retention = |general, own: &[(&str, Option<Duration>)]| Retention {
            general,
            by_organization: own.iter().map(|(name, time)| ((*name).to_owned(), *time)).collect(),
        };
        let own = [("a", days(30)), ("b", days(365)), ("c", None)];
        for (retention, shortest, expected) in [
            (Retention::default(), None, [None, None, None, None]),
            (retention(days(90), &[]), days(90), [days(90); 4]),
            (retention(None, &own), days(30), [days(30), days(365), None, None]),
            (retention(days(7), &own), days(7), [days(30), days(365), None, days(7)]),
            (retention(days(7), &own[2..]), days(7), [days(7), days(7), None, days(7)]),
            (retention(None, &own[2..]), None, [None; 4]),
        ] {
            let member = |name: &str| retention.of(&Actor::attest(Evidence::of("issuer", "ada", name)));
            assert_eq!((retention.shortest(), ["a", "b", "c", "d"].map(member)), (shortest, expected), "{retention:?}");
        }
    }
}
