//! The turn that was refused goes on once access is granted: the person's own message is enqueued again, as if they had
//! sent it, once for each request. It passes the guard like any other.

use crate::services::Services;
use agent::CallId;
use agent::access::AccessRequest;
use agent::ids::IdempotencyKey;
use agent::ports::{Clock, Millis, Numbered, Unavailable};
use agent::turn::Event;
use turns::{Post, PostError};

/// Time after a request within which its turn goes on, in milliseconds. Later the person has moved on, and asks again if
/// they still want it.
const STILL_WANTED: Millis = 8 * 3_600_000;

/// The reason why a turn did not go on. The grant stands either way.
#[derive(Debug, thiserror::Error)]
enum NotResumed {
    #[error("the person has signed out")]
    SignedOut,
    #[error("the request is too old")]
    TooOld,
    #[error("the conversation or its message is gone")]
    Gone,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    #[error(transparent)]
    NotPosted(#[from] PostError),
}

/// Lets the refused turn of a granted request go on, if it came from one.
pub(super) async fn resume(services: &Services, request: &AccessRequest) {
    match try_resume(services, request).await {
        Ok(()) => {}
        Err(reason @ (NotResumed::Unavailable(_) | NotResumed::NotPosted(_))) => {
            tracing::warn!(request.id = %request.id, %reason, "a granted request did not go on by itself");
        }
        Err(reason) => tracing::info!(request.id = %request.id, %reason, "a granted request does not go on by itself"),
    }
}

async fn try_resume(services: &Services, request: &AccessRequest) -> Result<(), NotResumed> {
    let Some(place) = &request.place else { return Ok(()) };
    let (asker, now) = (request.asker(), services.access.ports().clock.now());
    if now.saturating_sub(request.asked_at) > STILL_WANTED {
        return Err(NotResumed::TooOld);
    }
    if !services.sign_ins.is_signed_in(&asker, system::SystemClock.now()).await? {
        return Err(NotResumed::SignedOut);
    }
    let id = &place.conversation;
    let log = services.conversations.read_after(&asker, id, 0).await.map_err(Unavailable::from)?;
    let post = message_of(&log, &place.call).ok_or(NotResumed::Gone)?;
    let key = IdempotencyKey::try_from(format!("access-{}", request.id)).map_err(|_| NotResumed::Gone)?;
    services.turns.say(&asker, id, Post { client: key, ..post }).await?;
    Ok(())
}

/// Returns the message in whose turn this call was refused, by the session or the door that posted it.
fn message_of(log: &[Numbered], call: &CallId) -> Option<Post> {
    let mut answering = None;
    for entry in log {
        match &entry.event {
            Event::TurnStarted { said } => answering = Some(*said),
            Event::CallRefused { call: own, .. } if own == call => {
                let said = log.iter().find(|own| Some(own.number) == answering)?;
                return match said.event.clone() {
                    Event::UserSaid { text, client, session, arrival, .. } => {
                        Some(Post { text, client, session, replaces: None, arrival })
                    }
                    _ => None,
                };
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use agent::Refusal;

    #[test]
    fn the_message_is_the_one_in_whose_turn_the_call_was_refused() {
        let said = |text: &str| Event::UserSaid {
            session: Some("tag".to_owned()),
            replaces: None,
            arrival: None,
            text: text.to_owned(),
            client: IdempotencyKey::try_from("client-0001".to_owned()).unwrap(),
        };
        let refused = |call: &str| Event::CallRefused { call: CallId(call.to_owned()), refusal: Refusal::SignInAgain };
        let events = [
            said("first"),
            Event::TurnStarted { said: 1 },
            said("second"),
            refused("call-1-1"),
            Event::TurnStarted { said: 3 },
            refused("call-3-1"),
        ];
        let log: Vec<_> = (1..).zip(events).map(|(number, event)| Numbered { number, at: 0, event }).collect();
        for (call, expected) in [("call-1-1", Some("first")), ("call-3-1", Some("second")), ("call-9-1", None)] {
            let expected = expected.map(|text| (text.to_owned(), Some("tag".to_owned())));
            let found = message_of(&log, &CallId(call.to_owned())).map(|post| (post.text, post.session));
            assert_eq!(found, expected, "{call}");
        }
    }
}
