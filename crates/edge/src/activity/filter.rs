//! Parses the query of the activity pages, which says which entries to show.

use crate::zone::Zone;
use agent::ToolName;
use agent::ports::{Filter, Millis, VerdictKind};
use axum::extract::Query;
use axum::http::Uri;
use ledger::Day;
use serde::Deserialize;
use std::fmt;
use std::ops::Range;
use url::form_urlencoded::Serializer;

/// Time from the first to the last day, in milliseconds, if no first day is given.
const DEFAULT: Millis = 29 * DAY;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// The fields of the form as they were sent. Empty fields are ignored.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    person: Option<String>,
    tool: Option<String>,
    decision: Option<String>,
    from: Option<String>,
    to: Option<String>,
    before: Option<String>,
}

impl Wanted {
    /// Parses a query string.
    ///
    /// # Errors
    /// [`BadWanted::Repeated`] if a field is given twice.
    pub(crate) fn read(query: &str) -> Result<Self, BadWanted> {
        let uri = Uri::try_from(format!("/?{query}")).map_err(|_| BadWanted::Before)?;
        Query::try_from_uri(&uri).map(|Query(wanted)| wanted).map_err(|_| BadWanted::Repeated)
    }
}

/// The reason why a query is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadWanted {
    /// A field is given twice.
    #[error("Each field can be given only once.")]
    Repeated,
    /// A day is malformed.
    #[error("A day must be written like 2026-01-31.")]
    Day,
    /// The first day is after the last one.
    #[error("The first day is after the last one.")]
    Order,
    /// The decision is not one that can be filtered by.
    #[error("The decision must be allowed, confirmed or refused.")]
    Decision,
    /// The cursor of the next page is malformed.
    #[error("The link is not complete. Start again from the first page.")]
    Before,
}

/// A valid query.
#[derive(Debug, Clone)]
pub(crate) struct ActivityQuery {
    /// The person whose entries are wanted, by subject, name or e-mail address; empty for everybody.
    pub(crate) person: String,
    /// The tool whose entries are wanted; empty for every tool.
    pub(crate) tool: String,
    /// The decision that is wanted; `None` for both.
    pub(crate) verdict: Option<VerdictKind>,
    /// The first day.
    pub(crate) from: Day,
    /// The last day.
    pub(crate) to: Day,
    /// The days that the query itself names.
    named: (Option<Day>, Option<Day>),
    before: Option<Millis>,
}

impl ActivityQuery {
    /// Parses the fields; without days, the last 30 days are chosen.
    pub(crate) fn parse(wanted: Wanted, now: Millis, zone: &Zone) -> Result<Self, BadWanted> {
        let filled = |field: Option<String>| field.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let day = |field: Option<String>| {
            filled(field).map(|text| text.parse::<Day>().map_err(|_| BadWanted::Day)).transpose()
        };
        let of = |at| zone.day(at).ok_or(BadWanted::Day);
        let named = (day(wanted.from)?, day(wanted.to)?);
        let to = named.1.map_or_else(|| of(now), Ok)?;
        let from = named.0.map_or_else(|| of(zone.start(to).saturating_sub(DEFAULT)), Ok)?;
        if from > to {
            return Err(BadWanted::Order);
        }
        let verdict = match filled(wanted.decision).as_deref() {
            None => None,
            Some("allowed") => Some(VerdictKind::Allowed),
            Some("confirmed") => Some(VerdictKind::Confirmed),
            Some("refused") => Some(VerdictKind::Refused),
            Some(_) => return Err(BadWanted::Decision),
        };
        let before = filled(wanted.before).map(|text| text.parse().map_err(|_| BadWanted::Before)).transpose()?;
        let (person, tool) = (filled(wanted.person).unwrap_or_default(), filled(wanted.tool).unwrap_or_default());
        Ok(Self { person, tool, verdict, from, to, named, before })
    }

    /// Returns the times from the start of the first day to the end of the last, or to where the previous page ended.
    pub(crate) fn times(&self, zone: &Zone) -> Range<Millis> {
        let start = zone.start(self.from);
        let end = self.to.next().map_or(Millis::MAX, |next| zone.start(next)).max(start);
        start..self.before.map_or(end, |before| before.clamp(start, end))
    }

    /// Returns the filter of the search.
    pub(crate) fn filter(&self) -> Filter {
        let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Filter { person: filled(&self.person), tool: filled(&self.tool).map(ToolName), verdict: self.verdict }
    }

    /// Returns this query as a query string, from the newest entry on.
    pub(crate) fn query(&self) -> String {
        self.serializer((Some(self.from), Some(self.to))).finish()
    }

    /// Returns this query as a query string with no other days than those that it names, so that a saved filter moves
    /// with the calendar.
    pub(crate) fn chosen(&self) -> String {
        self.serializer(self.named).finish()
    }

    /// Returns the decision as the query spells it; empty for any.
    pub(crate) const fn decision(&self) -> &'static str {
        match self.verdict {
            None => "",
            Some(VerdictKind::Allowed) => "allowed",
            Some(VerdictKind::Confirmed) => "confirmed",
            Some(VerdictKind::Refused) => "refused",
        }
    }

    /// Returns this query as a query string, from `next` on, the time of the first entry that was not shown. Entries of
    /// the same millisecond may be shown twice, but none is left out.
    pub(crate) fn query_from(&self, next: Millis) -> String {
        self.serializer((Some(self.from), Some(self.to)))
            .append_pair("before", &next.saturating_add(1).to_string())
            .finish()
    }

    fn serializer(&self, (from, to): (Option<Day>, Option<Day>)) -> Serializer<'static, String> {
        let mut query = Serializer::new(String::new());
        for (name, value) in [("person", self.person.as_str()), ("tool", &self.tool), ("decision", self.decision())] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        for (name, day) in [("from", from), ("to", to)] {
            if let Some(day) = day {
                query.append_pair(name, &day.to_string());
            }
        }
        query
    }
}

/// The days, as they appear in the name of an exported file.
impl fmt::Display for ActivityQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests;
