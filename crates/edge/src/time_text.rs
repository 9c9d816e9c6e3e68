//! Formats times for pages, exports and commands: in UTC, since the server does not know its readers' time zones.

use agent::ports::Millis;
use time::OffsetDateTime;

/// Formats a time as RFC 3339 with milliseconds: `2026-01-31T09:30:00.000Z`. A time beyond the calendar is written as
/// its number.
pub fn rfc3339(at: Millis) -> String {
    let Ok(time) = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)) else { return at.to_string() };
    let (date, (hour, minute, second)) = (time.date(), time.to_hms());
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{:03}Z", at.rem_euclid(1000))
}

/// Formats a time for people, to the second: `2026-01-31 09:30:00 UTC`.
pub fn display(at: Millis) -> String {
    display_rfc3339(&rfc3339(at))
}

/// Formats an RFC 3339 timestamp in UTC like [`display`]; any other text is returned unchanged.
pub fn display_rfc3339(stamp: &str) -> String {
    let Some((date, time)) = stamp.strip_suffix('Z').and_then(|stamp| stamp.split_once('T')) else {
        return stamp.to_owned();
    };
    format!("{date} {} UTC", time.split_once('.').map_or(time, |(seconds, _)| seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_utc() {
        for (at, stamped, words_) in [
            (0, "1970-01-01T00:00:00.000Z", "1970-01-01 00:00:00 UTC"),
            (1_767_225_599_999, "2025-12-31T23:59:59.999Z", "2025-12-31 23:59:59 UTC"),
            (-1, "1969-12-31T23:59:59.999Z", "1969-12-31 23:59:59 UTC"),
        ] {
            assert_eq!((rfc3339(at).as_str(), display(at).as_str()), (stamped, words_));
        }
        assert_eq!(display(i64::MAX), i64::MAX.to_string(), "a time beyond the calendar is shown as a number");
        for (stamp, words) in
            [("2026-11-21T09:00:00Z", "2026-11-21 09:00:00 UTC"), ("yesterday", "yesterday"), ("", "")]
        {
            assert_eq!(display_rfc3339(stamp), words);
        }
    }
}
