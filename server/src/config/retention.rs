//! The times without use after which conversations are deleted, in general and for organizations.

use super::env::Reader;
use std::ops::RangeInclusive;
use std::time::Duration;
use turns::Retention;

const DAYS: RangeInclusive<u16> = 1..=3650;
const BY_ORGANIZATION: &str = "RETENTION_DAYS_BY_ORGANIZATION";
/// The word in place of a number for an organization whose conversations are kept.
const KEEP: &str = "keep";

pub(super) fn read(r: &mut Reader<'_>) -> Retention {
    let general = r.optional_within("RETENTION_DAYS", DAYS).map(time);
    let mut retention = Retention { general, ..Retention::default() };
    for text in r.optional(BY_ORGANIZATION).unwrap_or_default().split_whitespace() {
        let Some((organization, own)) = parse(text) else {
            r.wrong(
                BY_ORGANIZATION,
                "must be organizations with 1 to 3650 days or keep, separated by spaces: org_a=30",
            );
            continue;
        };
        if retention.by_organization.insert(organization.to_owned(), own).is_some() {
            r.wrong(BY_ORGANIZATION, "must name each organization once");
        }
    }
    retention
}

/// Parses `organization=30` or `organization=keep`.
fn parse(text: &str) -> Option<(&str, Option<Duration>)> {
    let (organization, days) = text.split_once('=').filter(|(organization, _)| !organization.is_empty())?;
    if days == KEEP {
        return Some((organization, None));
    }
    let days = days.parse().ok().filter(|days| DAYS.contains(days))?;
    Some((organization, Some(time(days))))
}

fn time(days: u16) -> Duration {
    Duration::from_secs(u64::from(days) * 24 * 60 * 60)
}
