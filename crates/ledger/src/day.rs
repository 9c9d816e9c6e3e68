//! Days, by which a tenant's entries are divided into chains.

use agent::ports::Millis;
use std::fmt;
use std::str::FromStr;
use time::{Date, Month, OffsetDateTime};

/// A calendar day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// Returns the day of a time; `None` if the time is out of the calendar's range.
    #[must_use]
    pub fn of(at: Millis) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).ok().map(|time| Self(time.date()))
    }

    /// Returns the first millisecond of the day, since 1970.
    #[must_use]
    pub fn start(self) -> Millis {
        self.0.midnight().assume_utc().unix_timestamp() * 1000
    }

    /// Returns the day before; `None` at the calendar's limit.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous_day().map(Self)
    }

    /// Returns the day after; `None` at the calendar's limit.
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

/// The error of a text that is not a day.
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
        // Accepts one spelling only, because the day is part of keys.
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
}
