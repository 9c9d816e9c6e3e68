//! How the ledger's items are called: chains, their records, and what is written beside a record.

use crate::keys::part;
use agent::ports::{EntryId, Millis};
use std::fmt;
use std::str::FromStr;
use time::{Date, Month, OffsetDateTime};

/// How many chains a tenant's day has at most, so that no key is hot.
pub(crate) const SHARDS: u8 = 16;

/// The chain that lists the tenants.
pub(crate) const ROOT: &str = "ledgerindex";

/// Sort key of a chain's head.
pub(crate) const HEAD: &str = "head";

/// The chain that lists a tenant's chains.
pub(crate) fn index(tenant: &str) -> String {
    format!("{ROOT}#{}", part(tenant))
}

/// A chain of entries.
pub(crate) fn chain(tenant: &str, day: Day, shard: u8) -> String {
    format!("ledger#{}#{day}#{:x}", part(tenant), shard % SHARDS)
}

/// The day of a chain of entries; `None` for any other text.
pub(crate) fn day_of(chain: &str) -> Option<Day> {
    let mut parts = chain.strip_prefix("ledger#")?.split('#');
    let (_tenant, day, _shard) = (parts.next()?, parts.next()?, parts.next()?);
    day.parse().ok()
}

/// The tenant of a chain, or of a list of chains.
pub(crate) fn tenant_of(chain: &str) -> Option<String> {
    let part = match chain.strip_prefix(ROOT) {
        Some(list) => list.strip_prefix('#')?,
        None => chain.strip_prefix("ledger#")?.split('#').next()?,
    };
    Some(part.replace("%23", "#").replace("%25", "%"))
}

/// Sort key of a record.
pub(crate) fn record(seq: u64) -> String {
    format!("{seq:012}")
}

/// The greatest sort key that a record may have.
pub(crate) const LAST_RECORD: &str = "999999999999";

/// Sort key of the mark that an entry is closed, beside the entry.
pub(crate) fn closed(seq: u64) -> String {
    format!("{CLOSED}{seq:012}")
}

/// How the sort keys of such marks begin.
pub(crate) const CLOSED: &str = "closed#";

/// The key of the entry that a record opens.
pub(crate) fn entry(chain: &str, seq: u64) -> EntryId {
    EntryId(format!("{chain} {}", record(seq)))
}

/// The chain and place of an entry.
pub(crate) fn place(entry: &EntryId) -> Option<(&str, u64)> {
    let (chain, seq) = entry.0.rsplit_once(' ')?;
    Some((chain, seq.parse().ok()?))
}

/// Partition of a tenant's marks of spent approvals, whose ids are the sort keys. People say yes too seldom to make it hot.
pub(crate) fn spent(tenant: &str) -> String {
    format!("{SPENT}#{}", part(tenant))
}

/// How the names of these partitions begin.
pub(crate) const SPENT: &str = "spent";

/// Sort key of a person's own list; thirteen digits sort as the times do.
pub(crate) fn own(at: Millis, entry: &EntryId) -> String {
    format!("{}{}", own_from(at), entry.0)
}

/// How the sort keys of what happened at a time begin.
pub(crate) fn own_from(at: Millis) -> String {
    format!("a#{:013}#", at.max(0))
}

/// A day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day of a time; `None` for one that no calendar has.
    #[must_use]
    pub fn of(at: Millis) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).ok().map(|time| Self(time.date()))
    }

    /// Its first millisecond.
    #[must_use]
    pub fn start(self) -> Millis {
        self.0.midnight().assume_utc().unix_timestamp() * 1000
    }

    /// The day before.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous_day().map(Self)
    }

    /// The next day.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.next_day().map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

/// Why a text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day looks like 2026-01-31")]
pub struct BadDay;

impl FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        let mut parts = text.split('-');
        let mut part = || parts.next().ok_or(BadDay);
        let (year, month, day) = (part()?, part()?, part()?);
        let month: u8 = month.parse().map_err(|_| BadDay)?;
        let date = Date::from_calendar_date(
            year.parse().map_err(|_| BadDay)?,
            Month::try_from(month).map_err(|_| BadDay)?,
            day.parse().map_err(|_| BadDay)?,
        );
        let day = Self(date.map_err(|_| BadDay)?);
        // One spelling a day, since it is part of keys.
        if day.to_string() == text { Ok(day) } else { Err(BadDay) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_spelling() {
        let day = Day::of(1_767_225_599_999).unwrap();
        assert_eq!((day.to_string(), day.next().unwrap().to_string()), ("2025-12-31".into(), "2026-01-01".into()));
        assert_eq!("2025-12-31".parse(), Ok(day));
        assert_eq!((day.start(), day.next().unwrap().start()), (1_767_139_200_000, 1_767_225_600_000));
        for bad in ["", "2025-12", "2025-12-31-1", "2025-2-3", "2025-02-30", "+2025-12-31", "20251231"] {
            assert_eq!(bad.parse::<Day>(), Err(BadDay), "{bad}");
        }
    }

    #[test]
    fn an_entry_tells_its_place_whatever_the_tenant_is_called() {
        for tenant in ["acme", "a b", "a#b", "a%23b", ""] {
            let chain = chain(tenant, Day::of(0).unwrap(), 17);
            let entry = entry(&chain, 7);
            assert_eq!(place(&entry), Some((chain.as_str(), 7)), "{tenant}");
            assert_eq!(day_of(&chain), Day::of(0), "{tenant}");
            assert_eq!(tenant_of(&chain).as_deref(), Some(tenant));
            assert_eq!(tenant_of(&index(tenant)).as_deref(), Some(tenant));
        }
        assert_eq!((place(&EntryId("nowhere".into())), tenant_of(ROOT)), (None, None));
    }
}
