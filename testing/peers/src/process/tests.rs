//! Well-behaved and misbehaving processes.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use serde_json::json;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[tokio::test]
async fn a_peer_says_that_it_is_ready_and_answers() {
    let echo = r#"echo '{"ready": true, "url": "u"}'; while read -r line; do echo "{\"heard\": $line}"; done"#;
    let peer = Peer::start(shell(echo)).await.unwrap();
    assert_eq!(peer.ready()["url"], "u");
    let answer = peer.command(&json!({"command": "rotate"})).await.unwrap();
    assert_eq!(answer["heard"]["command"], "rotate");
}

#[tokio::test]
async fn a_failure_of_a_peer_is_reported() {
    let rows = [
        ("exit 3", "the peer has ended"),
        ("echo hello; sleep 9", "expected value"),
        (r#"echo '{"ready": false}'"#, "began with"),
    ];
    for (script, words) in rows {
        let error = Peer::start(shell(script)).await.unwrap_err().to_string();
        assert!(error.contains(words), "{script}: {error}");
    }
    let peer =
        Peer::start(shell(r#"echo '{"ready": true}'; read -r line; echo '{"error": "no approval is waiting"}'"#)).await;
    let error = peer.unwrap().command(&json!({"command": "approve"})).await.unwrap_err();
    assert_eq!(error.to_string(), r#"the peer refused "approve": no approval is waiting"#);
    let missing = Peer::start(Command::new("countersign-no-such-program")).await.unwrap_err();
    assert!(matches!(missing, PeerError::NotStarted { .. }), "{missing}");
}

#[tokio::test]
async fn a_peer_is_stopped_with_its_child_processes() {
    let peer = Peer::start(shell(r#"sleep 600 & echo "{\"ready\": true, \"other\": $!}"; wait"#)).await.unwrap();
    let other = peer.ready()["other"].to_string();
    let command_line = std::path::Path::new("/proc").join(&other).join("cmdline");
    // A shell's child has the shell's command line until it executes its own, and none in between. A killed process ends
    // soon, not at once; a zombie, which has ended but was not waited for, has an empty command line.
    let runs = || std::fs::read(&command_line).is_ok_and(|line| line.starts_with(b"sleep"));
    until(&runs).await;
    drop(peer);
    until(|| !runs()).await;
}

/// Waits until `holds` returns `true`; fails after ten seconds.
async fn until(holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap();
}
