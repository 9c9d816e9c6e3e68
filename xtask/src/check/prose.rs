//! Comments that a stranger can read alone: none begins with a question word, no public item's only repeats its name.

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

/// Words that begin a question, not a statement.
const QUESTIONS: [&str; 6] = ["How", "What", "Where", "Whether", "Who", "Why"];
/// The beginnings of public items.
const ITEMS: [&str; 8] = ["const ", "enum ", "fn ", "mod ", "static ", "struct ", "trait ", "type "];
/// Words that add nothing to a name.
const ARTICLES: [&str; 3] = ["a", "an", "the"];

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    Ok(repository.sources.iter().filter(|source| source.is_rust()).flat_map(findings).collect())
}

fn findings(source: &Source) -> Findings {
    let mut findings = Findings::new();
    // The comment above the line, if it has one line alone.
    let mut alone: Option<&str> = None;
    let mut is_inside = false;
    for (index, line) in source.text.lines().enumerate() {
        let place = || format!("{}:{}", source.path, index + 1);
        let Some(text) = comment(line) else {
            if let Some(name) = alone.take().filter(|doc| repeats(doc, line)) {
                findings.push(format!("{} the comment above only repeats {name:?}", place()));
            }
            is_inside = line.trim_start().starts_with("#[") && is_inside;
            continue;
        };
        alone = (!is_inside && line.trim_start().starts_with("///")).then_some(text);
        let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        if !is_inside && QUESTIONS.contains(&first) {
            findings.push(format!("{} begins with {first}", place()));
        }
        is_inside = !text.is_empty();
    }
    findings
}

/// The text of a line that is a comment.
fn comment(line: &str) -> Option<&str> {
    let text = line.trim_start().strip_prefix("//")?;
    Some(text.trim_start_matches(['/', '!']).trim())
}

/// Decides whether a comment has the words of the public item's name and no other.
fn repeats(doc: &str, line: &str) -> bool {
    let Some(item) = line.trim_start().strip_prefix("pub ") else { return false };
    let item = item.trim_start_matches("async ").trim_start_matches("const ");
    // A field's name and type often say all, and the compiler wants a comment all the same.
    let Some(name) = ITEMS.iter().find_map(|kind| item.strip_prefix(kind)) else { return false };
    let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    !name.is_empty() && words(doc) == words(&spaced(&name))
}

/// The words of a text in lower case, without articles.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| !word.is_empty() && !ARTICLES.contains(&word.as_str())).collect()
}

/// A name with blanks before its capitals.
fn spaced(name: &str) -> String {
    name.chars().flat_map(|c| [c.is_uppercase().then_some(' '), Some(c)]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn a_comment_is_a_statement_and_says_more_than_the_name() {
        for (text, expected) in [
            ("/// What the store holds.\nfn a() {}", 1),
            ("//! Whether it may.", 1),
            ("    // Why: it is late.", 1),
            ("/// The time at\n/// Which it ends, and\n/// How.", 0),
            ("/// Whatever comes first.", 0),
            ("/// The token vault.\npub struct TokenVault;", 1),
            ("/// The token vault.\n#[derive(Debug)]\npub struct TokenVault;", 0),
            ("/// The token vault.\npub token_vault: Vault,", 0),
            ("/// The token vault.\nstruct TokenVault;", 0),
            ("/// The vault of Auth0.\npub struct TokenVault;", 0),
            ("/// The clock.\n/// It never goes back.\npub struct Clock;", 0),
        ] {
            assert_eq!(findings(&source("a.rs", text)).len(), expected, "{text}");
        }
    }
}
