//! Text that a model or an attacker wrote to break the page.

use super::super::{finished_blocks, html, open_text};
use super::allowlist::text_of;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Length of a hostile text, in bytes.
const LONG: usize = 32 * 1024;

/// Longest time for one of them. Linear work takes some milliseconds, quadratic work more than this.
const LONGEST_RENDERING: Duration = Duration::from_secs(5);

fn filled(piece: &str) -> String {
    piece.repeat(LONG / piece.len())
}

fn hostile() -> Vec<String> {
    let pieces = [
        "*",
        "**a",
        "_",
        "[",
        "]",
        "![",
        "[a](",
        "[a](http://x",
        ">",
        "> ",
        ">\n",
        "`",
        "`a",
        "|",
        "|\n",
        "~",
        "#",
        "-",
        "- ",
        "1. ",
    ];
    let more = [
        "<", "<a", "<!--", "&", "\\", "\n", "\t", " ", "*a_", "a\n\n", "- a\n\n", "```\n", "a | b\n", "\u{202e}",
        "[a]: b\n", "\r", "\r\n",
    ];
    let head = |width: usize| format!("{}|\n{}|\n", "|a".repeat(width), "|-".repeat(width));
    let nested = (0..200).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect::<String>();
    let address = format!("[a]: http://a.example/{}\n\n", "a".repeat(LONG / 2));
    let mut texts: Vec<String> = pieces.iter().chain(&more).map(|piece| filled(piece)).collect();
    texts.extend([
        format!("{}{}", head(4_000), "|\n".repeat(8_000)),
        format!("{}{}", head(4_000), "a\n".repeat(8_000)),
        format!("{}{}", head(200), "|".repeat(LONG)),
        nested,
        format!("{address}{}", "[a] ".repeat(LONG / 8)),
        format!("{}a{}", "**".repeat(LONG / 4), "**".repeat(LONG / 4)),
        format!("{}a{}", "*a ".repeat(LONG / 6), " a*".repeat(LONG / 6)),
    ]);
    texts
}

#[test]
fn time_and_size_are_linear_in_the_length_of_a_hostile_text() {
    for text in hostile() {
        let begun = Instant::now();
        let page = html(&text);
        let (finished, rest) = finished_blocks(&text);
        let open = open_text(rest);
        let name: String = text.chars().take(24).collect();
        assert!(begun.elapsed() < LONGEST_RENDERING, "{name:?} took {:?}", begun.elapsed());
        assert!(
            page.len() < 64 * LONG && finished.len() < 64 * LONG && open.len() < 8 * LONG,
            "{name:?}: {}",
            page.len()
        );
        assert!(text_of(&page).is_ok(), "{name:?}: {:?}", text_of(&page));
    }
}

#[test]
fn elements_are_never_nested_deeper_than_a_page_can_bear() {
    for text in [filled("> "), filled(">"), filled("- "), filled("1. ")] {
        let page = html(&format!("{text}a"));
        let frames = page.matches("<blockquote").count() + page.matches("<ul").count() + page.matches("<ol").count();
        assert!(frames <= 12, "{}: {frames}", &text[..4]);
    }
    let page = html(&format!("{}a{}", "**".repeat(1_000), "**".repeat(1_000)));
    assert!(page.matches("<strong>").count() <= 6, "{page}");
}

/// Pieces of which hostile texts are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "# ",
            "- ",
            "1. ",
            "> ",
            "* ",
            "    ",
            "\t",
            "```",
            "~~~",
            "`",
            "**",
            "*",
            "_",
            "~~",
            "|",
            "|-|",
            "\n",
            "\n\n",
            "[a](",
            ")",
            "](",
            "[",
            "]",
            "![",
            "https://a.example/",
            "javascript:alert(1)",
            "mailto:a@b.example",
            "data:text/html,x",
            "<b id=x>",
            "<script>",
            "</p>",
            "</div>",
            "<!--",
            "-->",
            "<style>",
            "&lt;",
            "&#x3c;",
            "[a]: https://a.example \"t\"\n",
            "{#id .class}",
            "[ ] ",
            "\\",
            "\"",
            "'",
            " onclick=x ",
            "style=\"x\"",
            "<https://a.example>",
            "<a@b.example>",
            "---\n",
            "===\n",
            ":-:",
            "\u{202e}",
            "\u{0}",
            "\r",
            "[^1]",
            "$x$",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,6}",
        "\\PC{0,4}",
    ]
}

proptest! {
    #[test]
    fn no_text_becomes_a_tag_or_an_attribute_of_its_own(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        let page = html(&text);
        prop_assert!(text_of(&page).is_ok(), "{:?}: {page}", text_of(&page));
        let (finished, rest) = finished_blocks(&text);
        prop_assert!(text_of(&finished).is_ok(), "{finished}");
        prop_assert!(text.ends_with(rest));
        open_text(rest);
    }
}
