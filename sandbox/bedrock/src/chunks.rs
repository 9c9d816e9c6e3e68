//! Splits the model's output into the deltas of a stream. Must not split within a character, and guarantees nothing
//! else: clients must not rely on words or tags arriving whole.

/// Splits `text` into words with their trailing white space, and every third word in two unless it is very short.
pub(crate) fn words(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    for (index, word) in text.split_inclusive(char::is_whitespace).enumerate() {
        let middle = word.char_indices().nth(word.chars().count() / 2).map(|(at, _)| at);
        match middle {
            Some(at) if index % 3 == 2 && at > 1 => pieces.extend([&word[..at], &word[at..]]),
            _ => pieces.push(word),
        }
    }
    pieces
}

/// Splits a tool's arguments: first an empty piece, as Bedrock sends it, then seven characters each.
pub(crate) fn input(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut pieces = vec![String::new()];
    pieces.extend(chars.chunks(7).map(String::from_iter));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_add_up_to_the_whole() {
        for text in [
            "",
            " ",
            "Hello",
            "You belong to three groups:\n\n- **Everyone**\n",
            "Grüße an Ærøskøbing 🙂🙂🙂🙂",
            "a  b",
        ] {
            assert_eq!(words(text).concat(), text);
            assert_eq!(input(text).concat(), text);
        }
        assert!(words("You belong to").len() == 3 && words("Hello there, everybody").len() == 4);
        assert!(input(r#"{"user":"bob@acme.example"}"#).len() > 4);
    }
}
