//! The parts of an event that are sealed apart from it: whoever can read the table must neither fetch an approval nor read
//! what a model thought.

use agent::turn::Event;
use std::borrow::Cow;

/// The part of an event that is stored sealed.
#[derive(Debug, PartialEq)]
pub(super) struct Secret<'a> {
    /// The attribute of the item that holds it.
    pub(super) attribute: &'static str,
    pub(super) plain: Cow<'a, str>,
}

/// The attribute for the secret of an event of this kind; `None` for an event without one.
pub(super) const fn attribute(event: &Event) -> Option<&'static str> {
    match event {
        Event::ApprovalPut { .. } => Some("handle"),
        Event::Reasoned { .. } => Some("reasoning"),
        _ => None,
    }
}

/// Splits an event into what is stored in the open and what is sealed.
///
/// # Errors
/// The secret cannot be written as JSON.
pub(super) fn split(event: &Event) -> serde_json::Result<(Cow<'_, Event>, Option<Secret<'_>>)> {
    let Some(attribute) = attribute(event) else { return Ok((Cow::Borrowed(event), None)) };
    let (open, plain) = match event {
        Event::ApprovalPut { call, ticket } => {
            let (mut open, call) = (ticket.clone(), call.clone());
            open.handle.clear();
            (Event::ApprovalPut { call, ticket: open }, Cow::Borrowed(ticket.handle.as_str()))
        }
        Event::Reasoned { blocks } => {
            (Event::Reasoned { blocks: Vec::new() }, Cow::Owned(serde_json::to_string(blocks)?))
        }
        other => return Ok((Cow::Borrowed(other), None)),
    };
    Ok((Cow::Owned(open), Some(Secret { attribute, plain })))
}

/// Puts an opened secret back into its event. A secret that cannot be read leaves the event without it.
pub(super) fn join(event: &mut Event, plain: String) {
    match event {
        Event::ApprovalPut { ticket, .. } => ticket.handle = plain,
        Event::Reasoned { blocks } => match serde_json::from_str(&plain) {
            Ok(read) => *blocks = read,
            Err(error) => tracing::error!(error = %error, "a model's stored reasoning is not readable"),
        },
        _ => {}
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use agent::CallId;
    use agent::ports::{Reasoning, Ticket};

    #[test]
    fn what_is_sealed_is_not_in_the_open_and_comes_back() {
        let ticket = Ticket { handle: "request-1".to_owned(), interval_ms: 5_000, until: 9 };
        let text = Reasoning::Text { text: "a \"plan\"".to_owned(), signature: Some("sig==".to_owned()) };
        let redacted = Reasoning::Redacted { content: "c2VhbGVk".to_owned() };
        for (event, words) in [
            (Event::ApprovalPut { call: CallId("call-1-1".to_owned()), ticket }, vec!["request-1"]),
            (Event::Reasoned { blocks: vec![text, redacted] }, vec!["plan", "sig==", "c2VhbGVk"]),
        ] {
            let (open, secret) = split(&event).unwrap();
            let stored = serde_json::to_string(&open).unwrap();
            assert!(words.iter().all(|word| !stored.contains(word)), "{stored}");
            let secret = secret.unwrap();
            assert_eq!(Some(secret.attribute), attribute(&event));
            let mut read: Event = serde_json::from_str(&stored).unwrap();
            join(&mut read, secret.plain.into_owned());
            assert_eq!(read, event);
        }
    }

    #[test]
    fn other_events_have_no_secret() {
        let event = Event::Said { text: "Hello".to_owned() };
        assert_eq!(split(&event).unwrap(), (Cow::Borrowed(&event), None));
    }

    #[test]
    fn reasoning_that_cannot_be_read_is_none() {
        let mut event = Event::Reasoned { blocks: Vec::new() };
        join(&mut event, "[{".to_owned());
        assert_eq!(event, Event::Reasoned { blocks: Vec::new() });
    }
}
