//! Many people, each with one pending approval, on one server: measures the cost of waiting and checks that each
//! approval is used once.

use crate::house::{AT_A_TIME, House, until};
use crate::server::Memory;
use crate::{percentile, say};
use futures::{StreamExt, stream};
use sandbox::identity::{Answer, PushState};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Time without any activity but waiting.
const WAITING: Duration = Duration::from_secs(30);

/// Reads by another person during the wait.
const READS: usize = 100;

/// Polling interval of approvals, in seconds: the sandbox's default, which is Auth0's.
const INTERVAL: usize = 5;

pub(crate) async fn run(people: usize) {
    pend_and_approve(people, WAITING, READS).await;
}

pub(crate) async fn pend_and_approve(people: usize, waiting: Duration, reads: usize) {
    let house = House::start(people).await;
    let ada = house.signed_in("ada").await;
    ada.ask("What are my Okta groups?").await;
    let idle = house.server.memory();
    say(&format!("memory, idle            {idle}"));
    let crowd = house.crowd(people).await;
    let signed_in = house.server.memory();
    say(&format!("memory, {people} signed in  {signed_in}"));
    let begun = Instant::now();
    let asked = crowd.iter().enumerate().map(|(place, person)| async move {
        person.begin(&format!("Reset the password of target-{:04}@acme.example", place + 1)).await.unwrap()
    });
    stream::iter(asked).buffer_unordered(AT_A_TIME).collect::<Vec<_>>().await;
    let pending = || pushes(&house, PushState::Pending).len() == people;
    until("every phone rings", Duration::from_secs(200), pending).await;
    let rang_in = begun.elapsed();
    say(&format!("pending approvals       {people}, all of them {rang_in:.1?} after the first request"));
    let (polls, busy, since) = (polls(&house), house.server.busy(), Instant::now());
    tokio::time::sleep(waiting).await;
    let waited = since.elapsed().as_secs_f64();
    let (polls, busy) = (self::polls(&house) - polls, house.server.busy() - busy);
    let with_all = house.server.memory();
    say(&format!("memory, {people} pending    {with_all}"));
    say(&format!("memory per approval     {}", per_approval(signed_in, with_all, people)));
    say(&format!(
        "polls a second          {:.1}, where the interval of {INTERVAL} s promises {:.1}",
        f64::from(u32::try_from(polls).unwrap()) / waited,
        f64::from(u32::try_from(people).unwrap()) / f64::from(u32::try_from(INTERVAL).unwrap())
    ));
    say(&format!("processor, waiting      {busy:.2?} in {waited:.1} s"));
    let mut times = Vec::new();
    for _ in 0..reads {
        let begun = Instant::now();
        let (_, events) = ada.ask("What are my Okta groups?").await;
        times.push(begun.elapsed());
        assert!(crate::frames::began(&events), "{events:?}");
    }
    let (median, slowest) = (percentile(&mut times, 50), percentile(&mut times, 99));
    say(&format!(
        "another person's read   {median:.1?} at the median, {slowest:.1?} at 99 of 100 ({reads} whole turns)"
    ));
    let begun = Instant::now();
    for id in pushes(&house, PushState::Pending) {
        house.sandbox.provider().answer(&id, Answer::Approve).unwrap();
    }
    let done = || house.sandbox.okta().effects().len() >= people;
    until("every action is done", Duration::from_secs(200), done).await;
    let done_in = begun.elapsed();
    say(&format!("all approved            done after {done_in:.1?}"));
    each_once(&house, people).await;
    say(&format!("actions                 {people}, each once"));
}

fn per_approval(before: Memory, after: Memory, people: usize) -> String {
    let people = i64::try_from(people).unwrap();
    let each =
        |before: u64, after: u64| (i64::try_from(after).unwrap() - i64::try_from(before).unwrap()) * 1024 / people;
    let (resident, own) = (each(before.resident, after.resident), each(before.anonymous, after.anonymous));
    format!("{resident} bytes resident, {own} bytes of it its own")
}

fn pushes(house: &House, state: PushState) -> Vec<String> {
    let all = house.sandbox.provider().pushes().into_iter();
    all.filter(|push| push.state == state).map(|push| push.id).collect()
}

fn polls(house: &House) -> u64 {
    house.sandbox.provider().pushes().iter().map(|push| push.polls).sum()
}

/// Requires that every approval was fetched, that every target was reset once, and that the server violated no
/// protocol.
async fn each_once(house: &House, people: usize) {
    until("every turn ends", Duration::from_secs(60), || pushes(house, PushState::Redeemed).len() == people).await;
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    house.sandbox.okta().effects().into_iter().for_each(|effect| *times.entry(effect.whom).or_default() += 1);
    assert_eq!((times.len(), times.values().max()), (people, Some(&1)), "{times:?}");
    assert_eq!(house.sandbox.provider().pushes().len(), people, "each phone rang once");
    assert_eq!(house.sandbox.sins().all(), [], "protocol sins");
}
