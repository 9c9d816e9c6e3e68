//! The rule that texts for people stand in the Fluent files: the pages hold none, and no message is left over.

use std::collections::HashSet;

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

/// The sentences that are looked up by their English text: no code names their ids.
const STORED: &str = "crates/languages/en/stored.ftl";

/// Parts of `app` whose texts are for the log, or samples.
const FREE: [&str; 4] =
    ["app/src/pages/styleguide", "app/src/pages/styleguide.rs", "app/src/ui/samples", "app/src/ui/samples.rs"];

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    let sources = &repository.sources;
    let pages = sources.iter().filter(|source| is_page(source));
    Ok(pages.flat_map(literals).chain(unused(sources)).collect())
}

fn is_page(source: &Source) -> bool {
    source.is_rust()
        && source.is_under("app/src")
        && !source.path.ends_with("/tests.rs")
        && !FREE.iter().any(|place| source.is_under(place))
}

/// Finds prose in the code of a page.
fn literals(source: &Source) -> Findings {
    let code = source.code().take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    let code = code.filter(|(_, line)| {
        !["#[", "#!", "reason =", "expect(", "tracing::", "debug_struct"].iter().any(|own| line.contains(own))
    });
    let found = code.flat_map(|(number, line)| {
        line.split('"').skip(1).step_by(2).filter(|text| is_prose(text)).map(move |text| (number, text))
    });
    found.map(|(number, text)| format!("{}:{number} {text:?}", source.path)).collect()
}

/// Decides whether a literal is a text for people: two words in a row, or one that begins like a sentence. Class names,
/// addresses and values are in lower case or have no blanks.
fn is_prose(text: &str) -> bool {
    let word = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || "',.…?!:".contains(c));
    let begins_high = text.trim_start().starts_with(|c: char| c.is_uppercase());
    let words = text.split_whitespace().filter(|own| word(own)).count();
    let shouts = text.chars().all(|c| c.is_uppercase() || !c.is_alphabetic());
    begins_high && !shouts && words > 0 && text.trim().len() > 2 && !NAMES.contains(&text.trim())
}

/// Words that begin high and are no texts.
const NAMES: [&str; 6] = ["Countersign", "BODY", "Enter", "JSON", "Markdown", "Accept"];

/// Finds messages that no code names.
fn unused(sources: &[Source]) -> Findings {
    let rust = || sources.iter().filter(|source| source.is_rust() && !source.is_under("crates/languages"));
    let words: HashSet<&str> =
        rust().flat_map(|source| source.text.split(|c: char| !c.is_alphanumeric() && c != '_')).collect();
    let files = sources.iter().filter(|source| source.is_under("crates/languages/en") && source.path != STORED);
    let ids = files.flat_map(|file| {
        let ids = file.text.lines().filter_map(|line| line.split_once(" = ")).map(|(id, _)| id);
        ids.filter(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-')).map(move |id| (file, id))
    });
    let unused = ids.filter(|(_, id)| !words.contains(id.replace('-', "_").as_str()));
    unused.map(|(file, id)| format!("{}: {id} is used nowhere", file.path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn pages_hold_no_prose() {
        for (path, text, expected) in [
            ("app/src/ui/a.rs", "view! { <p>\"Nothing was done.\"</p> }", 1),
            ("app/src/ui/a.rs", "aria-label=\"Menu\"", 1),
            ("app/src/ui/a.rs", "class=\"btn quiet menu\" href=\"/help\"", 0),
            ("app/src/ui/a.rs", "(\"Countersign\", \"JSON\")", 0),
            ("app/src/ui/a.rs", "#[expect(x, reason = \"A reason for people\")]", 0),
            ("app/src/ui/a.rs", "// \"A comment\"\n#[cfg(test)]\n\"A test\"", 0),
            ("app/src/pages/styleguide.rs", "\"A sample text\"", 0),
            ("crates/edge/src/a.rs", "\"A log line\"", 0),
        ] {
            let source = source(path, text);
            let found = if is_page(&source) { literals(&source) } else { Findings::new() };
            assert_eq!(found.len(), expected, "{path} {text}");
        }
    }

    #[test]
    fn every_message_is_named_by_some_code() {
        let files = [
            source(
                "crates/languages/en/pages.ftl",
                "# a = b\ninbox-none = Nothing\nnav-inbox = Inbox\n   *[other] x = y\n",
            ),
            source(STORED, "never-named = Never\n"),
            source("app/src/ui/nav.rs", "Texts::nav_inbox"),
        ];
        assert_eq!(unused(&files), ["crates/languages/en/pages.ftl: inbox-none is used nowhere"]);
    }
}
