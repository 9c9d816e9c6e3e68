//! The users that calls name: an Okta login as written by the model, validated before any service is queried.

use agent::tool::BadInput;
use serde_json::{Value, json};
use std::fmt;
use text::visible;

/// Longest login at Okta, in characters.
const LONGEST_LOGIN: usize = 100;

/// An Okta login in the form of an e-mail address. `ASCII` letters are stored in lower case, because Okta ignores their
/// case.
#[derive(Debug, Clone)]
pub(crate) struct Login(String);

impl Login {
    /// Reads the required member `user`: a call that changes somebody must name them.
    pub(crate) fn named(input: &Value) -> Result<Self, BadInput> {
        member(input)?.ok_or_else(|| BadInput("`user` is missing.".to_owned())).and_then(Self::parse)
    }

    /// The schema of arguments that name a user, for [`Login::named`].
    pub(crate) fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "user": { "type": "string", "description": "E-mail address of the user." } },
            "required": ["user"]
        })
    }

    /// Parses an address. Letters of every script and the special characters of RFC 5322 are accepted, because the user
    /// that Okta returns must have exactly this login. Invisible characters are rejected, and so are `/`, `\` and `?`,
    /// with which Okta finds no login.
    pub(crate) fn parse(text: &str) -> Result<Self, BadInput> {
        let shown = visible(text);
        if shown != text || text.contains(|c: char| c.is_whitespace() && c != ' ') {
            let shown: String = shown.chars().take(2 * LONGEST_LOGIN).collect();
            return Err(BadInput(format!("`user` contains invisible characters: {shown}")));
        }
        if text.contains(['/', '?', '\\']) {
            return Err(BadInput("Okta cannot find a user whose login contains `/`, `\\` or `?`.".to_owned()));
        }
        let text = text.trim();
        let (name, host) = text.split_once('@').unwrap_or_default();
        let labels = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
        let good_host =
            host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && host.chars().all(labels);
        if name.is_empty() || !good_host || text.chars().count() > LONGEST_LOGIN {
            return Err(BadInput("`user` must be an e-mail address.".to_owned()));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether `other` is this login, ignoring the case of ASCII letters.
    pub(crate) fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other.trim())
    }

    /// The non-ASCII letters, which may be mistaken for plain ones, each with its code point; `None` if there are none.
    pub(crate) fn letters(&self) -> Option<String> {
        let mut letters: Vec<String> = Vec::new();
        for c in self.0.chars().filter(|c| !c.is_ascii()) {
            let letter = format!("{c} is U+{:04X}", u32::from(c));
            if !letters.contains(&letter) {
                letters.push(letter);
            }
        }
        (!letters.is_empty()).then(|| letters.join(", "))
    }
}

/// Reads the member `user`, which must be the only one. Absent and `null` are equivalent.
pub(crate) fn member(input: &Value) -> Result<Option<&str>, BadInput> {
    let members = input.as_object().ok_or_else(|| BadInput("The arguments must be an object.".to_owned()))?;
    if let Some(unknown) = members.keys().find(|key| *key != "user") {
        return Err(BadInput(format!("There is no argument `{}`.", unknown.escape_debug())));
    }
    match members.get("user") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(BadInput("`user` must be an e-mail address.".to_owned())),
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn usual_addresses_are_accepted() {
        for (text, expected) in [
            ("Bob@acme.example", "bob@acme.example"),
            (" bob@acme.example ", "bob@acme.example"),
            ("pat.o'neil@acme.example", "pat.o'neil@acme.example"),
            ("ada+okta@acme.example", "ada+okta@acme.example"),
            ("team#1@acme.example", "team#1@acme.example"),
            ("100%@acme.example", "100%@acme.example"),
            ("a%2Fb@acme.example", "a%2fb@acme.example"),
            ("jo ann@acme.example", "jo ann@acme.example"),
            ("zo\u{eb}@acme.example", "zo\u{eb}@acme.example"),
            ("\u{5c71}\u{7530}@acme.\u{4f8b}\u{3048}", "\u{5c71}\u{7530}@acme.\u{4f8b}\u{3048}"),
            ("!$&*=^`{|}~_-@acme.example", "!$&*=^`{|}~_-@acme.example"),
        ] {
            assert_eq!(Login::parse(text).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn invalid_addresses_and_hidden_characters_are_refused() {
        let huge = "x".repeat(1_000_000);
        for user in [
            "",
            "bob",
            "me",
            "00u2bobcrane0000acme",
            "@acme.example",
            "bob@",
            "bob@acme",
            "bob@@acme.example",
            "bob@.example",
            "bob@acme.example.",
            "bob@acme.example#x",
            "bob@acme.example?x=1",
            "a/../b@acme.example",
            "a\\b@acme.example",
            "bob@acme.example\u{0}",
            "bob\u{200b}@acme.example",
            "b\u{202e}ob@acme.example",
            "bob\u{a0}x@acme.example",
            "bob\n@acme.example",
            &huge,
        ] {
            assert!(Login::parse(user).is_err(), "{user:.40}");
        }
        for input in [json!([]), json!(null), json!({"user": 7}), json!({"user": "bob@acme.example", "admin": true})] {
            assert!(Login::named(&input).is_err(), "{input}");
        }
    }

    #[test]
    fn look_alike_letters_are_named() {
        let letters = |text: &str| Login::parse(text).unwrap().letters();
        assert_eq!(letters("bob@acme.example"), None);
        assert_eq!(letters("b\u{43e}b.\u{43e}@acme.example").as_deref(), Some("\u{43e} is U+043E"));
    }
}
