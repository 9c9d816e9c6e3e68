//! The line for a small screen. It contains only characters that Auth0 accepts: letters, digits, white space and
//! `+-_.,:#`.

/// Longest message of Auth0's Guardian, in characters.
const LONGEST_MESSAGE: usize = 64;

/// Returns `<verb>: <target> #<code>`. Characters that Auth0 rejects are replaced, and a target that is too long loses
/// its middle: verb, code and both ends of the target always remain.
#[must_use]
pub fn binding_message(verb: &str, target: &str, code: &str) -> String {
    let (verb, target) = (plain(verb), plain(target));
    let room = LONGEST_MESSAGE.saturating_sub(verb.len() + code.len() + ": ".len() + " #".len());
    format!("{verb}: {} #{code}", shortened(&target, room))
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '@' => plain.push_str(" at "),
            c if c.is_ascii_alphanumeric() || matches!(c, ' ' | '+' | '-' | '_' | '.' | ',' | ':') => plain.push(c),
            _ => plain.push('_'),
        }
    }
    plain
}

/// Keeps both ends, so that neither a person's name nor their company can be pushed out of sight.
fn shortened(text: &str, room: usize) -> String {
    if text.len() <= room {
        return text.to_owned();
    }
    let half = room.saturating_sub(2) / 2;
    format!("{}..{}", &text[..half], &text[text.len() - half..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verb_target_and_code_always_fit() {
        let long = format!("{}@{}.example", "very-long-name".repeat(4), "company".repeat(4));
        for (verb, target, expected) in [
            ("Reset password", "bob@acme.example", "Reset password: bob at acme.example #K7-31Q"),
            ("Delete user", "b\u{202e}ob@acme.example", "Delete user: b_ob at acme.example #K7-31Q"),
            ("Delete user", "b\"o'b$?@acme.example", "Delete user: b_o_b__ at acme.example #K7-31Q"),
            ("Delete user", &long, "Delete user: very-long-namevery-l..mpanycompany.example #K7-31Q"),
        ] {
            let message = binding_message(verb, target, "K7-31Q");
            assert_eq!(message, expected);
            assert!(message.len() <= LONGEST_MESSAGE, "{message}");
        }
    }
}
