//! E-mail addresses in a person's words. An address is taken whole or not at all.

use std::ops::Range;

/// Returns the distinct addresses, in order, with the byte offset of each.
pub(super) fn addresses(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for span in spans(text) {
        let address = &text[span.clone()];
        if found.iter().all(|(_, known)| !known.eq_ignore_ascii_case(address)) {
            found.push((span.start, address.to_owned()));
        }
    }
    found
}

/// Returns `text` with each address replaced by as many `@` as it has bytes, so that no part of an address is read as
/// a word or a number.
pub(super) fn masked(text: &str) -> String {
    let mut masked = text.to_owned();
    for span in spans(text) {
        masked.replace_range(span.clone(), &"@".repeat(span.len()));
    }
    masked
}

/// Returns the places of all addresses. An address includes everything that may precede the `@` (RFC 5322 section
/// 3.2.3, `atext`).
fn spans(text: &str) -> Vec<Range<usize>> {
    let pieces = text.split(|c: char| c.is_whitespace() || ",;:()<>[]\"“”„|".contains(c));
    let addresses = pieces.map(unquoted).filter(|address| is_sound(address));
    // Each piece is a slice of `text`, so the difference of their pointers is its offset.
    let place = |address: &str| address.as_ptr() as usize - text.as_ptr() as usize;
    addresses.map(|address| place(address)..place(address) + address.len()).collect()
}

fn is_sound(address: &str) -> bool {
    address.split_once('@').is_some_and(|(local, domain)| {
        let labels = domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
        });
        !local.is_empty() && domain.contains('.') && labels
    })
}

/// Strips the punctuation that ends a sentence, and quotation or emphasis marks if they surround the word.
fn unquoted(word: &str) -> &str {
    let end = |c: char| ".!?…—".contains(c);
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
