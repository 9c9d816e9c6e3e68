//! Our own share of a turn's duration, and the cost of an idle server. The times include the sandbox's share.

use crate::house::House;
use crate::{percentile, say};
use app::wire::Frame;
use std::time::Instant;

/// Turns to measure.
const TURNS: usize = 200;

pub(crate) async fn run() {
    let house = House::start(0).await;
    let idle = house.server.memory();
    let ada = house.signed_in("ada").await;
    let (conversation, events) = ada.ask("Hello").await;
    let mut watch = ada.watch(&conversation, events.len() as u64).await;
    let (mut accepted, mut spoke) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let begun = Instant::now();
        ada.post(&conversation, "Hello", &format!("bench-client-{turn:04}")).await.unwrap();
        accepted.push(begun.elapsed());
        let mut first = None;
        loop {
            match watch.next().await.expect("the stream goes on") {
                Frame::Delta { .. } | Frame::Block { .. } | Frame::Partial { .. } => {
                    first.get_or_insert_with(|| begun.elapsed());
                }
                Frame::Event { event: app::wire::Event::TurnEnded { .. }, .. } => break,
                _ => {}
            }
        }
        spoke.push(first.expect("the model speaks"));
    }
    let row = |what: &str, times: &mut Vec<_>| {
        let (median, slowest) = (percentile(times, 50), percentile(times, 99));
        say(&format!("{what}{median:.1?} at the median, {slowest:.1?} at 99 of 100 ({TURNS} turns)"));
    };
    row("post until taken          ", &mut accepted);
    row("post until the first word ", &mut spoke);
    say(&format!("start to first answer     {:.1?}", house.server.began_in));
    say(&format!("memory, idle              {idle}"));
}
