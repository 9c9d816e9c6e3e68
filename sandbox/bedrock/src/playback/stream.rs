//! Executes the steps of a stream. Must not depend on the reason for a step.

use std::collections::VecDeque;
use std::io;

use bytes::Bytes;
use futures::Stream;
use sandbox_kit::Clock;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::steps::Step;
use crate::frames;
use crate::settings::Pace;

/// The remaining steps of a stream, with everything needed to execute them.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) steps: VecDeque<Step>,
    pub(crate) pace: Pace,
    pub(crate) clock: Clock,
    /// Time of the request, in milliseconds.
    pub(crate) started: i64,
    /// The `usage` of the `metadata` event.
    pub(crate) usage: Value,
    /// Changes when gates open.
    pub(crate) gate: watch::Receiver<u64>,
}

impl Player {
    /// Returns the response body as a stream of bytes.
    pub(crate) fn play(self) -> impl Stream<Item = io::Result<Bytes>> {
        futures::stream::unfold(self, |mut player| async move { player.next().await.map(|bytes| (bytes, player)) })
    }

    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            return Some(Ok(match self.steps.pop_front()? {
                Step::Event(name, payload) => frames::event(name, payload),
                Step::Word(payload) => {
                    if !self.pace.per_word.is_zero() {
                        tokio::time::sleep(self.pace.per_word).await;
                    }
                    frames::event("contentBlockDelta", payload)
                }
                Step::Metadata => frames::event("metadata", self.metadata()),
                Step::Raw(bytes) => bytes,
                Step::Gate => {
                    opened(&mut self.gate).await;
                    continue;
                }
                Step::Hang => std::future::pending().await,
                Step::Break => {
                    // Yields to the executor so that it sends the preceding data before the connection breaks.
                    tokio::task::yield_now().await;
                    return Some(Err(io::ErrorKind::ConnectionReset.into()));
                }
            }));
        }
    }

    fn metadata(&self) -> Value {
        json!({ "usage": self.usage, "metrics": { "latencyMs": (self.clock.millis() - self.started).max(0) } })
    }
}

/// Waits for a release after the request's arrival.
pub(crate) async fn opened(gate: &mut watch::Receiver<u64>) {
    // An error means that the sandbox is gone, so a release can no longer come.
    if gate.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
