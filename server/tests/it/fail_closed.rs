//! Each service outside, failing in each way that a network has: what the person sees names the service, nothing is done,
//! and when the service is well again the same is asked again and works. Every wait has an end, even for an answer that
//! comes byte by byte for ever.
//!
//! What was seen is the table `fail_closed.md`. When it changes, this test writes the new one and says where it is.

mod faults;
mod persons;
mod rows;
pub(crate) mod seen;
mod table;

use crate::world::{Custom, TestApp};
use agent::turn::Limits;
use countersign::wiring::Bounds;
use faults::Way;
use futures::StreamExt;
use rows::{Accounts, ROWS, Row};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many services fail at a time: most of that time is waiting.
const AT_A_TIME: usize = 10;

/// A start takes the whole processor, and all at once would take longer than a start may wait for its secrets.
static STARTING: Semaphore = Semaphore::const_new(1);

/// Longer than any wait of the server, and not for ever.
const LONGEST: Duration = Duration::from_secs(120);

/// Who acts: a phone rings a few times a minute at most.
const PEOPLE: [&str; 3] = ["ada", "bob", "grace"];

const TABLE: &str = include_str!("fail_closed.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_21_and_34_each_service_fails_closed_in_each_way() {
    // One server meets all ways one after the other, unless that would take too long.
    let houses = ROWS.iter().flat_map(|row| {
        let ways = row.ways();
        let together = if row.patience.is_some() { 1 } else { ways.len() };
        ways.chunks(together).map(move |ways| (row, ways))
    });
    let seen: Vec<(usize, Result<Vec<String>, String>)> = futures::stream::iter(houses.enumerate())
        .map(|(place, (row, ways))| async move {
            let seen = tokio::spawn(house(row, ways)).await;
            (place, seen.map_err(|error| format!("{}, {}: {error}", row.service, row.act)))
        })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    let broken: Vec<_> = seen.iter().filter_map(|(_, house)| house.as_ref().err()).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let seen: BTreeMap<_, _> = seen.into_iter().filter_map(|(place, house)| Some((place, house.ok()?))).collect();
    let seen: Vec<String> = seen.into_values().flatten().collect();
    let table = table::render(&seen);
    crate::tables::compare("fail_closed.md", &table, TABLE);
}

/// One service, failing in these ways, met by somebody who wants something; what they saw.
async fn house(row: &'static Row, ways: &'static [Way]) -> Vec<String> {
    // Only where the model falls silent: elsewhere a busy machine would end the turn before its service has failed.
    let silence = if row.named == rows::MODEL { Duration::from_secs(4) } else { Limits::default().silence };
    let turn = Limits { silence, ..Limits::default() };
    let bounds = Bounds { turn, approval: row.patience.map(Duration::from_secs), ..Custom::default().bounds };
    let mut app = {
        let _alone = STARTING.acquire().await.unwrap();
        let custom = match row.accounts {
            Accounts::Application => Custom::application(),
            Accounts::Own => Custom::default(),
        };
        TestApp::with(Custom { bounds, ..custom }).await
    };
    for who in ["bob", "grace"] {
        app.grant(&format!("user:auth0|{who}"), "manage_okta", "okta:users").await;
    }
    let mut seen = Vec::new();
    for (way, who) in ways.iter().zip(PEOPLE.iter().cycle()) {
        if !seen.is_empty() {
            app.restart().await;
        }
        let acted = tokio::time::timeout(LONGEST, persons::act(&mut app, row, way, who)).await;
        let phones = app.sandbox.provider().pushes().into_iter().map(|push| (push.sub, push.state, push.polls));
        seen.push(acted.unwrap_or_else(|_| panic!("{}: no end, {:?}", way.name, phones.collect::<Vec<_>>())));
        let sins = app.sandbox.sins().take();
        assert!(sins.iter().all(|sin| row.forgives(&sin.what)), "{}: {sins:?}", way.name);
    }
    app.finish().await;
    seen
}
