//! The data of the activity pages.

use super::entry::{Reader, entry};
use crate::activity::filter::{ActivityQuery, Wanted};
use crate::activity::{SHOWN, refused, saved};
use crate::backend::activity::Activity;
use crate::backend::not_now;
use crate::services::Services;
use crate::zone::Zone;
use agent::Actor;
use agent::ports::{Clock, FoundEntries, Millis, PastEntry, VerdictKind};
use app::pages::PageFailure;
use app::pages::activity::{self as page, Whose};
use app::wire::ApiError;
use ledger::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use system::SystemClock;
use text::visible;

/// Most days of the chart: the last ones.
const MOST_DAYS: usize = 62;

/// Returns the entries that the query string selects.
pub(in crate::backend) async fn activity(
    services: &Services,
    actor: &Actor,
    zone: &Zone,
    whose: Whose,
    query: &str,
) -> Result<page::Activity, PageFailure> {
    let chosen = Wanted::read(query).and_then(|wanted| ActivityQuery::parse(wanted, SystemClock.now(), zone));
    let chosen = chosen.map_err(|error| PageFailure::Query(error.to_string()))?;
    let activity = Activity::new(services, actor);
    let times = chosen.times(zone);
    let filter = chosen.filter();
    let found = match whose {
        Whose::Own => activity.own(times.clone(), &filter, SHOWN + 1).await.map_err(not_now)?,
        Whose::Everyones => activity.all(times.clone(), &filter, SHOWN + 1).await.map_err(refused)?,
    };
    let days = days(&found, &times, zone);
    let page = shown(actor, zone, found, &chosen);
    Ok(page::Activity { days, saved: saved::of(services, actor, whose).await, ..page })
}

/// Returns the entry that an address names.
pub(in crate::backend) async fn one(
    services: &Services,
    actor: &Actor,
    zone: &Zone,
    id: &str,
) -> Result<page::EntryPage, PageFailure> {
    let absent = || PageFailure::Api(ApiError::NotFound);
    let id = ledger::of_short(actor.tenant(), id).ok_or_else(absent)?;
    let found = Activity::new(services, actor).entry(&id).await.map_err(not_now)?;
    let (past, proof) = found.ok_or_else(absent)?;
    let day = Day::of(past.at).map(|day| day.to_string()).unwrap_or_default();
    Ok(page::EntryPage {
        entry: entry(&past, actor.tenant(), reader(actor, &past), zone),
        chain: visible(&proof.chain),
        number: proof.number,
        hash: proof.hash,
        previous: proof.previous,
        key: visible(&proof.key),
        command: visible(&format!("countersign ledger verify --tenant {} --from {day} --to {day}", actor.tenant())),
    })
}

fn reader(actor: &Actor, entry: &PastEntry) -> Reader {
    let own = (entry.issuer.as_str(), entry.subject.as_str()) == (actor.issuer(), actor.subject());
    if own { Reader::Owner } else { Reader::Auditor }
}

fn shown(actor: &Actor, zone: &Zone, found: FoundEntries, chosen: &ActivityQuery) -> page::Activity {
    let FoundEntries { entries, searched_to, .. } = found;
    let older = entries.get(SHOWN).map(|next| chosen.query_from(next.at));
    // Entries that are not shown yet come first.
    let searched = searched_to
        .filter(|_| older.is_none())
        .map(|to| page::SearchEnd { to: zone.full(to), query: chosen.query_from(to.saturating_sub(1)) });
    let people: BTreeMap<String, String> = entries.iter().map(person).collect();
    let tools: BTreeSet<String> = entries.iter().map(|entry| visible(&entry.tool.0)).collect();
    page::Activity {
        entries: (entries.iter().take(SHOWN))
            .map(|past| entry(past, actor.tenant(), reader(actor, past), zone))
            .collect(),
        older,
        searched,
        days: Vec::new(),
        saved: Vec::new(),
        filter: page::Filter {
            person: chosen.person.clone(),
            tool: chosen.tool.clone(),
            decision: chosen.decision().to_owned(),
            from: chosen.from.to_string(),
            to: chosen.to.to_string(),
            query: chosen.query(),
            chosen: chosen.chosen(),
            people: people.into_iter().collect(),
            tools: tools.into_iter().collect(),
        },
        zone: zone.name().to_owned(),
    }
}

/// Returns the text by which the form finds a person, and their name.
fn person(entry: &PastEntry) -> (String, String) {
    let value = entry.email.as_deref().unwrap_or(&entry.subject);
    (visible(value), visible(entry.name.as_deref().unwrap_or(&entry.subject)))
}

/// Counts the decisions of each day that was searched, oldest first.
fn days(found: &FoundEntries, times: &Range<Millis>, zone: &Zone) -> Vec<page::DayCount> {
    let mut counts = BTreeMap::<Day, (usize, usize)>::new();
    for (at, kind) in &found.decisions {
        let Some(day) = zone.day(*at) else { continue };
        let (allowed, refused) = counts.entry(day).or_default();
        match kind {
            VerdictKind::Allowed | VerdictKind::Confirmed => *allowed += 1,
            VerdictKind::Refused => *refused += 1,
        }
    }
    let from = found.searched_to.unwrap_or(times.start).max(times.start);
    let (first, last) = (zone.day(from), zone.day(times.end.saturating_sub(1)));
    let all = std::iter::successors(last, |day| day.previous()).take_while(|day| Some(*day) >= first);
    let count = |day: Day| {
        let (allowed, refused) = counts.get(&day).copied().unwrap_or_default();
        page::DayCount { day: day.to_string(), allowed, refused }
    };
    let mut days: Vec<_> = all.take(MOST_DAYS).map(count).collect();
    days.reverse();
    days
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_counted_by_day_and_days_that_were_not_searched_are_left_out() {
        let day = |text: &str| text.parse::<Day>().unwrap().start();
        let decisions = vec![
            (day("2026-02-03") + 5, VerdictKind::Refused),
            (day("2026-02-03"), VerdictKind::Allowed),
            (day("2026-02-01") + 1, VerdictKind::Allowed),
        ];
        let found = FoundEntries { decisions, ..FoundEntries::default() };
        let shown = |found: &FoundEntries, from: &str| {
            let days = days(found, &(day(from)..day("2026-02-04")), &Zone::UTC);
            days.into_iter().map(|own| format!("{} {} {}", own.day, own.allowed, own.refused)).collect::<Vec<_>>()
        };
        assert_eq!(shown(&found, "2026-02-01"), ["2026-02-01 1 0", "2026-02-02 0 0", "2026-02-03 1 1"]);
        let cut = FoundEntries { searched_to: Some(day("2026-02-03")), ..found.clone() };
        assert_eq!(shown(&cut, "2026-02-01"), ["2026-02-03 1 1"]);
        assert_eq!(shown(&found, "2020-01-01").len(), MOST_DAYS);
    }
}
