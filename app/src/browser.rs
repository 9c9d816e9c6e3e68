//! The browser's half of an open conversation: it follows the stream, puts in what the server has rendered, counts down, and
//! sends the forms of the log.

mod countdown;
mod earlier;
mod forms;
pub(crate) mod log;
mod stream;

use crate::ui::conversation::Signals;
use crate::ui::scroll::Scroller;
use leptos::prelude::*;

/// Keeps the page of a conversation alive, as long as it is open: an island is never disposed. `time` is the server's time
/// at which the page was rendered; `again` counts the wishes to send a message that was not sent.
pub(crate) fn keep_alive(conversation: String, time: i64, signals: Signals, scroller: Scroller, again: RwSignal<u32>) {
    let ahead = countdown::ahead_of(time);
    // An effect, so that the first rendering equals the server's.
    Effect::new(move |_| {
        stream::follow(conversation.clone(), signals);
        countdown::start(ahead);
        forms::listen(signals.problem, again);
        earlier::listen(conversation.clone(), signals.problem, scroller);
        scroller.listen();
    });
}
