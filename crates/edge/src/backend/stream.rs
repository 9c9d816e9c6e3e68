//! The stream of a watched conversation: the frames that the page is sent until the session or the server ends.

use super::convert::{self, View};
use super::typeset::Typesetter;
use super::{elsewhere, waiting};
use crate::pulse::{Known, SessionWatch};
use crate::services::Services;
use agent::Actor;
use agent::ids::ConversationId;
use app::wire::{ApiError, Frame, Waiting};
use futures::stream::{BoxStream, StreamExt, unfold};
use std::sync::Arc;
use turns::{Place, WatchItem, Watching};

/// An open stream.
pub(super) struct Stream {
    pub(super) services: Arc<Services>,
    pub(super) actor: Actor,
    pub(super) id: ConversationId,
    pub(super) watching: Watching,
    /// The subscription to the state of the session.
    pub(super) beating: SessionWatch,
    /// The stream's place within the person's limit.
    pub(super) _place: Place,
    pub(super) beats: Beats,
    /// The questions in other conversations that waited for the person at the last beat; `None` if they were not known.
    pub(super) elsewhere: Option<Vec<Waiting>>,
    pub(super) typesetter: Typesetter,
    pub(super) view: View,
}

/// The progress of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beats {
    None,
    Some,
    /// The last frame has been sent.
    Ended,
}

impl Stream {
    pub(super) fn frames(self) -> BoxStream<'static, Frame> {
        // The state is boxed, since `unfold` has room for it twice: at rest, and within the future.
        unfold(Box::new(self), |mut stream| async move { Some((stream.next().await?, stream)) }).boxed()
    }

    /// Returns the next frame; `None` when the stream is over.
    async fn next(&mut self) -> Option<Frame> {
        if self.beats == Beats::Ended {
            return None;
        }
        loop {
            let heard = tokio::select! {
                () = self.beating.ended() => return Some(self.last(ApiError::SignedOut)),
                heard = self.watching.next() => heard,
            };
            return Some(match heard {
                WatchItem::Event(event) => {
                    self.typesetter.note(&event.event);
                    match convert::frame(&event, self.view) {
                        Some(frame) => frame,
                        None => continue,
                    }
                }
                WatchItem::Partial(since, text) => self.typesetter.whole(since, &text),
                WatchItem::Delta(since, text) => self.typesetter.more(since, &text),
                WatchItem::Beat => self.beat().await,
                WatchItem::Deleted => self.last(ApiError::NotFound),
                WatchItem::Lost(service) => {
                    let service = self.view.texts.stored(service).into_owned();
                    self.last(ApiError::NotNow { service })
                }
                WatchItem::Closing => return None,
            });
        }
    }

    /// Reports the questions in other conversations, as of the last poll. The first beat reads them itself if there was
    /// no poll yet.
    async fn beat(&mut self) -> Frame {
        match (self.beats, self.beating.state().open) {
            (_, Known::Yes(open)) => self.elsewhere = Some(waiting(open, Some(&self.id), self.view.texts)),
            (_, Known::No) => self.elsewhere = None,
            (Beats::None, Known::NotYet) => {
                self.elsewhere = elsewhere(&self.services, &self.actor, Some(&self.id), self.view.texts).await;
            }
            (Beats::Some | Beats::Ended, Known::NotYet) => {}
        }
        self.beats = Beats::Some;
        Frame::Beat { elsewhere: self.elsewhere.clone() }
    }

    fn last(&mut self, error: ApiError) -> Frame {
        self.beats = Beats::Ended;
        Frame::Fault { error }
    }
}
