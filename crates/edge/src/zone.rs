//! The reader's time zone and language. The page's script writes the name of the zone into a cookie; without the cookie, times
//! are in UTC.

use crate::{cookies, language};
use agent::ports::Millis;
use app::Texts;
use app::wire::Day as Distance;
use axum::http::HeaderMap;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use languages::Language;
use ledger::Day;

/// The cookie with the name of the zone, `Europe/Berlin`. Its value is public and changes nothing but texts.
const COOKIE: &str = "zone";

/// A time zone, with the texts for dates.
#[derive(Debug, Clone)]
pub struct Zone {
    zone: TimeZone,
    texts: Texts,
}

impl Zone {
    /// Coordinated Universal Time, in English.
    pub const UTC: Self = Self { zone: TimeZone::UTC, texts: Texts::of(Language::English) };

    /// Returns the zone that a request names, UTC if it names none that exists, with the request's language.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let name = cookies::all(headers).find_map(|(name, value)| (name == COOKIE).then_some(value));
        let zone = name.and_then(|name| TimeZone::get(&name.replace("%2F", "/")).ok());
        Self { zone: zone.unwrap_or(TimeZone::UTC), texts: language::texts(headers) }
    }

    /// Returns the texts in the reader's language.
    #[must_use]
    pub const fn texts(&self) -> Texts {
        self.texts
    }

    /// Returns the name of the zone.
    #[must_use]
    pub fn name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Returns the first millisecond of a day in this zone.
    pub(crate) fn start(&self, day: Day) -> Millis {
        let zoned = day.to_string().parse::<Date>().and_then(|date| date.to_zoned(self.zone.clone()));
        zoned.map_or_else(|_| day.start(), |zoned| zoned.timestamp().as_millisecond())
    }

    /// Returns the day of a time; `None` beyond the calendar.
    pub(crate) fn day(&self, at: Millis) -> Option<Day> {
        self.at(at)?.strftime("%Y-%m-%d").to_string().parse().ok()
    }

    /// Returns the day in words: `Friday, 27 November 2026`.
    pub(crate) fn date_text(&self, at: Millis) -> String {
        let Some(date) = self.at(at).map(|at| at.date()) else { return at.to_string() };
        let named = |names: &'static str, number: i8| {
            names.split(' ').nth(usize::try_from(number - 1).unwrap_or(0)).unwrap_or_default()
        };
        let t = self.texts;
        let weekday = named(t.weekdays(), date.weekday().to_monday_one_offset());
        t.date(weekday, &date.day().to_string(), named(t.months(), date.month()), &date.year().to_string())
    }

    /// Returns the time of day: `14:40`.
    pub(crate) fn clock(&self, at: Millis) -> String {
        self.text(at, "%H:%M")
    }

    /// Returns date and time to the second: `2026-11-27 14:40:12 UTC`.
    pub(crate) fn full(&self, at: Millis) -> String {
        self.text(at, "%Y-%m-%d %H:%M:%S %Z")
    }

    /// Returns the distance of a day from the day of `now`.
    pub(crate) fn distance(&self, at: Millis, now: Millis) -> Distance {
        let (Some(day), Some(today)) = (self.at(at), self.at(now)) else { return Distance::Older };
        let (day, today) = (day.date(), today.date());
        let since = |days: i64| today.checked_sub(days.days()).is_ok_and(|first| day >= first);
        match () {
            () if since(0) => Distance::Today,
            () if since(1) => Distance::Yesterday,
            () if since(7) => Distance::Week,
            () => Distance::Older,
        }
    }

    fn at(&self, at: Millis) -> Option<Zoned> {
        Timestamp::from_millisecond(at).ok().map(|at| at.to_zoned(self.zone.clone()))
    }

    /// A time beyond the calendar is written as its number.
    fn text(&self, at: Millis, format: &str) -> String {
        self.at(at).map_or_else(|| at.to_string(), |at| at.strftime(format).to_string())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use axum::http::header;

    fn zone(cookie: &str) -> Zone {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        Zone::of(&headers)
    }

    /// 2026-11-27 23:30:05 UTC.
    const LATE: Millis = 1_795_822_205_000;

    #[test]
    fn times_are_in_the_zone_of_the_cookie_else_in_utc() {
        for (cookie, name, full, day) in [
            ("zone=Europe/Berlin", "Europe/Berlin", "2026-11-28 00:30:05 CET", "2026-11-28"),
            ("a=b; zone=America%2FNew_York", "America/New_York", "2026-11-27 18:30:05 EST", "2026-11-27"),
            ("zone=Nowhere/Town", "UTC", "2026-11-27 23:30:05 UTC", "2026-11-27"),
            ("zone=../../etc/passwd", "UTC", "2026-11-27 23:30:05 UTC", "2026-11-27"),
            ("other=x", "UTC", "2026-11-27 23:30:05 UTC", "2026-11-27"),
        ] {
            let zone = zone(cookie);
            let own = zone.day(LATE).unwrap();
            assert_eq!((zone.name(), zone.full(LATE), own.to_string()), (name, full.to_owned(), day.to_owned()));
            assert!(zone.start(own) <= LATE && LATE < zone.start(own) + 86_400_000, "{cookie}");
        }
        assert_eq!(Zone::UTC.full(i64::MAX), i64::MAX.to_string());
        for (language, date) in [
            (Language::English, "Friday, 27 November 2026"),
            (Language::Spanish, "viernes, 27 de noviembre de 2026"),
            (Language::German, "Freitag, 27. November 2026"),
        ] {
            assert_eq!(Zone { texts: Texts::of(language), ..Zone::UTC }.date_text(LATE), date);
        }
    }

    #[test]
    fn days_are_grouped_by_their_distance_in_the_readers_zone() {
        let hour = 3_600_000;
        for (cookie, ago, expected) in [
            ("zone=UTC", 0, Distance::Today),
            ("zone=UTC", 23 * hour, Distance::Today),
            ("zone=UTC", 24 * hour, Distance::Yesterday),
            ("zone=UTC", 48 * hour, Distance::Week),
            ("zone=UTC", 8 * 24 * hour, Distance::Older),
            ("zone=Europe/Berlin", hour, Distance::Yesterday),
            ("zone=UTC", -hour, Distance::Today),
        ] {
            assert_eq!(zone(cookie).distance(LATE - ago, LATE), expected, "{cookie} {ago}");
        }
    }
}
