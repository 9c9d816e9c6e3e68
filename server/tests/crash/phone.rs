//! The person's phone: answers what rings, if the page shows the same code.

use crate::page::Sight;
use sandbox::Sandbox;
use sandbox::identity::{Answer, Push, PushState};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::sleep;

/// Whether the person looks at the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attention {
    Elsewhere,
    OnThePhone,
}

/// What was answered, by the push's id.
pub(crate) type Answers = Arc<Mutex<BTreeMap<String, Answered>>>;

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
}

/// The code in the line that the phone shows.
pub(crate) fn code(push: &Push) -> &str {
    push.binding_message.rsplit_once('#').map_or("", |(_, code)| code)
}

/// Answers until it is dropped.
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
