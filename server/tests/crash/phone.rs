//! The person's phone: answers requests whose code the page shows.

use crate::page::Sight;
use sandbox::Sandbox;
use sandbox::identity::{Answer, Push, PushState};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::sleep;

/// The person's attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attention {
    Elsewhere,
    OnThePhone,
}

/// The answers so far, by the id of the push.
pub(crate) type Answers = Arc<Mutex<BTreeMap<String, Answered>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    /// Time in milliseconds since 1970.
    pub(crate) at: i64,
}

/// Returns the code in the binding message.
pub(crate) fn code(push: &Push) -> &str {
    push.binding_message.rsplit_once('#').map_or("", |(_, code)| code)
}

/// Answers requests until the future is dropped.
pub(crate) async fn answer(
    sandbox: Arc<Sandbox>,
    answer: Answer,
    sight: Receiver<Sight>,
    attention: Receiver<Attention>,
    answers: Answers,
) {
    loop {
        sleep(Duration::from_millis(10)).await;
        if *attention.borrow() == Attention::Elsewhere {
            continue;
        }
        for push in sandbox.provider().pushes() {
            let shown = sight.borrow().codes.contains(code(&push));
            if push.state != PushState::Pending || !shown {
                continue;
            }
            let at = sandbox.clock().millis();
            if sandbox.provider().answer(&push.id, answer).is_ok() {
                answers.lock().unwrap().insert(push.id, Answered { answer, at });
            }
        }
    }
}
