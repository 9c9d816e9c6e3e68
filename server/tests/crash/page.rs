//! The page that stays open: it follows the stream as the browser's code does, and opens it again from its last number
//! whenever it drops. It is never reloaded.

use crate::person::{Person, Trouble};
use crate::plan::Seat;
use app::state::{CallState, Item, Lines, Reach, Transcript};
use app::wire::{ApiError, Event, Frame};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::watch::Sender;
use tokio::time::sleep;

/// How long it waits before it opens the stream again.
const AGAIN: Duration = Duration::from_millis(100);

/// What is on the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sight {
    pub(crate) transcript: Transcript,
    /// The messages whose turn has ended.
    pub(crate) ended: Vec<u64>,
    /// Every code that a question had.
    pub(crate) codes: BTreeSet<String>,
    /// Why it gave up.
    pub(crate) over: Option<ApiError>,
}

impl Sight {
    /// The call whose question is on the phone.
    pub(crate) fn ringing(&self) -> Option<String> {
        self.transcript.items.iter().find_map(|item| match &**item {
            Item::Call(call) => match &call.state {
                CallState::Asking(asking) if asking.reach == Reach::Ringing => Some(call.id.clone()),
                _ => None,
            },
            _ => None,
        })
    }

    fn apply(&mut self, frame: Frame) {
        if let Frame::Event { n, event, .. } = &frame
            && *n > self.transcript.last
        {
            match event {
                Event::TurnEnded { said, .. } => self.ended.push(*said),
                Event::ApprovalAsked { code, .. } => drop(self.codes.insert(code.clone())),
                _ => {}
            }
        }
        self.transcript.apply(frame);
    }
}

/// Follows `conversation` until it is told that it may not.
pub(crate) async fn follow(person: Person, conversation: String, seat: Seat, sight: Sender<Sight>) {
    loop {
        match read(&person, &conversation, seat, &sight).await {
            Some(error @ (ApiError::SignedOut | ApiError::NotFound | ApiError::Foreign)) => {
                sight.send_modify(|sight| sight.over = Some(error));
                return;
            }
            _ => sleep(AGAIN).await,
        }
    }
}

async fn read(person: &Person, conversation: &str, seat: Seat, sight: &Sender<Sight>) -> Option<ApiError> {
    let after = sight.borrow().transcript.last;
    let mut stream = match person.watch(conversation, after, seat).await {
        Ok(stream) => stream,
        Err(Trouble::Said(error)) => return Some(error),
        Err(Trouble::Gone) => return None,
    };
    let mut lines = Lines::default();
    while let Ok(Some(chunk)) = stream.chunk().await {
        for frame in lines.take(&chunk).expect("every line is a frame") {
            if let Frame::Fault { error } = frame {
                return Some(error);
            }
            sight.send_modify(|sight| sight.apply(frame));
        }
    }
    None
}
