//! The browser's client of `chat/live`: opens the stream, and reopens it after the last event number when it drops.

use super::log::{self, Html, NotThere, Text};
use crate::api;
use crate::state::{Lines, Link};
use crate::ui::conversation::Signals;
use crate::wire::{ApiError, Update};
use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Longest silence before the connection counts as dead; the server sends a heartbeat every ten seconds.
const SILENCE: Duration = Duration::from_secs(25);

/// Follows a conversation for as long as the page lives.
pub(super) fn follow(conversation: String, signals: Signals) {
    spawn_local(async move {
        tell_of_stream(true);
        let error = keep_reading(&conversation, signals).await;
        tell_of_stream(false);
        signals.link.set(Link::Over(error));
    });
}

/// Follows the conversation until an error that another attempt does not mend.
async fn keep_reading(conversation: &str, signals: Signals) -> ApiError {
    let mut patience = Duration::from_millis(500);
    loop {
        if is_quiet() {
            changed().await;
            continue;
        }
        let before = signals.now.with_untracked(|now| now.last);
        match read(conversation, signals).await {
            Err(
                error @ (ApiError::SignedOut
                | ApiError::NotFound
                | ApiError::Foreign
                | ApiError::OtherPerson
                | ApiError::Outdated),
            ) => return error,
            Ok(End::Quiet) => continue,
            Ok(End::Lost) | Err(_) => signals.link.set(Link::Down),
        }
        if signals.now.with_untracked(|now| now.last) > before {
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

async fn read(conversation: &str, signals: Signals) -> Result<End, ApiError> {
    let (settled, after) = signals.now.with_untracked(|now| (now.settled, now.last));
    let stream = api::live(conversation, settled, after).await?;
    let mut lines = Lines::default();
    signals.link.set(Link::Up);
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
        for update in lines.take(&chunk).map_err(|_| ApiError::Outdated)? {
            take(update, signals)?;
        }
    }
}

fn take(update: Update, signals: Signals) -> Result<(), ApiError> {
    match update {
        Update::Log { since, items, now } => {
            log::put(since, &items).map_err(|NotThere| ApiError::Outdated)?;
            log::tell(&now);
            signals.now.set(now);
        }
        Update::Cut { kept_from, html } => log::cut(kept_from, &html),
        Update::Replaced { from, by, html } => log::replaced(from, by, &html),
        Update::Partial { html, text } => log::write(Html::Whole(html), Text::Whole(text)),
        Update::Block { html, text } => log::write(Html::More(html), Text::Whole(text)),
        Update::Delta { text } => log::write(Html::More(String::new()), Text::More(text)),
        Update::Beat { elsewhere } => {
            if let Some(new) = elsewhere.filter(|new| signals.elsewhere.with_untracked(|old| old != new)) {
                signals.elsewhere.set(new);
            }
        }
        Update::Fault { error } => return Err(error),
    }
    Ok(())
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
