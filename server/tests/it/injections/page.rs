//! The limits of an answer's HTML: text, and links that show their true address.

use reqwest::Url;

/// Tags allowed in an answer, with their attributes. `ol`, `figure` and `a` have values of their own.
const TAGS: [&str; 29] = [
    "blockquote dir=\"auto\"",
    "br",
    "code",
    "del",
    "div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table\"",
    "em",
    "figcaption",
    "figure class=\"code-block\"",
    "h3 dir=\"auto\"",
    "h4 dir=\"auto\"",
    "h5 dir=\"auto\"",
    "h6 dir=\"auto\"",
    "hr",
    "li dir=\"auto\"",
    "ol",
    "p dir=\"auto\"",
    "pre tabindex=\"0\"",
    "strong",
    "table",
    "tbody",
    "td dir=\"auto\"",
    "td dir=\"auto\" class=\"a-c\"",
    "td dir=\"auto\" class=\"a-r\"",
    "th dir=\"auto\"",
    "th dir=\"auto\" class=\"a-c\"",
    "th dir=\"auto\" class=\"a-r\"",
    "thead",
    "tr",
    "ul",
];

/// Returns everything forbidden in an answer's HTML.
pub(crate) fn wrong(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in html.match_indices('<') {
        let Some(inside) = html[at + 1..].split('>').next() else { continue };
        let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        if let Some(end) = inside.strip_prefix('/') {
            let known = end == "a" || TAGS.iter().any(|tag| tag.split(' ').next() == Some(end));
            found.extend((!known).then(|| format!("a tag <{inside}>")));
        } else if name == "a" {
            let rest = html[at..].split_once("</a>").map_or("", |(_, rest)| rest);
            found.extend(link(attributes, rest));
        } else if !(TAGS.contains(&inside)
            || name == "ol" && is_start(attributes)
            || name == "figure" && is_code(attributes))
        {
            found.push(format!("a tag <{inside}>"));
        }
    }
    found
}

/// Returns `true` for the attributes of a code block that names its language.
fn is_code(attributes: &str) -> bool {
    let language = attributes.strip_prefix("class=\"code-block\" data-lang=\"").and_then(|rest| rest.strip_suffix('"'));
    language.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#._-".contains(&byte)))
}

/// Returns `true` for the `start` attribute of a list.
fn is_start(attributes: &str) -> bool {
    let number = attributes.strip_prefix("start=\"").and_then(|rest| rest.strip_suffix('"'));
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Requires that a link has only a web address, and that the same address follows as text.
fn link(attributes: &str, after: &str) -> Option<String> {
    let end = "\" rel=\"nofollow noopener noreferrer\"";
    let address = attributes.strip_prefix("href=\"").and_then(|rest| rest.strip_suffix(end));
    let Some(address) = address.filter(|address| !address.contains('"')) else {
        return Some(format!("attributes on a link: {attributes}"));
    };
    let leads = Url::parse(&unescaped(address)).ok();
    let shown = after.strip_prefix(" (").and_then(|rest| rest.split(')').next()).map(unescaped);
    let shown = shown.filter(|text| text.chars().all(|c| c.is_ascii_graphic()));
    let same = leads.is_some() && shown.as_deref().and_then(|text| Url::parse(text).ok()) == leads;
    (!same).then(|| format!("a link to {address} that shows {:?}", after.chars().take(80).collect::<String>()))
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Returns `true` if an element of the page would load from, send to, or run something at this address; links wait for
/// a click.
pub(crate) fn loads(page: &str, address: &str) -> bool {
    let ways = ["src", "srcset", "action", "formaction", "data", "poster", "background", "content", "ping"];
    let tags = page.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    tags.into_iter().any(|tag| {
        let named = ways.iter().any(|way| tag.contains(&format!(" {way}=\"")));
        tag.contains(address) && (named || tag.starts_with("link") || tag.contains(" style="))
    })
}

#[test]
fn an_answer_may_show_words_and_plain_links_alone() {
    for html in [
        "<p dir=\"auto\">a <strong>b</strong> &lt;img src=x&gt;</p>",
        "<ul>\n<li dir=\"auto\">x<br></li></ul><ol start=\"2\"><li dir=\"auto\">y</li></ol>",
        "<p dir=\"auto\"><a href=\"https://a.example/?q=1&amp;r=2\" rel=\"nofollow noopener noreferrer\">ok</a> (https://a.example/?q=1&amp;r=2)</p>",
    ] {
        assert_eq!(wrong(html), Vec::<String>::new(), "{html}");
    }
    for html in [
        "<img src=\"https://evil.example\">",
        "<p onclick=\"x\">a</p>",
        "<p dir=\"auto\"><a href=\"https://evil.example/\" rel=\"nofollow noopener noreferrer\">ok</a></p>",
        "<p dir=\"auto\"><a href=\"https://evil.example/\" rel=\"nofollow noopener noreferrer\">ok</a> (https://good.example/)</p>",
        "<p dir=\"auto\"><a href=\"https://evil.example/?q=%E2%80%8B\" rel=\"nofollow noopener noreferrer\">ok</a> (https://evil.example/?q=\u{200b})</p>",
        "<p dir=\"auto\"><a href=\"javascript:alert(1)\" rel=\"x\">ok</a> (javascript:alert(1))</p>",
        "<script>alert(1)</script>",
    ] {
        assert_eq!(wrong(html).len(), 1 + usize::from(html.starts_with("<script")), "{html}: {:?}", wrong(html));
    }
}
