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
    tell_of_stream(true);
    let error = keep_reading(conversation, feed).await;
    tell_of_stream(false);
    feed.link.set(Link::Over(error));
}

/// Follows the conversation until an error that another attempt does not mend.
async fn keep_reading(conversation: String, feed: Feed) -> ApiError {
    let mut patience = Duration::from_millis(500);
    loop {
        if is_quiet() {
            changed().await;
            continue;
        }
        let before = feed.transcript.with_untracked(|transcript| transcript.last);
        match read(&conversation, feed).await {
            Err(
                error @ (ApiError::SignedOut
                | ApiError::NotFound
                | ApiError::Foreign
                | ApiError::OtherPerson
                | ApiError::Outdated),
            ) => return error,
            Ok(End::Quiet) => continue,
            Ok(End::Lost) | Err(_) => feed.link.set(Link::Down),
        }
        if feed.transcript.with_untracked(|transcript| transcript.last) > before {
            patience = Duration::from_millis(500);
        }
        wait(patience).await;
        patience = (patience * 2).min(Duration::from_secs(8));
    }
}

/// The reason why a stream ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It was cut, or silent for too long.
    Lost,
    /// The page is to have no stream.
    Quiet,
}

async fn read(conversation: &str, feed: Feed) -> Result<End, ApiError> {
    let after = feed.transcript.with_untracked(|transcript| transcript.last);
    let stream = api::watch(conversation.to_owned(), after).await?;
    let mut lines = Lines::default();
    feed.link.set(Link::Up);
    if is_quiet() {
        return Ok(End::Quiet);
    }
    loop {
        let over = async {
            futures::future::select(Box::pin(wait(SILENCE)), Box::pin(changed())).await;
        };
        let next = futures::future::select(Box::pin(stream.next()), Box::pin(over)).await;
        let chunk = match next {
            futures::future::Either::Left((Some(chunk), _)) => chunk?,
            futures::future::Either::Left((None, _)) => return Ok(End::Lost),
            futures::future::Either::Right(_) if is_quiet() => return Ok(End::Quiet),
            futures::future::Either::Right(_) => return Ok(End::Lost),
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

/// Returns `true` if this page is to have no stream: it is hidden, and another tab of the browser has one. The script of
/// every page decides it (`public/page.js`), and says so by this mark and the event `quiet`.
fn is_quiet() -> bool {
    document().body().is_some_and(|body| body.has_attribute("data-quiet"))
}

/// Tells the script of the page that this page needs a stream, or no longer does.
fn tell_of_stream(needs: bool) {
    if let Some(body) = document().body() {
        let _ = if needs { body.set_attribute("data-follows", "") } else { body.remove_attribute("data-follows") };
    }
}

/// Waits until the mark changes.
async fn changed() {
    let (done, waited) = oneshot::channel();
    let done = std::cell::Cell::new(Some(done));
    let handle = window_event_listener_untyped("quiet", move |_| {
        if let Some(done) = done.take() {
            let _ = done.send(());
        }
    });
    let _ = waited.await;
    handle.remove();
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
