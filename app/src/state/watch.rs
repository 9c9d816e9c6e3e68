//! The browser's client of `chat/watch`: opens the stream, and reopens it after the last event number when it drops.

use super::{Change, Lines, Link, Partial, Transcript};
use crate::api;
use crate::wire::{ApiError, Frame};
use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// The signals that a watch updates. They are separate, so that a new word does not render the whole list again.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    /// Everything except the unfinished block.
    pub transcript: RwSignal<Transcript>,
    /// The unfinished block.
    pub partial: RwSignal<Partial>,
    /// The state of the connection.
    pub link: RwSignal<Link>,
}

/// Longest silence before the connection counts as dead; the server sends a heartbeat every ten seconds.
const SILENCE: Duration = Duration::from_secs(25);

/// Follows a conversation for as long as the page lives: an island is never disposed.
pub fn follow(conversation: String, feed: Feed) {
    spawn_local(keep_following(conversation, feed));
}

async fn keep_following(conversation: String, feed: Feed) {
    let mut patience = Duration::from_millis(500);
    loop {
        let before = feed.transcript.with_untracked(|transcript| transcript.last);
        match read(&conversation, feed).await {
            Err(
                error @ (ApiError::SignedOut
                | ApiError::NotFound
                | ApiError::Foreign
                | ApiError::OtherPerson
                | ApiError::Outdated),
            ) => {
                feed.link.set(Link::Over(error));
                return;
            }
            Ok(()) | Err(_) => feed.link.set(Link::Down),
        }
        if feed.transcript.with_untracked(|transcript| transcript.last) > before {
            patience = Duration::from_millis(500);
        }
        wait(patience).await;
        patience = (patience * 2).min(Duration::from_secs(8));
    }
}

async fn read(conversation: &str, feed: Feed) -> Result<(), ApiError> {
    let after = feed.transcript.with_untracked(|transcript| transcript.last);
    let stream = api::watch(conversation.to_owned(), after).await?;
    let mut lines = Lines::default();
    feed.link.set(Link::Up);
    loop {
        let next = futures::future::select(Box::pin(stream.next()), Box::pin(wait(SILENCE))).await;
        let chunk = match next {
            futures::future::Either::Left((Some(chunk), _)) => chunk?,
            futures::future::Either::Left((None, _)) | futures::future::Either::Right(_) => return Ok(()),
        };
        for frame in lines.take(&chunk).map_err(|_| ApiError::Outdated)? {
            if let Frame::Fault { error } = frame {
                return Err(error);
            }
            take(frame, feed);
        }
    }
}

fn take(frame: Frame, feed: Feed) {
    let mut change = Change::Nothing;
    feed.transcript.update_untracked(|transcript| change = transcript.apply(frame));
    if change == Change::Nothing {
        return;
    }
    feed.partial.set(feed.transcript.with_untracked(|transcript| transcript.partial.clone()));
    if change == Change::All {
        feed.transcript.notify();
    }
}

async fn wait(time: Duration) {
    let (done, waited) = oneshot::channel();
    set_timeout(
        move || {
            let _ = done.send(());
        },
        time,
    );
    let _ = waited.await;
}
