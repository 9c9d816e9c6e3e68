//! Plays the steps of a stream. It must never know why a step is there.

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

/// What playing needs beside the steps.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) steps: VecDeque<Step>,
    pub(crate) pace: Pace,
    pub(crate) clock: Clock,
    /// When the request came, in milliseconds.
    pub(crate) started: i64,
    /// `usage` of the metadata.
    pub(crate) usage: Value,
    /// Changes when gates are to open.
    pub(crate) gate: watch::Receiver<u64>,
}

impl Player {
    /// The bytes of the response's body.
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
                    // A turn of the executor, so that what was sent before is on the wire when the connection breaks.
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

/// Waits for a release that comes after the request did.
pub(crate) async fn opened(gate: &mut watch::Receiver<u64>) {
    // An error means that the sandbox is gone, and with it whoever could release.
    if gate.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
