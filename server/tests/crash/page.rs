//! The page that stays open: it follows the stream like the browser's code and reopens it after the last event number
//! when it drops. It is never reloaded.

use crate::person::{ModelFailure, Person};
use crate::plan::Seat;
use app::state::{CallState, Item, Lines, Reach, Transcript};
use app::wire::{ApiError, Event, Frame};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::watch::Sender;
use tokio::time::sleep;

/// Wait before the stream is opened again.
const AGAIN: Duration = Duration::from_millis(100);

/// The state of the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sight {
    pub(crate) transcript: Transcript,
    /// Numbers of the messages whose turn has ended.
    pub(crate) ended: Vec<u64>,
    /// Codes of all approval requests so far.
    pub(crate) codes: BTreeSet<String>,
    /// The error after which it gave up.
    pub(crate) over: Option<ApiError>,
}

impl Sight {
    /// Returns the call whose approval request is on the phone.
    pub(crate) fn ringing(&self) -> Option<String> {
        self.transcript.items.iter().find_map(|item| match &**item {
            Item::Call(call) => match &call.state {
                CallState::Asking(asking) if matches!(asking.reach, Reach::Put(_)) => Some(call.id.clone()),
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

/// Follows `conversation` until the server refuses access.
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
        Err(ModelFailure::Said(error)) => return Some(error),
        Err(ModelFailure::Gone) => return None,
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
