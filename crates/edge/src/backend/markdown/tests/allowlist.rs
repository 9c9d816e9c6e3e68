//! A reader of HTML that accepts only the tags and attributes of an answer, each tag closed in its order.

/// Every start tag of an answer, but for `ol`, `a` and `figure` with values of their own.
const TAGS: [&str; 29] = [
    "p dir=\"auto\"",
    "h3 dir=\"auto\"",
    "h4 dir=\"auto\"",
    "h5 dir=\"auto\"",
    "h6 dir=\"auto\"",
    "blockquote dir=\"auto\"",
    "li dir=\"auto\"",
    "ul",
    "ol",
    "em",
    "strong",
    "del",
    "code",
    "figure class=\"code-block\"",
    "figcaption",
    "pre tabindex=\"0\"",
    "div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table\"",
    "table",
    "thead",
    "tbody",
    "tr",
    "th dir=\"auto\"",
    "th dir=\"auto\" class=\"a-r\"",
    "th dir=\"auto\" class=\"a-c\"",
    "td dir=\"auto\"",
    "td dir=\"auto\" class=\"a-r\"",
    "td dir=\"auto\" class=\"a-c\"",
    "br",
    "hr",
];

/// Returns the text of `html`.
///
/// # Errors
/// The first tag that is not allowed or not closed in its order, or a character that had to be escaped.
pub(super) fn text_of(html: &str) -> Result<String, String> {
    let mut pieces = html.split('<');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    let mut open: Vec<&str> = Vec::new();
    for piece in pieces {
        let (tag, after) = piece.split_once('>').ok_or_else(|| format!("an open tag <{piece}"))?;
        if let Some(name) = tag.strip_prefix('/') {
            let expected = open.pop();
            (expected == Some(name)).then_some(()).ok_or_else(|| format!("</{name}> for {expected:?}"))?;
        } else {
            is_allowed(tag).then_some(()).ok_or_else(|| format!("the tag <{tag}>"))?;
            open.extend(tag.split(' ').next().filter(|name| !matches!(*name, "br" | "hr")));
        }
        if after.contains(['>', '"', '\'']) {
            return Err(format!("characters that are not escaped: {after}"));
        }
        text.push_str(after);
    }
    if open.is_empty() { Ok(unescaped(&text)) } else { Err(format!("open elements: {open:?}")) }
}

fn is_allowed(tag: &str) -> bool {
    let quoted = |tag: &str, start: &str, end: &str| {
        tag.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).map(ToOwned::to_owned)
    };
    TAGS.contains(&tag)
        || quoted(tag, "ol start=\"", "\"").is_some_and(|start| start.bytes().all(|byte| byte.is_ascii_digit()))
        || quoted(tag, "figure class=\"code-block\" data-lang=\"", "\"").is_some_and(|language| {
            !language.is_empty()
                && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#._-".contains(&byte))
        })
        || quoted(tag, "a href=\"", "\" rel=\"nofollow noopener noreferrer\"").is_some_and(|address| {
            ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
                && !address.contains('"')
                && address.chars().all(|c| c.is_ascii_graphic() || c == ' ')
        })
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&")
}
