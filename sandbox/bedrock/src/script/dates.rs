//! Questions about dates: "what day is it in 3 weeks", "days until Christmas". The model knows the date of today only
//! from the system prompt, and leaves the counting to the calculator.

use super::words::count;
use std::fmt;

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Days with a name, as month and day.
const NAMED: &[(&str, (u8, u8))] = &[
    ("christmas eve", (12, 24)),
    ("christmas", (12, 25)),
    ("boxing day", (12, 26)),
    ("new year's eve", (12, 31)),
    ("new year", (1, 1)),
    ("valentine", (2, 14)),
    ("halloween", (10, 31)),
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Date {
    /// Parses `2026-12-24`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let plain = bytes.len() == 10
            && bytes
                .iter()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
        let date = plain.then(|| {
            Some(Self { year: text[..4].parse().ok()?, month: text[5..7].parse().ok()?, day: text[8..].parse().ok()? })
        })??;
        ((1..=12).contains(&date.month) && (1..=31).contains(&date.day)).then_some(date)
    }

    /// Returns the first date in the system prompts: that of today.
    pub(super) fn of_prompt(system: &[&str]) -> Option<Self> {
        system.iter().flat_map(|text| text.split(|c: char| !(c.is_ascii_digit() || c == '-'))).find_map(Self::parse)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Returns the calculation that a question about dates needs, with the byte offset at which the question begins.
pub(super) fn question(text: &str, today: Option<Date>) -> Option<(usize, String)> {
    let today = today?;
    let lower = text.to_lowercase().replace('’', "'");
    let words: Vec<&str> =
        lower.split(|c: char| !(c.is_alphanumeric() || "'-@".contains(c))).filter(|word| !word.is_empty()).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let counts = has(&["days", "weeks", "long", "sleeps"]);
    let asks =
        has(&["what", "what's", "which", "when", "weekday"]) && has(&["day", "date", "weekday", "when", "today's"]);
    let day = || named(&lower, &words, today);
    let expression = if counts && has(&["until", "till", "til", "before", "to"]) {
        format!("{} - {today}", day()?)
    } else if counts && has(&["since"]) {
        let day = day()?;
        let past = if day > today { Date { year: day.year.saturating_sub(1), ..day } } else { day };
        format!("{today} - {past}")
    } else if asks {
        span(&words).map(|span| format!("{today} {span}")).or_else(|| day().map(|day| day.to_string()))?
    } else {
        return None;
    };
    Some((0, expression))
}

/// Returns the span from today that the words name: `+ 3 weeks`, `- 1 day`.
fn span(words: &[&str]) -> Option<String> {
    let has = |word: &str| words.contains(&word);
    let simple = [("tomorrow", "+ 1 day"), ("yesterday", "- 1 day")].into_iter().find(|(word, _)| has(word));
    if let Some((word, span)) = simple {
        return Some(match word {
            "tomorrow" if has("after") => "+ 2 days".to_owned(),
            "yesterday" if has("before") => "- 2 days".to_owned(),
            _ => span.to_owned(),
        });
    }
    let (count, unit) = words.windows(2).find_map(|pair| {
        let unit = pair[1].trim_end_matches('s');
        let count = count(pair[0]).filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()))?;
        ["day", "week", "month", "year"].contains(&unit).then_some((count, pair[1]))
    })?;
    let sign = if has("ago") || has("before") { '-' } else { '+' };
    Some(format!("{sign} {count} {unit}"))
}

/// Returns the day that the words name; one without a year is the next of its kind.
fn named(lower: &str, words: &[&str], today: Date) -> Option<Date> {
    if let Some(date) = words.iter().find_map(|word| Date::parse(word)) {
        return Some(date);
    }
    let known = NAMED.iter().find(|(name, _)| lower.contains(name)).map(|(_, day)| *day);
    let written = || {
        let at = words.iter().position(|word| MONTHS.contains(word))?;
        let month = MONTHS.iter().position(|name| *name == words[at])?;
        let near =
            [at.checked_sub(1), at.checked_sub(2), Some(at + 1)].into_iter().flatten().filter_map(|at| words.get(at));
        let day = near
            .filter_map(|word| word.trim_end_matches(char::is_alphabetic).parse().ok())
            .find(|day| (1..=31).contains(day))?;
        Some((u8::try_from(month).ok()? + 1, day))
    };
    let Some((month, day)) = known.or_else(written) else {
        return words.iter().any(|word| ["today", "today's", "it"].contains(word)).then_some(today);
    };
    let year = words.iter().filter(|word| word.len() == 4).find_map(|word| word.parse().ok());
    let date = Date { year: year.unwrap_or(today.year), month, day };
    Some(if year.is_none() && date < today { Date { year: date.year + 1, ..date } } else { date })
}
