//! The binding message, limited to the characters and the length that a provider accepts.

use oidc::profile::BindingMessage;

/// Replaces each character of `message` that the provider rejects by a dot. A message that is too long loses its
/// middle, so that the verb and the final `code` remain.
pub(super) fn fitting(message: &str, code: &str, rule: BindingMessage) -> String {
    let accepted = |c: char| c.is_ascii_alphanumeric() || rule.others.contains(c);
    let text: String = message.chars().map(|c| if accepted(c) { c } else { '.' }).collect();
    if text.len() <= rule.longest {
        return text;
    }
    let end = &text[text.len() - (code.len() + 1).min(rule.longest)..];
    let start = &text[..(rule.longest - end.len()).saturating_sub(1)];
    format!("{start}.{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verb_and_code_survive_every_rule() {
        let auth0 = BindingMessage { longest: 64, others: " +-_.,:#" };
        let keycloak = BindingMessage { longest: 50, others: "-._+/!?#" };
        let short = "Reset password: bob at acme.example #K7-31Q";
        let long = "Delete user: very-long-namevery-l..mpanycompany.example #K7-31Q";
        for (message, rule, expected) in [
            (short, auth0, short),
            (short, keycloak, "Reset.password..bob.at.acme.example.#K7-31Q"),
            (long, auth0, long),
            (long, keycloak, "Delete.user..very-long-namevery-l..mpanyco.#K7-31Q"),
        ] {
            let fitted = fitting(message, "K7-31Q", rule);
            assert_eq!(fitted, expected);
            assert!(fitted.len() <= rule.longest && fitted.ends_with("#K7-31Q"), "{fitted}");
        }
    }
}
