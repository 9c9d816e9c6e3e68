//! The data of the activity pages.

use super::entry::{Reader, entry};
use crate::activity::filter::{ActivityQuery, Wanted};
use crate::activity::{SHOWN, refused};
use crate::backend::activity::Activity;
use crate::services::Services;
use crate::zone::Zone;
use agent::Actor;
use agent::ports::{Clock, PastEntry, VerdictKind};
use app::pages::PageFailure;
use app::pages::activity::{self as page, Whose};
use std::collections::BTreeSet;
use system::SystemClock;
use text::visible;

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
    let entries = match whose {
        Whose::Own => activity.own(times, SHOWN + 1).await.map_err(crate::backend::not_now)?,
        Whose::Everyones => activity.all(times, &chosen.filter(), SHOWN + 1).await.map_err(refused)?,
    };
    Ok(shown(actor, zone, &entries, &chosen))
}

fn shown(actor: &Actor, zone: &Zone, entries: &[PastEntry], chosen: &ActivityQuery) -> page::Activity {
    let own = |entry: &PastEntry| {
        let own = (entry.issuer.as_str(), entry.subject.as_str()) == (actor.issuer(), actor.subject());
        if own { Reader::Owner } else { Reader::Auditor }
    };
    let list = |of: fn(&PastEntry) -> &str| {
        let all: BTreeSet<String> = entries.iter().map(|entry| visible(of(entry))).collect();
        all.into_iter().collect()
    };
    page::Activity {
        entries: entries.iter().take(SHOWN).map(|past| entry(past, own(past), zone)).collect(),
        older: entries.get(SHOWN).map(|next| chosen.query_from(next.at)),
        filter: page::Filter {
            person: chosen.person.clone(),
            tool: chosen.tool.clone(),
            decision: match chosen.verdict {
                None => String::new(),
                Some(VerdictKind::Allowed) => "allowed".to_owned(),
                Some(VerdictKind::Refused) => "refused".to_owned(),
            },
            from: chosen.from.to_string(),
            to: chosen.to.to_string(),
            query: chosen.query(),
            people: list(|entry| &entry.subject),
            tools: list(|entry| &entry.tool.0),
        },
        zone: zone.name().to_owned(),
    }
}
