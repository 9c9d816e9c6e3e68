//! Each external service fails in each way that a network can. The person sees the name of the service, nothing is
//! done, and the same request works as soon as the service recovers. Every wait ends, even if a response arrives byte
//! by byte forever.
//!
//! The file `fail_closed.md` holds the results. When they change, this test fails and names the file with the new
//! table.

mod faults;
mod persons;
mod rows;
pub(crate) mod seen;
mod table;

use crate::world::{Custom, TestApp};
use agent::turn::Limits;
use countersign::wiring::ServerLimits;
use faults::Way;
use futures::StreamExt;
use rows::{Accounts, ROWS, Row};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Services that fail at the same time; most of the test is waiting.
const AT_A_TIME: usize = 10;

/// Servers start one at a time: a start uses the whole processor, and many at once would exceed the time limit for
/// reading secrets.
static STARTING: Semaphore = Semaphore::const_new(1);

/// Longest time for one failure; longer than any wait of the server.
const LONGEST: Duration = Duration::from_secs(120);

/// The people who act, in turn, because one person's phone rings only a few times a minute.
const PEOPLE: [&str; 3] = ["ada", "bob", "grace"];

const TABLE: &str = include_str!("fail_closed.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_21_and_34_each_service_fails_closed_in_each_way() {
    // One server meets all failures of a row one after the other, unless each takes long.
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

/// Lets one service fail in the given ways and returns what the person saw each time.
async fn house(row: &'static Row, ways: &'static [Way]) -> Vec<String> {
    // Only for the model: elsewhere a busy machine would end the turn before the service has failed.
    let silence = if row.named == rows::MODEL { Duration::from_secs(4) } else { Limits::default().silence };
    let turn = Limits { silence, ..Limits::default() };
    let bounds = ServerLimits { turn, approval: row.patience.map(Duration::from_secs), ..Custom::default().bounds };
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
