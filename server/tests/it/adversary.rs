//! A hostile model against the whole server, over sockets. The model says anything; people ask at the same time and
//! answer their phones at random; permissions are revoked in the middle; and the directory is full of instructions.
//!
//! Every action at Okta must have a ledger entry that allowed it for that person while they had the permission, with an
//! approval from their own phone that no other action used. No person, and no person's model, may see another person's
//! conversation. `ADVERSARY_TRANSCRIPTS` and `ADVERSARY_SEED` set the number of conversations and the seed;
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

/// Conversations with one server.
const IN_A_HOUSE: u64 = 24;

/// Servers that run at the same time.
const AT_A_TIME: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_24_39_40_nothing_happens_without_permission_and_approval_whatever_the_model_says() {
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
