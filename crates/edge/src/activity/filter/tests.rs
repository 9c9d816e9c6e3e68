use super::*;

/// 2026-02-10 12:00 UTC.
const NOW: Millis = 1_770_724_800_000;

fn wanted(query: &str) -> Wanted {
    Wanted::read(query).unwrap()
}

#[test]
fn a_filter_survives_a_round_trip_through_the_query() {
    for (query, days, again) in [
        ("", 30, "from=2026-01-12&to=2026-02-10"),
        ("person=&tool=+&decision=&from=&to=", 30, "from=2026-01-12&to=2026-02-10"),
        ("from=2026-02-10", 1, "from=2026-02-10&to=2026-02-10"),
        ("to=2026-01-31", 30, "from=2026-01-02&to=2026-01-31"),
        ("decision=confirmed", 30, "decision=confirmed&from=2026-01-12&to=2026-02-10"),
        ("person=auth0%7Cada&tool=a%26b&decision=refused&from=2026-02-01&to=2026-02-02", 2, ""),
    ] {
        let chosen = ActivityQuery::parse(wanted(query), NOW, &Zone::UTC).unwrap();
        let times = chosen.times(&Zone::UTC);
        assert_eq!((times.end - times.start) / DAY, days, "{query}");
        assert_eq!(chosen.query(), if again.is_empty() { query } else { again });
        let named: String =
            query.split('&').filter(|pair| !pair.ends_with('=') && *pair != "tool=+").collect::<Vec<_>>().join("&");
        assert_eq!(chosen.chosen(), named, "days that nobody chose are not saved");
        let older = ActivityQuery::parse(wanted(&chosen.query_from(times.start + 5)), NOW, &Zone::UTC).unwrap();
        assert_eq!(older.times(&Zone::UTC), times.start..times.start + 6, "{query}");
    }
}

#[test]
fn an_invalid_filter_is_refused() {
    for (query, error) in [
        ("from=yesterday", BadWanted::Day),
        ("to=2026-02-30", BadWanted::Day),
        ("from=2026-02-03&to=2026-02-02", BadWanted::Order),
        ("decision=maybe", BadWanted::Decision),
        ("before=x", BadWanted::Before),
    ] {
        assert_eq!(ActivityQuery::parse(wanted(query), NOW, &Zone::UTC).err(), Some(error), "{query}");
    }
    for before in [i64::MIN, i64::MAX] {
        let chosen = ActivityQuery::parse(wanted(&format!("before={before}")), NOW, &Zone::UTC).unwrap();
        assert!(chosen.times(&Zone::UTC).start <= chosen.times(&Zone::UTC).end, "{before}");
    }
}
