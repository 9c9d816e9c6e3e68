//! One server with several people who talk to it at the same time, their phones, and somebody who revokes permissions.

use super::random::Random;
use super::record::{Page, Record, Ring, Said};
use super::words;
use crate::world::browser::Browser;
use crate::world::{Custom, TestApp, aws};
use agent::ports::{Audit, Filter};
use countersign::wiring::{ServerLimits, ledger_commands};
use futures::TryStreamExt;
use futures::future::join_all;
use sandbox::identity::{Answer, Push, PushState};
use serde_json::Value;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// People who talk to one server.
pub(crate) const PEOPLE: u64 = 8;

/// Wait for an approval that nobody answers.
const PATIENCE: Duration = Duration::from_secs(3);

/// One server's share of the test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct House {
    pub(crate) seed: u64,
    pub(crate) number: u64,
    pub(crate) transcripts: u64,
}

/// The initial permissions of each person, as the sandbox grants them to a crowd.
const RIGHTS: [(&str, &str); 3] =
    [("read_okta", "okta:groups"), ("read_okta", "okta:users"), ("manage_okta", "okta:users")];

type Revoked = BTreeMap<(String, String, String), i64>;

/// Plays to the end and returns the record.
pub(crate) async fn play(house: House) -> Record {
    let bounds = ServerLimits { approval: Some(PATIENCE), ..Custom::default().bounds };
    let crowd = usize::try_from(PEOPLE).unwrap();
    let app = TestApp::with(Custom { bounds, crowd, ..Custom::application() }).await;
    let mut random = Random::new(house.seed, house.number * 1_000);
    let mut revoked = Revoked::new();
    for number in 1..=PEOPLE {
        let group = random.pick(&words::GROUPS);
        app.sandbox.okta().add_to_group(&format!("crowd-{number:04}@acme.example"), group).unwrap();
        if random.below(4) == 0 {
            revoke(&app, &mut random, number, &mut revoked).await;
        }
    }
    let mut answers = BTreeMap::new();
    let people = join_all((1..=PEOPLE).map(|number| person(&app, house, number)));
    let pages = tokio::select! {
        pages = people => pages.into_iter().flatten().collect(),
        never = phones(&app, house, &mut answers) => match never {},
        never = taking_away(&app, house, &mut revoked) => match never {},
    };
    let record = collect(&app, pages, answers, revoked).await;
    app.finish().await;
    record
}

/// Signs a person in and holds their share of the conversations, one after the other.
async fn person(app: &TestApp, house: House, number: u64) -> Vec<Page> {
    let browser = app.signed_in(&format!("crowd-{number:04}")).await;
    let mut pages = Vec::new();
    for transcript in (number - 1..house.transcripts).step_by(usize::try_from(PEOPLE).unwrap()) {
        let mut random = Random::new(house.seed, house.number * 1_000 + 100 + transcript);
        pages.push(transcript_of(app, &browser, &mut random, number, words::mark(transcript)).await);
    }
    pages
}

async fn transcript_of(app: &TestApp, browser: &Browser, random: &mut Random, number: u64, mark: String) -> Page {
    for answer in words::answers(random) {
        // The next request gets this answer, whoever makes it: all people share the model.
        app.sandbox.bedrock().next(sandbox::bedrock::Mischief::Say(answer));
    }
    let (_, events) = browser.ask(&words::message(random, &mark)).await;
    Page { mark, who: format!("crowd-{number:04}@acme.example"), events }
}

/// Answers phones at random; some requests stay unanswered.
async fn phones(app: &TestApp, house: House, answers: &mut BTreeMap<String, Said>) -> std::convert::Infallible {
    let mut random = Random::new(house.seed, house.number * 1_000 + 1);
    let mut seen = BTreeSet::new();
    loop {
        for push in app.sandbox.provider().pushes() {
            if push.state != PushState::Pending || !seen.insert(push.id.clone()) {
                continue;
            }
            let (said, answer) = match random.below(10) {
                0..=6 => (Said::Yes, Answer::Approve),
                7..=8 => (Said::No, Answer::Deny),
                _ => continue,
            };
            if app.sandbox.provider().answer(&push.id, answer).is_ok() {
                answers.insert(push.id, said);
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Revokes a random permission every half to three seconds.
async fn taking_away(app: &TestApp, house: House, revoked: &mut Revoked) -> std::convert::Infallible {
    let mut random = Random::new(house.seed, house.number * 1_000 + 2);
    loop {
        tokio::time::sleep(Duration::from_millis(500 + random.below(2_500))).await;
        let number = random.below(PEOPLE) + 1;
        revoke(app, &mut random, number, revoked).await;
    }
}

async fn revoke(app: &TestApp, random: &mut Random, number: u64, revoked: &mut Revoked) {
    let (relation, object) = *random.pick(&RIGHTS);
    let subject = format!("auth0|crowd-{number:04}");
    let right = (subject.clone(), relation.to_owned(), object.to_owned());
    if let Entry::Vacant(right) = revoked.entry(right) {
        app.revoke(&format!("user:{subject}"), relation, object).await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        right.insert(i64::try_from(now.as_millis()).unwrap());
    }
}

async fn collect(app: &TestApp, pages: Vec<Page>, answers: BTreeMap<String, Said>, revoked: Revoked) -> Record {
    let aws = aws(&app.sandbox).await;
    let store = ledger_commands::open(&app.config, &aws).await.unwrap();
    let entries = store.export(&app.config.tenant, 0..i64::MAX, Filter::default()).try_concat().await.unwrap();
    let report = ledger_commands::verify(&app.config, &aws, &ledger::verify::Scope::default()).await.unwrap();
    let rings = app.sandbox.provider().pushes().into_iter().map(|push| {
        let answered = answers.get(&push.id).copied();
        Ring { shown: (shown(&push, "Action"), shown(&push, "Target")), sub: push.sub, answered }
    });
    let bedrock = app.sandbox.bedrock();
    let requests = bedrock.requests();
    assert_eq!(requests.len(), bedrock.request_count(), "the sandbox has recorded every request");
    Record {
        effects: app.sandbox.okta().effects().into_iter().map(Into::into).collect(),
        entries,
        rings: rings.collect(),
        revoked,
        prompts: requests.into_iter().map(|request| of_prompt(&request.body)).collect(),
        pages,
        findings: report.findings.iter().map(ToString::to_string).collect(),
    }
}

/// Returns the value that the phone showed under this name.
fn shown(push: &Push, name: &str) -> String {
    let details = push.authorization_details.as_ref().unwrap();
    let properties = details[0]["properties"].as_object().unwrap();
    let property = properties.values().find(|property| property["name"] == name).unwrap();
    property["value"].as_str().unwrap().to_owned()
}

/// Returns the marks in the messages and the people named in the system prompt.
fn of_prompt(body: &Value) -> BTreeSet<String> {
    let system = body["system"].to_string();
    let people = (1..=PEOPLE).map(|number| format!("crowd-{number:04}@acme.example"));
    let people = people.filter(|person| system.contains(person));
    words::marks(&body.to_string()).into_iter().chain(people).collect()
}
