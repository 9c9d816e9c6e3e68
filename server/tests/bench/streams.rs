//! The cost of open but quiet pages: memory, processor time, and requests to the store.

use crate::house::{AT_A_TIME, House};
use crate::{Budget, say};
use futures::{StreamExt, stream};
use reqwest::Response;
use std::collections::BTreeMap;
use std::time::Duration;

/// Streams of each conversation.
const TABS: usize = 10;
/// Duration of the measurement.
const QUIET: Duration = Duration::from_secs(30);

/// Opens this many streams, measures while they are quiet, and prints the results.
pub(crate) async fn run(many: usize) {
    let people = many.div_ceil(TABS);
    let house = House::start(people).await;
    let browsers = house.crowd(people).await;
    let conversations: Vec<(String, String)> = stream::iter(&browsers)
        .map(|browser| async {
            let (conversation, events) = browser.ask("Hello").await;
            (conversation, events.len().to_string())
        })
        .buffered(AT_A_TIME)
        .collect()
        .await;
    let before = house.server.memory();
    let opening = (0..many).map(|number| {
        let (browser, (conversation, last)) = (&browsers[number / TABS], &conversations[number / TABS]);
        // As a page opens it, which shows everything.
        async move {
            let query = [("conversation", conversation.as_str()), ("settled", last), ("after", last)];
            let mut answer = browser.open(browser.read("/api/chat/live", &query)).await;
            assert_eq!(answer.status().as_u16(), 200, "stream {number}");
            assert!(answer.chunk().await.unwrap().is_some(), "the stream begins");
            answer
        }
    });
    let open: Vec<Response> = stream::iter(opening).buffered(AT_A_TIME).collect().await;
    // By then the reads of the opening are over.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (memory, busy, asked) = (house.server.memory(), house.server.busy(), house.sandbox.dynamo().requests());
    tokio::time::sleep(QUIET).await;
    let (busy, asked) = (house.server.busy() - busy, since(&asked, &house.sandbox.dynamo().requests()));
    let total: u64 = asked.values().sum();
    let seconds = QUIET.as_secs_f64();
    let each = (memory.anonymous.saturating_sub(before.anonymous)) as f64 / many as f64;
    say(&format!("{many} open streams of {people} people, quiet for {seconds:.0} s"));
    Budget { what: "memory a stream, KiB", measured: each, most: 16.0 }.say();
    Budget { what: "requests to the store a second", measured: total as f64 / seconds, most: 5.0 }.say();
    let processor = busy.as_secs_f64() / seconds * 100.0;
    say(&format!("  processor, per cent of a core     {processor:.2}"));
    say(&format!("  requests by kind                  {asked:?}"));
    say(&format!("  memory                            {memory}, before {before}"));
    drop(open);
}

/// Returns the number of requests between two counts, by kind.
pub(crate) fn since(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let made = |(name, count): (&String, &u64)| (name.clone(), count - before.get(name).copied().unwrap_or_default());
    after.iter().map(made).filter(|(_, count)| *count > 0).collect()
}
