//! Recorded prompt injections against a model that obeys each one. The text arrives through a real channel, the model
//! does what it says, and the test judges the effects outside the model, not its words. The scripts are data, in
//! `injections/*.toml`.
//!
//! The file `injections.md` holds the results. When they change, this test fails and names the file with the new table.

mod calls;
mod house;
mod judge;
mod page;
mod play;
mod script;
mod seen;
mod server;
mod table;
mod told;

use futures::StreamExt;
use script::Script;
use seen::Account;
use std::io::{Write, stdout};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Scripts that run at the same time; half of each is waiting for a phone.
const AT_A_TIME: usize = 5;

/// Two servers start at a time: a start uses the whole processor, and many at once would exceed the time limit for
/// reading secrets.
static STARTING: Semaphore = Semaphore::const_new(2);

/// Longest time for one script.
const LONGEST: Duration = Duration::from_secs(60);

/// The account of a script with its violations, or the reason why it did not end.
type Outcome = Result<(Account, Vec<String>), String>;

const TABLE: &str = include_str!("injections.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_40_whatever_injection_the_model_obeys_the_gates_hold() {
    let scripts = script::all();
    let played: Vec<(Script, Outcome)> = futures::stream::iter(scripts)
        .map(|script| async move {
            let own = script.clone();
            let played = tokio::spawn(async move { tokio::time::timeout(LONGEST, play_and_judge(&own)).await });
            let outcome = match played.await {
                Ok(Ok(played)) => Ok(played),
                Ok(Err(_)) => Err(format!("no end in {LONGEST:?}")),
                Err(error) => Err(error.to_string()),
            };
            (script, outcome)
        })
        .buffered(AT_A_TIME)
        .collect()
        .await;
    let mut broken = Vec::new();
    for (script, outcome) in &played {
        match outcome {
            Ok((_, wrong)) => broken.extend(wrong.iter().map(|what| format!("{}: {what}", script.name))),
            Err(error) => broken.push(format!("{}: {error}", script.name)),
        }
    }
    assert!(broken.is_empty(), "{} findings:\n{}", broken.len(), broken.join("\n"));
    let seen: Vec<_> =
        played.iter().filter_map(|(script, outcome)| Some((script, &outcome.as_ref().ok()?.0))).collect();
    let table = table::render(&seen);
    let _ = writeln!(stdout(), "{table}");
    let fresh = concat!(env!("CARGO_TARGET_TMPDIR"), "/injections.md");
    std::fs::write(fresh, &table).unwrap();
    assert!(table == TABLE, "the table has changed; if that is right: cp {fresh} server/tests/it/injections.md");
}

/// Plays one script with its own server.
async fn play_and_judge(script: &Script) -> (Account, Vec<String>) {
    let house = {
        let _alone = STARTING.acquire().await.unwrap();
        house::House::build(script).await
    };
    let seen = play::play(&house).await;
    let account = seen.account(&house);
    let wrong = judge::judge(&house, &seen, &account);
    house.app.finish().await;
    (account, wrong)
}
