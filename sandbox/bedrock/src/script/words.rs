//! Extracts words, stems, places and the like from plain text. Must not depend on tools.

/// Returns the stem of every word with the byte offset at which the word begins.
pub(super) fn stems(text: &str) -> Vec<(usize, String)> {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '@' | '\'' | '’' | '_');
    let mut stems = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (word(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                stems.push((from, stem(&text[from..at])));
                start = None;
            }
            _ => {}
        }
    }
    stems
}

/// Returns the word in lower case without a plural ending.
pub(super) fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    if let Some(root) = word.strip_suffix("ies").filter(|root| root.len() > 1) {
        return format!("{root}y");
    }
    match word.strip_suffix('s') {
        Some(root) if root.len() > 2 && !root.ends_with(['s', 'u', '\'', '’']) => root.to_owned(),
        _ => word,
    }
}

/// Returns the stems in an identifier such as `okta_reset_password`, `okta-groups` or `listTasks`.
pub(super) fn parts(identifier: &str) -> Vec<String> {
    let mut spaced = String::new();
    for c in identifier.chars() {
        if c.is_uppercase() {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
    }
    spaced.split_whitespace().map(stem).collect()
}

/// Returns the text between the first two quotation marks, if not blank.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let mut pieces = text.split(['"', '“', '”', '„']);
    pieces.next()?;
    let quoted = pieces.next()?;
    pieces.next().map(|_| quoted).filter(|quoted| !quoted.trim().is_empty())
}

/// Returns the first number.
pub(super) fn number(text: &str) -> Option<f64> {
    let mut pieces = text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
    pieces.find_map(|piece| piece.trim_end_matches(['.', '-']).parse().ok())
}

/// Returns the place after "in", "at", "for" or "about": capitalized words such as `New York`, or else one word.
pub(super) fn place(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let after = |capital: bool| {
        words.windows(2).position(|pair| {
            let before = pair[0].trim_end_matches(',').to_lowercase();
            ["in", "at", "for", "about"].contains(&before.as_str())
                && if capital { is_capital(pair[1]) } else { !NOT_PLACES.contains(&bare(pair[1])) }
        })
    };
    if let Some(from) = after(true) {
        let ends = |word: &str| word.ends_with(['.', ',', '?', '!', ';', ':']);
        let rest = &words[from + 1..];
        let capitals = rest.iter().take_while(|word| is_capital(word)).count();
        let length = rest[..capitals].iter().position(|word| ends(word)).map_or(capitals, |at| at + 1);
        return Some(rest[..length].iter().map(|word| bare(word)).collect::<Vec<_>>().join(" "));
    }
    let word = bare(words[after(false)? + 1]);
    let mut letters = word.chars();
    letters.next().filter(|first| first.is_alphabetic()).map(|first| first.to_uppercase().chain(letters).collect())
}

/// Words after "in" or "for" that name no place.
const NOT_PLACES: [&str; 12] =
    ["the", "a", "an", "my", "me", "this", "that", "today", "tomorrow", "now", "celsius", "fahrenheit"];

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Reads an amount: digits with or without separators of thousands, a number in words, or "a".
pub(super) fn count(word: &str) -> Option<String> {
    let digits = word.replace(',', "");
    if digits.parse::<f64>().is_ok() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Some(digits);
    }
    let spelled = NUMBERS.iter().skip(1).position(|number| *number == word).map(|at| at + 1);
    spelled.or_else(|| ["a", "an"].contains(&word).then_some(1)).map(|number| number.to_string())
}

/// Returns the first sentence or line, or else the whole text.
pub(super) fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    text.find(". ").or_else(|| text.find('\n')).map_or(text, |end| text[..end].trim())
}

/// Spells a number up to twelve in words, and a larger one in digits.
pub(super) fn spelled(number: usize) -> String {
    NUMBERS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

const NUMBERS: [&str; 13] =
    ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
