//! The adversary against the whole server, over sockets: a model that says anything, people who ask at the same time and
//! answer their phones anyhow, rights that go in the middle, and a directory that is full of orders.
//!
//! Whatever happens, nothing is done at Okta that the ledger does not hold with an allowed decision of that person, made while
//! they had the right, and with a yes of their own phone that nothing else was done on; and nobody, nor anybody's model, sees
//! anything of another's conversation. `ADVERSARY_TRANSCRIPTS` and `ADVERSARY_SEED` say how many and which;
//! `cargo xtask adversary` runs the long form.

pub(crate) mod check;
mod house;
#[path = "../crash/random.rs"]
mod random;
pub(crate) mod record;
pub(crate) mod words;

use countersign::config::Env;
use futures::StreamExt;
use house::{House, PEOPLE};
use record::Record;
use std::io::{Write, stdout};
use std::str::FromStr;

/// How many transcripts one server sees.
const IN_A_HOUSE: u64 = 24;

/// How many servers run at a time.
const AT_A_TIME: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_24_39_40_whatever_the_model_says_nothing_happens_without_its_permission_and_its_yes() {
    let seed = asked("ADVERSARY_SEED").unwrap_or(1);
    let transcripts: u64 = asked("ADVERSARY_TRANSCRIPTS").unwrap_or(2 * IN_A_HOUSE);
    let houses = (0..transcripts.div_ceil(IN_A_HOUSE)).map(|number| {
        let many = IN_A_HOUSE.min(transcripts - number * IN_A_HOUSE);
        tokio::spawn(house::play(House { seed, number, transcripts: many }))
    });
    let mut sum = Record::default();
    let mut violations = Vec::new();
    let mut records = futures::stream::iter(houses).buffer_unordered(AT_A_TIME);
    while let Some(record) = records.next().await {
        let record = record.unwrap();
        violations.extend(check::violations(&record).into_iter().map(|found| found.to_string()));
        sum.add(record);
    }
    let _ = writeln!(
        stdout(),
        "adversary over sockets: {}, {} violations, {PEOPLE} people a server, seed {seed}",
        sum,
        violations.len()
    );
    assert_eq!(violations, Vec::<String>::new());
    assert!(sum.reaches_what_it_attacks(), "{sum}");
}

fn asked<T: FromStr>(variable: &str) -> Option<T> {
    let env = Env::of_process();
    env.get(variable).map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}
