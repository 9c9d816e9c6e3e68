//! The table `peers.md`: each SDK in each mode, and the results of this client with it.

use std::fmt::Write as _;
use std::io::{Write as _, stdout};

use agent::Toolbox;
use agent::tool::ToolError;
use futures::future::join_all;
use mcp::Cause;
use serde_json::{Value, json};

use crate::house::{House, TOOLS, toolbox};
use crate::process::{Sdk, TOKEN};

const TABLE: &str = include_str!("peers.md");

const HEAD: &str = "\
# How our client works with MCP's official SDKs

Written by `crates/mcp/tests/peers/table.rs`: servers made with the SDKs, each a process on loopback, and what passed between them
and our client. It holds besides in each row that a token which the server does not know is refused as such, that a list of three
pages is read in full, that nothing of it is quarantined or seen as changed when it is listed again, and that structured content
arrives.

| SDK | sessions | answers | requests of one call | a tool that fails | a call that takes too long | requests after it | what becomes of that tool | a session forgotten before the call | a stream closed before its answer |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// Tests each SDK in each mode. If the table has changed, this test writes the new one and prints its path.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_official_sdk_works_with_our_client() {
    let mut seen = HEAD.to_owned();
    for sdk in [Sdk::Python1, Sdk::Python2, Sdk::TypeScript] {
        let modes = [["sessions", "sse"], ["sessions", "json"], ["stateless", "sse"], ["stateless", "json"]];
        for row in join_all(modes.map(|mode| row(sdk, mode))).await {
            writeln!(seen, "{row}").unwrap();
        }
    }
    let _ = writeln!(stdout(), "{seen}");
    let fresh = format!("{}/peers.md", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&fresh, &seen).unwrap();
    assert!(seen == TABLE, "the table has changed; if that is right: cp {fresh} crates/mcp/tests/peers/peers.md");
}

async fn row(sdk: Sdk, mode: [&'static str; 2]) -> String {
    let house = House::of(sdk, mode).await;
    let told = format!("{sdk:?} {mode:?}");
    let refused = house.discover("CANARY-another").await.unwrap_err();
    assert_eq!(refused.cause, Cause::Unauthorized, "{told}");
    for _ in 0..2 {
        let discovery = house.discover(TOKEN).await.unwrap_or_else(|error| panic!("{told}: {error}"));
        let names: Vec<_> = discovery.tools.iter().map(|tool| tool.own_name()).collect();
        assert_eq!((names, discovery.quarantined.len()), (TOOLS.to_vec(), 0), "{told}: {:?}", discovery.quarantined);
    }
    let tools = toolbox(house.discover(TOKEN).await.unwrap());

    house.tap.seen();
    let sum = house.call(&tools, "add", json!({"a": 40, "b": 2})).await;
    assert_eq!(sum.as_ref().unwrap_or_else(|error| panic!("{told}: {error:?}")), &json!({"sum": 42}), "{told}");
    let requests = house.tap.seen().join(", ");
    let failed = outcome(&house.call(&tools, "fail", json!({})).await);
    let done = house.call(&tools, "slow", json!({"steps": 2})).await;
    assert!(done.as_ref().is_ok_and(|done| done.to_string().contains("done")), "{told}: {done:?}");
    let [late, farewell, left] = late(&house, &tools).await;

    house.tap.seen();
    house.tap.forget_at("tools/call");
    let sum = outcome(&house.call(&tools, "add", json!({"a": 1})).await);
    let forgotten = house.tap.seen();
    let forgotten = if forgotten.iter().any(|line| line == "tools/call 404") {
        format!("started again: {sum}")
    } else {
        "–".to_owned()
    };
    let parted = outcome(&house.call(&tools, "parted", json!({})).await);
    let [sessions, answers] = mode;
    format!(
        "| {} | {sessions} | {answers} | {requests} | {failed} | {late} | {farewell} | {left} | {forgotten} | {parted} |",
        sdk.name()
    )
}

/// The messages to the server after the client stopped waiting: all that do not belong to the start of an ordinary
/// call. The answer itself may be among them, depending on how the server ends it.
fn farewell(seen: &[String]) -> String {
    let words = ["notifications/cancelled", "DELETE"];
    let lines: Vec<_> = seen.iter().filter(|line| words.iter().any(|word| line.starts_with(word))).cloned().collect();
    if lines.is_empty() { "–".to_owned() } else { lines.join(", ") }
}

fn outcome(outcome: &Result<Value, ToolError>) -> String {
    match outcome {
        Ok(data) => format!("`{data}`"),
        Err(ToolError::Failed(text)) => format!("failed: “{text}”"),
        Err(ToolError::Unavailable { .. }) => "not available".to_owned(),
        Err(ToolError::Unknown { .. }) => "outcome unknown".to_owned(),
    }
}

/// The result of a call that takes too long: for the client, in the messages to the server, and at the server. On a
/// busy machine the time may run out before the call starts; such an attempt is repeated.
async fn late(house: &House, tools: &Toolbox) -> [String; 3] {
    for _ in 0..20 {
        let before = log(house, tools).await.len();
        let Some(hasty) = house.hasty().await else { continue };
        house.tap.seen();
        let late = outcome(&house.call(&hasty, "slow", json!({"steps": 140})).await);
        let farewell = farewell(&house.tap.seen());
        loop {
            match &log(house, tools).await[before..] {
                [] => break,
                [begun] => assert_eq!(begun, "begun"),
                [_begun, end, ..] => return [late, farewell, end.clone()],
            }
        }
    }
    panic!("the machine is too busy for a call of three seconds");
}

/// The starts and ends of `slow` so far.
async fn log(house: &House, tools: &Toolbox) -> Vec<String> {
    let log = house.call(tools, "log", json!({})).await.unwrap();
    log["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}
