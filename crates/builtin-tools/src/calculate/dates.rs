//! Calculations with dates: `@2026-12-24`, `@2026-11-28 + 3 weeks`, `@2026-12-24 - @2026-11-28`.
//!
//! `fend-core` is never given a date: it counts the days of a span one by one and cannot be interrupted meanwhile, so
//! a short expression would occupy a thread for ever.

use time::{Date, Duration, Month, util::days_in_month};

/// The answer to an expression that looks like one with dates and is none.
const SYNTAX: &str = "This cannot be calculated: write dates like `@2026-12-24`, `@2026-11-28 + 3 weeks` or `@2026-12-24 - @2026-11-28`.";

/// The answer to a result outside of the calendar.
const OUT_OF_RANGE: &str = "This cannot be calculated: the date is too far away.";

/// Returns the result of an expression with dates; `None` for an expression without any.
pub(super) fn evaluate(expression: &str) -> Option<Result<String, String>> {
    (expression.contains('@') || expression.contains("date")).then(|| {
        let words: Vec<&str> = expression.split_whitespace().collect();
        match *words.as_slice() {
            [date] => Ok(written(parse(date)?)),
            [to, "-", from] if from.starts_with('@') => Ok(span((parse(to)? - parse(from)?).whole_days())),
            [date, sign @ ("+" | "-"), count, unit] => shifted(parse(date)?, sign == "-", count, unit).map(written),
            _ => Err(SYNTAX.to_owned()),
        }
    })
}

/// Returns the date after, or before, a number of calendar units. The day is cut to the length of its month.
fn shifted(date: Date, is_back: bool, count: &str, unit: &str) -> Result<Date, String> {
    let count: i64 = count.parse::<u32>().map_err(|_| SYNTAX.to_owned())?.into();
    let count = if is_back { -count } else { count };
    let date = match unit.trim_end_matches('s') {
        "day" => date.checked_add(Duration::days(count)),
        "week" => date.checked_add(Duration::weeks(count)),
        "month" => after_months(date, count),
        "year" => after_months(date, count * 12),
        _ => return Err(SYNTAX.to_owned()),
    };
    date.filter(|date| (1..=9999).contains(&date.year())).ok_or_else(|| OUT_OF_RANGE.to_owned())
}

fn after_months(date: Date, count: i64) -> Option<Date> {
    let months = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1 + count;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
    let year = (1..=9999).contains(&year).then_some(year)?;
    Date::from_calendar_date(year, month, date.day().min(days_in_month(month, year))).ok()
}

/// Parses `@2026-12-24`.
fn parse(text: &str) -> Result<Date, String> {
    let mut parts = text.strip_prefix('@').unwrap_or_default().splitn(3, '-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() <= digits && part.bytes().all(|byte| byte.is_ascii_digit()));
        part.and_then(|part| part.parse::<u16>().ok())
    };
    let date = (|| {
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()
    })();
    date.filter(|date| date.year() > 0).ok_or_else(|| SYNTAX.to_owned())
}

fn written(date: Date) -> String {
    format!("{}, {} {} {}", date.weekday(), date.day(), date.month(), date.year())
}

fn span(days: i64) -> String {
    if days.abs() == 1 { format!("{days} day") } else { format!("{days} days") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_by_the_calendar() {
        for (expression, expected) in [
            ("@2026-11-28", "Saturday, 28 November 2026"),
            ("@2026-11-28 + 3 weeks", "Saturday, 19 December 2026"),
            ("@2024-02-28 + 1 day", "Thursday, 29 February 2024"),
            ("@2026-01-31 + 1 month", "Saturday, 28 February 2026"),
            ("@2024-02-29 - 1 year", "Tuesday, 28 February 2023"),
            ("@2026-01-15 - 2 months", "Saturday, 15 November 2025"),
            ("@2026-12-25 - @2026-11-28", "27 days"),
            ("@2026-11-28 - @2026-11-29", "-1 day"),
        ] {
            assert_eq!(evaluate(expression), Some(Ok(expected.to_owned())), "{expression}");
        }
        assert_eq!(evaluate("2 + 2"), None);
    }

    #[test]
    fn a_date_that_is_none_and_one_too_far_away_are_refused() {
        for expression in [
            "@2026-02-30",
            "@0-1-1",
            "@2026-1",
            "@+26-11-28",
            "@2026-11-28 + 5",
            "@2026-11-28 + -5 days",
            "@2026-11-28 + 2 moons",
            "@2026-11-28 + 4294967295 days",
            "@2026-11-28 + 4294967295 years",
            "@9999-12-31 + 1 day",
            "@0001-01-01 - 1 day",
            "@2026-11-28 + 999999999999999 days",
            "('2026-11-28' to date) + 999999999999999 days",
            "@debug 1",
        ] {
            assert!(matches!(evaluate(expression), Some(Err(_))), "{expression}: {:?}", evaluate(expression));
        }
    }
}
