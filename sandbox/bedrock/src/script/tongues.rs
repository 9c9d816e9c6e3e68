//! A visitor's Spanish and German, as far as the suggestions of a help desk go: each phrase becomes the English one that the
//! script knows. The script answers in English.

use std::borrow::Cow;

use crate::wire::{ContentBlock, Message, Role};

/// Phrases in lower case, and what they mean. `…` stands for a name, an address or a sum, which is copied.
const PHRASES: [(&str, &str); 35] = [
    ("hallo", "Hello"),
    ("danke", "Thanks"),
    ("was kannst du", "What can you do?"),
    ("was können sie", "What can you do?"),
    ("erzähl mir eine geschichte", "Tell me a story"),
    ("das passwort von … zurücksetzen", "Reset the password of …"),
    ("setze das passwort von … zurück", "Reset the password of …"),
    ("das konto von … deaktivieren", "Disable the account of …"),
    ("das konto von … löschen", "Delete the account of …"),
    ("das konto von … nachschlagen", "Look up the account of …"),
    ("den okta-status von … nachschlagen", "Look up the status of …"),
    ("schlage den status von … nach", "Look up the status of …"),
    ("in welchen okta-gruppen bin ich", "Which Okta groups am I in?"),
    ("was sind meine okta-gruppen", "What are my Okta groups?"),
    ("welche repositorys habe ich auf github", "Which repositories do I have on GitHub?"),
    ("wie ist das wetter in …", "What is the weather in …?"),
    ("wie viel sind …", "What is …?"),
    ("hola", "Hello"),
    ("gracias", "Thanks"),
    ("qué puedes hacer", "What can you do?"),
    ("cuéntame una historia", "Tell me a story"),
    ("restablecer la contraseña de …", "Reset the password of …"),
    ("restablece la contraseña de …", "Reset the password of …"),
    ("desactivar la cuenta de …", "Disable the account of …"),
    ("desactiva la cuenta de …", "Disable the account of …"),
    ("eliminar la cuenta de …", "Delete the account of …"),
    ("consultar la cuenta de …", "Look up the account of …"),
    ("consultar el estado en okta de …", "Look up the status of …"),
    ("consulta el estado de …", "Look up the status of …"),
    ("en qué grupos de okta estoy", "Which Okta groups am I in?"),
    ("cuáles son mis grupos de okta", "What are my Okta groups?"),
    ("qué repositorios tengo en github", "Which repositories do I have on GitHub?"),
    ("qué tiempo hace en …", "What is the weather in …?"),
    ("cuánto es el …", "What is …?"),
    ("cuánto es …", "What is …?"),
];

/// Returns the messages with the person's words in English.
pub(super) fn english(messages: &[Message]) -> Cow<'_, [Message]> {
    let is_foreign = |message: &Message| message.role == Role::User && texts(message).any(|text| meant(text).is_some());
    if !messages.iter().any(is_foreign) {
        return Cow::Borrowed(messages);
    }
    let mut all = messages.to_vec();
    for message in all.iter_mut().filter(|message| message.role == Role::User) {
        for block in &mut message.content {
            if let ContentBlock::Text(text) = block
                && let Some(english) = meant(text)
            {
                *text = english;
            }
        }
    }
    Cow::Owned(all)
}

fn texts(message: &Message) -> impl Iterator<Item = &str> {
    message.content.iter().filter_map(|block| match block {
        ContentBlock::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Returns the English meaning of a whole message; `None` if it is none of the phrases.
fn meant(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['¿', '¡']).trim_end_matches(['?', '!', '.']);
    PHRASES.iter().find_map(|(phrase, english)| {
        let (before, after) = phrase.split_once('…').unwrap_or((phrase, ""));
        let rest = after_start(text, before)?;
        let cut = rest.len().checked_sub(after.len())?;
        let (value, end) = (rest.get(..cut)?, rest.get(cut..)?);
        let fits = end.to_lowercase() == after;
        let value = value.trim().replace("% de ", "% of ").replace("% von ", "% of ");
        (fits && phrase.contains('…') != value.is_empty()).then(|| english.replace('…', &value))
    })
}

/// Returns the text after `start`, without regard to case.
fn after_start<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let begins = text.get(..start.len())?.to_lowercase() == start;
    begins.then(|| text.get(start.len()..)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_known_without_regard_to_case_and_values_are_kept() {
        for (said, expected) in [
            ("In welchen Okta-Gruppen bin ich?", Some("Which Okta groups am I in?")),
            ("Das Passwort von Bob@acme.example zurücksetzen", Some("Reset the password of Bob@acme.example")),
            ("¿Qué tiempo hace en Berlín?", Some("What is the weather in Berlín?")),
            ("¿Cuánto es el 19% de 230?", Some("What is 19% of 230?")),
            ("Hola", Some("Hello")),
            ("Wie viel sind 19% von 230?", Some("What is 19% of 230?")),
            ("Das Passwort von zurücksetzen", None),
            ("Das Konto von  löschen", None),
            ("What are my Okta groups?", None),
            ("hallodri", None),
            ("ü", None),
            ("", None),
        ] {
            assert_eq!(meant(said).as_deref(), expected, "{said}");
        }
    }
}
