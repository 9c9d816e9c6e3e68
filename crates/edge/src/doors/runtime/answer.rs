//! The answers of `/invocations`: server-sent events (HTML Living Standard, section 9.2), or one object at the end.

use super::Asked;
use super::telling::{Outcome, Telling, Told};
use crate::backend::errors::limited;
use crate::doors::DoorState;
use crate::doors::refusal::Refusal;
use agent::Actor;
use agent::ports::Clock;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::stream::{BoxStream, unfold};
use serde::Serialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use turns::{Place, WatchItem, Watching};

/// Longest wait for a whole answer; the platform ends a request after 15 minutes. The turn goes on.
const LONGEST_WAIT: Duration = Duration::from_secs(14 * 60);

/// A turn that is told.
pub(super) struct Following {
    watching: Watching,
    telling: Telling,
    ready: VecDeque<Told>,
    /// The end of the caller's credential.
    until: Instant,
    ended: bool,
}

/// Takes a place within the person's limit of streams.
pub(super) fn place(state: &DoorState, actor: &Actor) -> Result<Place, Refusal> {
    Ok(state.services.turns.admission().stream(actor).map_err(limited)?)
}

/// Returns the time that is left to a credential that ends then, in seconds since 1970.
pub(super) fn left(expires_at: i64) -> Duration {
    let left = expires_at.saturating_mul(1000).saturating_sub(system::SystemClock.now());
    Duration::from_millis(u64::try_from(left).unwrap_or(0))
}

impl Following {
    pub(super) fn new(state: &DoorState, asked: &Asked, longest: Duration) -> Self {
        let services = &state.services;
        let (turns, store) = (services.turns.clone(), services.conversations.clone());
        let (actor, id) = (asked.actor.clone(), asked.conversation.clone());
        let url = format!("{}/c/{id}", state.origin);
        let watching = Watching::new(turns, store, actor, id, asked.said, services.beat);
        let telling = Telling::new(asked.said, url);
        let until = Instant::now() + left(asked.expires_at).min(longest);
        Self { watching, telling, ready: VecDeque::new(), until, ended: false }
    }

    /// Returns all that is told: `None` for a heartbeat.
    pub(super) fn into_stream(self) -> BoxStream<'static, Option<Told>> {
        let next = |mut following: Box<Self>| async move { Some((following.next().await?, following)) };
        unfold(Box::new(self), next).boxed()
    }

    /// Returns what comes next: `Some(None)` for a heartbeat, `None` at the end.
    async fn next(&mut self) -> Option<Option<Told>> {
        loop {
            if self.ended {
                return None;
            }
            if let Some(told) = self.ready.pop_front() {
                self.ended = matches!(told, Told::End { .. } | Told::Error { .. });
                return Some(Some(told));
            }
            match timeout_at(self.until, self.watching.next()).await {
                Ok(WatchItem::Beat) => return Some(None),
                Ok(item) => self.ready.extend(self.telling.take(item)),
                // Whatever the token allowed ends with it.
                Err(_) => self.ready.push_back(Told::Error { kind: "expired" }),
            }
        }
    }
}

/// Answers with a stream.
pub(super) fn stream(state: &DoorState, asked: &Asked, place: Place) -> Response {
    let lines = Following::new(state, asked, Duration::MAX).into_stream().map(move |told| {
        let _held = &place;
        Ok::<_, Infallible>(told.map_or_else(|| Bytes::from_static(b": beat\n\n"), |told| event(&told)))
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    (headers, Body::from_stream(lines)).into_response()
}

fn event(told: &Told) -> Bytes {
    // Serializing this type never fails. JSON holds no line break, so one `data` line has it all.
    let json = serde_json::to_string(told).unwrap_or_default();
    Bytes::from(format!("data: {json}\n\n"))
}

/// A whole answer.
#[derive(Serialize)]
pub(super) struct Answered {
    /// The text of the answer.
    response: String,
    outcome: Outcome,
    /// A sentence about an outcome that is not an answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
}

/// Answers with one object at the end of the turn.
pub(super) async fn whole(state: &DoorState, asked: &Asked) -> Result<Json<Answered>, Refusal> {
    let mut following = Following::new(state, asked, LONGEST_WAIT);
    let (mut response, mut kept) = (String::new(), 0);
    while let Some(told) = following.next().await {
        match told {
            Some(Told::Words { text }) => response.push_str(&text),
            Some(Told::Void) => response.truncate(kept),
            Some(Told::Call { .. }) => {
                if !response.is_empty() && !response.ends_with('\n') {
                    response.push_str("\n\n");
                }
                kept = response.len();
            }
            Some(Told::End { outcome, text }) => return Ok(Json(Answered { response, outcome, message: text })),
            Some(Told::Error { kind }) => return Err(Refusal::Ended(kind)),
            Some(Told::ApprovalWanted { .. } | Told::AccountWanted { .. }) | None => {}
        }
    }
    Err(Refusal::Ended("cut"))
}
