//! Extracts words, stems, addresses and the like from plain text. Must not depend on tools.

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
        Some(root) if root.len() > 2 && !root.ends_with('s') && !root.ends_with(['\'', '’']) => root.to_owned(),
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

/// Returns the distinct e-mail addresses, in order, with the byte offset of each. An address includes everything that
/// may precede the `@` (RFC 5322 section 3.2.3, `atext`).
pub(super) fn addresses(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for piece in text.split(|c: char| c.is_whitespace() || ",;:()<>[]\"“”".contains(c)) {
        let address = unquoted(piece);
        let sound = address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@') && !domain.starts_with('.')
        });
        if sound && found.iter().all(|(_, known)| !known.eq_ignore_ascii_case(address)) {
            // `address` is a slice of `text`, so the difference of their pointers is its offset.
            found.push((address.as_ptr() as usize - text.as_ptr() as usize, address.to_owned()));
        }
    }
    found
}

/// Strips sentence-ending punctuation, and quotation or emphasis marks if they surround the word.
fn unquoted(word: &str) -> &str {
    let end = |c: char| ".!?…".contains(c);
    let mut word = word.trim_end_matches(end);
    while let Some(inner) = ["'", "‘", "’", "`", "*", "_"].iter().find_map(|mark| {
        let closing = if *mark == "‘" { "’" } else { *mark };
        word.strip_prefix(*mark)?.strip_suffix(closing)
    }) {
        word = inner.trim_end_matches(end);
    }
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    word.trim_start_matches('.').trim_end_matches(['\'', '’', '-'])
}

/// Returns a person named without an address: `Bob` in "Bob's groups" or "the groups of Bob".
pub(super) fn bare_name(text: &str) -> Option<&str> {
    const CONTRACTIONS: [&str; 10] = ["what", "who", "let", "it", "that", "here", "where", "there", "how", "when"];
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let owner = words.iter().find_map(|word| {
        let name = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"))?;
        (capital(name) && !CONTRACTIONS.contains(&name.to_lowercase().as_str())).then_some(name)
    });
    let object = words
        .windows(2)
        .find(|pair| ["of", "for"].contains(&pair[0]) && capital(pair[1]) && pair[1] != "I" && !pair[1].contains('@'));
    owner.or(object.map(|pair| pair[1]))
}

/// Returns the text between the first two quotation marks, if not blank.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let mut pieces = text.split(['"', '“', '”', '„']);
    pieces.next()?;
    let quoted = pieces.next()?;
    pieces.next().map(|_| quoted).filter(|quoted| !quoted.trim().is_empty())
}

/// Returns the longest stretch that reads like arithmetic, for example `12 * (3 + 4)`.
pub(super) fn arithmetic(text: &str) -> Option<&str> {
    let stretches = text.split(|c: char| !(c.is_ascii_digit() || c.is_whitespace() || "+-*/().,%^×÷".contains(c)));
    let sums = stretches.map(|stretch| stretch.trim().trim_end_matches(['.', ',', '-'])).filter(|stretch| {
        let digits = stretch.starts_with(|c: char| c.is_ascii_digit() || "(-".contains(c))
            && stretch.ends_with(|c: char| c.is_ascii_digit() || c == ')');
        digits && stretch.chars().skip(1).any(|c| "+-*/%^×÷".contains(c))
    });
    sums.max_by_key(|stretch| stretch.len())
}

/// Returns the first number.
pub(super) fn number(text: &str) -> Option<f64> {
    let mut pieces = text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
    pieces.find_map(|piece| piece.trim_end_matches(['.', '-']).parse().ok())
}

/// Returns the capitalized words after "in", "at" or "for", for example `New York`.
pub(super) fn place(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let from = words
        .windows(2)
        .position(|pair| ["in", "at", "for"].contains(&pair[0]) && pair[1].starts_with(char::is_uppercase))?;
    let mut place = Vec::new();
    for word in &words[from + 1..] {
        if !word.starts_with(char::is_uppercase) {
            break;
        }
        place.push(word.trim_end_matches(['.', ',', '?', '!', ';', ':']));
        if word.ends_with(['.', ',', '?', '!', ';', ':']) {
            break;
        }
    }
    Some(place.join(" "))
}

/// Returns the first sentence or line, or else the whole text.
pub(super) fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    text.find(". ").or_else(|| text.find('\n')).map_or(text, |end| text[..end].trim())
}

/// Spells a number up to twelve in words, and a larger one in digits.
pub(super) fn spelled(number: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}
