//! The conversation of a caller's session. The caller chooses the id of the session, so it proves nothing: the conversation
//! belongs to the person, and differs for each client.

use agent::Actor;
use agent::ids::ConversationId;
use sha2::{Digest, Sha256};

/// The id of a session, as the caller wrote it: 33 to 256 visible characters (AgentCore, `runtimeSessionId`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session(String);

impl Session {
    /// The header that carries it.
    pub(super) const HEADER: &'static str = "x-amzn-bedrock-agentcore-runtime-session-id";

    /// Reads an id; `None` if it is not one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fits = (33..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the conversation of this person, through this client, in this session. Nobody else's session has it: the
    /// store keeps conversations by their person, and the id is a hash of all of these.
    pub(super) fn conversation(&self, actor: &Actor, client: Option<&str>, door: &str) -> ConversationId {
        named(door, actor, client, [self.as_str()])
    }
}

/// Returns the conversation of this person, through this client of a door, that `rest` tells apart from their others.
pub(super) fn named<'a>(
    door: &'a str,
    actor: &'a Actor,
    client: Option<&'a str>,
    rest: impl IntoIterator<Item = &'a str>,
) -> ConversationId {
    let person = [door, actor.tenant(), actor.issuer(), actor.subject(), client.unwrap_or_default()];
    let mut hash = Sha256::new();
    for part in person.into_iter().chain(rest) {
        // The length keeps the parts apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; ConversationId::LENGTH];
    bytes.copy_from_slice(&digest[..ConversationId::LENGTH]);
    ConversationId::from_random(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::actor::Evidence;

    fn actor(issuer: &str, subject: &str, tenant: &str) -> Actor {
        Actor::attest(Evidence::of(issuer, subject, tenant))
    }

    #[test]
    fn a_session_is_one_conversation_of_one_person_through_one_client_at_one_door() {
        let session = |text: &str| Session::parse(text).unwrap_or_else(|| panic!("{text} is an id"));
        let (one, two) = (session(&"s".repeat(33)), session(&"t".repeat(33)));
        let ada = actor("https://idp.example/", "ada", "acme");
        let all = [
            one.conversation(&ada, Some("cli"), "runtime"),
            two.conversation(&ada, Some("cli"), "runtime"),
            one.conversation(&ada, Some("other"), "runtime"),
            one.conversation(&ada, None, "runtime"),
            one.conversation(&ada, Some("cli"), "mcp"),
            one.conversation(&actor("https://idp.example/", "bob", "acme"), Some("cli"), "runtime"),
            one.conversation(&actor("https://other.example/", "ada", "acme"), Some("cli"), "runtime"),
            one.conversation(&actor("https://idp.example/", "ada", "globex"), Some("cli"), "runtime"),
            one.conversation(&actor("https://idp.example/", "ad", "acme"), Some("acli"), "runtime"),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(one.conversation(&ada, Some("cli"), "runtime"), all[0], "the same again");
    }

    #[test]
    fn an_id_of_a_session_has_the_length_that_the_contract_says_and_no_space() {
        for (text, fits) in [
            ("s".repeat(32), false),
            ("s".repeat(33), true),
            ("s".repeat(256), true),
            ("s".repeat(257), false),
            ("s s".repeat(20), false),
            ("ü".repeat(40), false),
            (String::new(), false),
        ] {
            assert_eq!(Session::parse(&text).is_some(), fits, "{} {text}", text.len());
        }
    }
}
