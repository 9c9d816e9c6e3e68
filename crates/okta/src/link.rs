//! The header `Link` (RFC 8288), as far as paginated lists need it.

use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};

/// The next page must not be requested: its URL is invalid, or would send the token to another origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadNext;

/// Returns the link with the relation `next`. `None` on the last page.
///
/// # Errors
/// [`BadNext`] if there is one and it is invalid or does not have `base`'s origin: the list is then incomplete.
pub(crate) fn next(headers: &HeaderMap, base: &Url) -> Result<Option<Url>, BadNext> {
    for value in headers.get_all(LINK) {
        let value = value.to_str().map_err(|_| BadNext)?;
        for (target, parameters) in links(value) {
            if parameters.iter().any(is_next) {
                let url = base.join(target).map_err(|_| BadNext)?;
                return if url.origin() == base.origin() { Ok(Some(url)) } else { Err(BadNext) };
            }
        }
    }
    Ok(None)
}

/// Returns whether the parameter is `rel` with `next` among its words.
fn is_next(parameter: &&str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let words = value.trim().trim_matches('"');
    name.trim().eq_ignore_ascii_case("rel") && words.split_whitespace().any(|word| word.eq_ignore_ascii_case("next"))
}

/// Returns every `<target>; parameter; parameter` of a value. Commas and semicolons within `<>` and quotes do not
/// separate.
fn links(value: &str) -> Vec<(&str, Vec<&str>)> {
    let mut links = Vec::new();
    for link in split(value, ',') {
        let mut parts = split(link, ';').into_iter();
        let target = parts.next().unwrap_or_default().trim();
        if let Some(target) = target.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            links.push((target, parts.collect()));
        }
    }
    links
}

fn split(text: &str, by: char) -> Vec<&str> {
    let (mut parts, mut start, mut within) = (Vec::new(), 0, None);
    for (place, c) in text.char_indices() {
        match (within, c) {
            (None, '<') => within = Some('>'),
            (None, '"') => within = Some('"'),
            (Some(end), c) if c == end => within = None,
            (None, c) if c == by => {
                parts.push(&text[start..place]);
                start = place + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_in_every_form_of_the_standard() {
        let next_page = "https://acme.okta.com/api/v1/users/00u1/groups?after=a,b;c&limit=200";
        let own = format!("<{next_page}>; rel=\"next\"");
        let found = Ok(Some(Url::parse(next_page).unwrap()));
        type Row<'a> = (&'a [&'a str], Result<Option<Url>, BadNext>);
        let rows: [Row<'_>; 13] = [
            (&[], Ok(None)),
            (&["<https://acme.okta.com/api/v1/users/00u1/groups>; rel=\"self\""], Ok(None)),
            (&["<https://acme.okta.com/x>; rel=\"self\"", &own], found.clone()),
            (&[&format!("<https://acme.okta.com/x>; rel=\"self\", {own}")], found.clone()),
            (&[&format!("<{next_page}>;rel=next")], found.clone()),
            (&[&format!("<{next_page}>; title=\"rel=self, <x>\"; REL=\"prefetch NEXT\"")], found.clone()),
            (&["</api/v1/users/00u1/groups?after=a,b;c&limit=200>; rel=\"next\""], found),
            (&[&format!("<{next_page}>; rel=\"nextish\"")], Ok(None)),
            (&["<https://elsewhere.example/api>; rel=\"next\""], Err(BadNext)),
            (&["<http://acme.okta.com/api>; rel=\"next\""], Err(BadNext)),
            (&["<https://acme.okta.com:444/api>; rel=\"next\""], Err(BadNext)),
            (&["<//elsewhere.example/api>; rel=\"next\""], Err(BadNext)),
            (&["<https://[>; rel=\"next\""], Err(BadNext)),
        ];
        let base = Url::parse("https://acme.okta.com/").unwrap();
        for (values, expected) in rows {
            let headers: HeaderMap = values.iter().map(|value| (LINK, value.parse().unwrap())).collect();
            assert_eq!(next(&headers, &base), expected, "{values:?}");
        }
    }
}
