//! Whom a call is about: an Okta login as the model wrote it, parsed before anybody is asked.

use agent::tool::{BadInput, ToolError};
use agent::{Actor, Permit};
use serde_json::{Value, json};
use std::fmt;

/// An Okta login: 3 to 100 characters of an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Login(String);

impl Login {
    /// The login in the member `user`, or the actor's own when there is none.
    pub(crate) fn from_input(actor: &Actor, input: &Value) -> Result<Self, BadInput> {
        match member(input)? {
            None => actor
                .email()
                .ok_or_else(|| BadInput("Your account has no e-mail address, so Okta cannot be asked.".to_owned()))
                .and_then(Self::parse),
            Some(text) => Self::parse(text),
        }
    }

    /// The login in the member `user`, which must be there: what changes somebody says whom.
    pub(crate) fn named(input: &Value) -> Result<Self, BadInput> {
        member(input)?.ok_or_else(|| BadInput("`user` is missing.".to_owned())).and_then(Self::parse)
    }

    /// The login that a permitted call names.
    pub(crate) fn of(permit: &Permit) -> Result<Self, ToolError> {
        Self::named(&permit.call().input).map_err(|error| ToolError::Failed(error.to_string()))
    }

    /// The schema of arguments that name a user, for [`Login::named`].
    pub(crate) fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "user": { "type": "string", "description": "E-mail address of the user." } },
            "required": ["user"]
        })
    }

    /// Refuses all that is not plain ASCII: a look-alike letter names another person, a slash another path.
    fn parse(text: &str) -> Result<Self, BadInput> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@');
        let (name, host) = text.split_once('@').unwrap_or_default();
        let fits = (3..=100).contains(&text.len()) && text.chars().all(allowed) && !name.is_empty();
        if fits && host.contains('.') && !host.contains('@') && !host.starts_with('.') {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(BadInput("`user` must be an e-mail address.".to_owned()))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The member `user`, which must be the only one.
fn member(input: &Value) -> Result<Option<&str>, BadInput> {
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
    use agent::actor::Evidence;

    fn ada() -> Actor {
        let evidence = Evidence::of("https://idp.example/", "auth0|ada", "acme");
        Actor::attest(Evidence { email: Some("ada@acme.example".into()), ..evidence })
    }

    #[test]
    fn nobody_and_null_mean_the_actor() {
        for input in [json!({}), json!({"user": null})] {
            assert_eq!(Login::from_input(&ada(), &input).unwrap().as_str(), "ada@acme.example");
        }
    }

    #[test]
    fn only_plain_addresses_are_read() {
        assert_eq!(
            Login::from_input(&ada(), &json!({"user": "Bob@acme.example"})).unwrap().as_str(),
            "bob@acme.example"
        );
        let huge = "x".repeat(1_000_000);
        for user in [
            "",
            "bob",
            "@acme.example",
            "bob@",
            "b\u{43e}b@acme.example",
            "a/../b@acme.example",
            "bob@acme.example\u{0}",
            "bob@acme.example?x=1",
            "bob@acme.example#x",
            "bob@@acme.example",
            "bob@.example",
            "me",
            &huge,
        ] {
            assert!(Login::from_input(&ada(), &json!({ "user": user })).is_err(), "{user:.40}");
        }
        for input in [json!([]), json!(null), json!({"user": 7}), json!({"user": "bob@acme.example", "admin": true})] {
            assert!(Login::from_input(&ada(), &input).is_err(), "{input}");
        }
    }
}
