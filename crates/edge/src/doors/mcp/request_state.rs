//! The state of a call that its client holds while the person is elsewhere (`requestState`, revision 2026-07-28,
//! basic/patterns/mrtr). The client may change it or hand it on, so it is sealed, and bound to the conversation of exactly this
//! call: the same person, client, agents, tool and arguments.

use agent::ids::ConversationId;
use agent::ports::{Millis, Unavailable};
use sealing::Keyring;
use serde::{Deserialize, Serialize};

/// Longest state that is read, in bytes. Ours have about 200.
const LONGEST: usize = 1024;

/// The state of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RequestState {
    /// The number of the call's message in its conversation.
    pub(super) said: u64,
    /// The key of the question that the client answers.
    pub(super) key: String,
    /// The end of the state, in milliseconds since 1970.
    pub(super) until: Millis,
}

impl RequestState {
    /// Returns the sealed text.
    ///
    /// # Errors
    /// [`Unavailable`] if the operating system provides no random bytes.
    pub(super) fn seal(&self, keyring: &Keyring, conversation: &ConversationId) -> Result<String, Unavailable> {
        let plain = serde_json::to_vec(self).map_err(|error| Unavailable::new("this server", error.to_string()))?;
        keyring.seal_cookie(&place(conversation), &plain)
    }

    /// Opens the text of a client; `None` if it was forged, changed, sealed for another call, or has ended.
    pub(super) fn open(keyring: &Keyring, conversation: &ConversationId, text: &str, now: Millis) -> Option<Self> {
        let plain = keyring.open_cookie(&place(conversation), text).filter(|_| text.len() <= LONGEST)?;
        let state: Self = serde_json::from_slice(&plain).ok()?;
        (now < state.until).then_some(state)
    }
}

/// The place to which a state is bound. No other sealed value has it.
fn place(conversation: &ConversationId) -> String {
    format!("mcp call {conversation}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn keyring(id: &str) -> Keyring {
        let (one, two) =
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let key = if id == "k1" { one } else { two };
        Keyring::parse(&format!(r#"{{"current":"{id}","keys":{{"{id}":"{key}"}}}}"#)).unwrap()
    }

    #[test]
    fn a_state_opens_for_its_call_until_its_end() {
        let own = ConversationId::from_random([1; ConversationId::LENGTH]);
        let other = ConversationId::from_random([2; ConversationId::LENGTH]);
        let ring = keyring("k1");
        let state = RequestState { said: 7, key: "k".to_owned(), until: 1_000 };
        let text = state.seal(&ring, &own).unwrap();
        let open = |text: &str, conversation, now| RequestState::open(&ring, conversation, text, now);
        assert_eq!(open(&text, &own, 999), Some(state.clone()));
        assert_eq!(open(&text, &own, 1_000), None, "late");
        assert_eq!(open(&text, &other, 0), None, "another person, client, tool or arguments");
        assert_eq!(RequestState::open(&keyring("k2"), &own, &text, 0), None, "another key");
        let cookie = ring.seal_cookie(&own.to_string(), &serde_json::to_vec(&state).unwrap()).unwrap();
        let long = RequestState { key: "k".repeat(LONGEST), ..state }.seal(&ring, &own).unwrap();
        let (first, last) = text.split_at(text.len() - 2);
        let changed = format!("{first}{}", if last == "AA" { "BB" } else { "AA" });
        for planted in ["", ".", "rs1.a.b", &cookie, &long, &changed, &text[1..]] {
            assert_eq!(open(planted, &own, 0), None, "{planted}");
        }
    }
}
