//! Answers that arrive in pieces.

use super::super::{finished_blocks, html, open_text};
use super::allowlist::text_of;
use proptest::prelude::*;

/// Returns the HTML of a text that arrives in pieces of `step` characters, and the number of parts with content.
fn in_parts(text: &str, step: usize) -> (String, usize) {
    let chars: Vec<char> = text.chars().collect();
    let (mut page, mut rest, mut parts) = (String::new(), String::new(), 0);
    for piece in chars.chunks(step) {
        rest.extend(piece);
        let (finished, open) = finished_blocks(&rest);
        parts += usize::from(!finished.is_empty());
        page.push_str(&finished);
        rest = open.to_owned();
    }
    page.push_str(&html(&rest));
    (page, parts)
}

#[test]
fn a_block_is_finished_when_nothing_can_change_it() {
    for (text, rest) in [
        ("", ""),
        ("one", "one"),
        ("one\n", "one\n"),
        ("one\n\n", ""),
        ("one\n\n \n", ""),
        ("one\n\ntw", "tw"),
        ("one\n-", "one\n-"),
        ("one\n- a\n", "- a\n"),
        ("# one", "# one"),
        ("# one\n", ""),
        ("***\n", ""),
        ("```\ncode\n\nmore\n", "```\ncode\n\nmore\n"),
        ("```\ncode\n```", "```\ncode\n```"),
        ("```\ncode\n```\n", ""),
        ("````\ncode\n```\n", "````\ncode\n```\n"),
        ("~~~\n```\n", "~~~\n```\n"),
        // A list goes on over blank lines, until a line is read that does not belong to it.
        ("- a\n\n", "- a\n\n"),
        ("- a\n\n-", "- a\n\n-"),
        ("1. a\n\n2", "1. a\n\n2"),
        ("1. a\n\n2. b", "1. a\n\n2. b"),
        ("- a\n\n  more", "- a\n\n  more"),
        ("- a\n\nend", "end"),
        ("- a\n\n**end", "**end"),
        ("1. a\n\n```sh\nls\n", "```sh\nls\n"),
        ("    code\n\n", "    code\n\n"),
        ("    code\n\n    more", "    code\n\n    more"),
        ("| a |\n|---|\n", "| a |\n|---|\n"),
        ("| a |\n|---|\n| 1 |\n\n", ""),
        ("> a\n\n", ""),
        ("one\r\n\r\ntwo", "two"),
        ("<div>\n\n", "<div>\n\n"),
        ("one\n\n[a]: https://a.example\n", "[a]: https://a.example\n"),
    ] {
        assert_eq!(finished_blocks(text).1, rest, "{text:?}");
    }
}

#[test]
fn the_open_block_is_shown_without_its_marks() {
    for (text, shown) in [
        ("a **b** `c`", "a b c"),
        ("a **b", "a b"),
        ("a *", "a "),
        ("- a\n- **b**\n  - c", "a\nb\n  c"),
        ("1. a\n2. b", "1. a\n2. b"),
        ("## Big", "Big"),
        ("#hash", "#hash"),
        ("> said", "said"),
        ("```rust\nlet a = **b;\n# c\n- d\n", "let a = **b;\n# c\n- d"),
        ("```sh\nls\n```", "ls"),
        ("| a | b |\n|---|--:|\n| 1 | 2 |", "a  b\n1  2"),
        ("a - b", "a - b"),
        ("-", "-"),
        ("a\u{202e}b", "a⟨U+202E⟩b"),
    ] {
        assert_eq!(open_text(text), shown.trim_end(), "{text:?}");
    }
}

#[test]
fn the_parts_of_a_long_answer_are_sent_one_by_one() {
    let text = "# Steps\n\nFirst:\n\n1. one\n\n```sh\nls\n\nls\n```\n\n2. two\n3. three\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n> so\n\nEnd.";
    for step in 1..12 {
        let (page, parts) = in_parts(text, step);
        assert_eq!(page, html(text), "{step}");
        assert!(parts >= 5, "{step}: {parts}");
    }
}

/// Blocks as models write them.
fn block() -> impl Strategy<Value = String> {
    let words = || "[a-z]{1,6}( [a-z]{1,6}){0,5}";
    prop_oneof![
        words().prop_map(|words| format!("{words}.")),
        (words(), words()).prop_map(|(a, b)| format!("{a} **{b}** `{a}`,\nand {b}")),
        (1..4_usize, words()).prop_map(|(level, words)| format!("{} {words}", "#".repeat(level))),
        prop::collection::vec(words(), 1..4).prop_map(|items| format!("- {}", items.join("\n- "))),
        prop::collection::vec(words(), 1..4).prop_map(|items| format!("- {}", items.join("\n\n- "))),
        (1..9_usize, words(), words()).prop_map(|(n, a, b)| format!("{n}. {a}\n\n   {b}\n{}. {b}", n + 1)),
        (words(), words()).prop_map(|(a, b)| format!("```sh\n{a}\n\n# {b}\n```")),
        (words(), words()).prop_map(|(a, b)| format!("| {a} | {b} |\n|---|--:|\n| {b} | {a} |")),
        words().prop_map(|words| format!("> {words}\n> - {words}")),
        Just("***".to_owned()),
    ]
}

proptest! {
    #[test]
    fn the_parts_together_are_the_whole(blocks in prop::collection::vec(block(), 0..6), step in 1..9_usize) {
        let text = blocks.join("\n\n");
        prop_assert_eq!(in_parts(&text, step).0, html(&text));
    }

    #[test]
    fn no_word_is_lost_on_the_way(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec!["# ", "- ", "> ", "1. ", "**", "*", "_", "|", "|-|", "\n", "\n\n", "    ", "---\n", " "]),
                Just("word"),
                Just("text"),
            ],
            0..40,
        ),
        step in 1..9_usize,
    ) {
        let text = pieces.concat();
        let letters = |text: &str| text.chars().filter(|c| c.is_ascii_alphabetic()).collect::<String>();
        let shown = text_of(&in_parts(&text, step).0);
        prop_assert_eq!(shown.map(|shown| letters(&shown)), Ok(letters(&text)));
        prop_assert_eq!(letters(&open_text(&text)), letters(&text));
    }
}
