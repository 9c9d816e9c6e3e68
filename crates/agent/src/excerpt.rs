//! Shortening of results that are too long for the model: whole items are kept, and the omitted ones are counted. No
//! item, word or line is cut where the rest could be read as another one.

use serde_json::{Map, Value};

/// Room for the note that counts the omitted part, in bytes.
const NOTE: usize = 32;

/// Returns `content` reduced to at most `most` bytes of JSON: lists end with `and 819 more`, texts after a whole line
/// or word.
pub(crate) fn within(content: Value, most: usize) -> Value {
    if length(&content) <= most {
        return content;
    }
    let short = shortened(content, most);
    if length(&short) <= most { short } else { Value::from("The result is too long to be read.") }
}

fn length(value: &Value) -> usize {
    value.to_string().len()
}

fn shortened(value: Value, room: usize) -> Value {
    if length(&value) <= room {
        return value;
    }
    match value {
        Value::String(text) => text_within(&text, room).into(),
        Value::Array(items) => items_within(items, room).into(),
        Value::Object(members) => members_within(members, room).into(),
        other => other,
    }
}

/// Keeps the first items that fit. If even the first does not fit, it is itself shortened.
fn items_within(items: Vec<Value>, room: usize) -> Vec<Value> {
    let (all, mut left) = (items.len(), room.saturating_sub("[]".len() + NOTE));
    let mut kept = Vec::new();
    for item in items {
        let size = length(&item) + ",".len();
        if size > left {
            if kept.is_empty() {
                kept.push(shortened(item, left));
            }
            break;
        }
        left -= size;
        kept.push(item);
    }
    if kept.len() < all {
        kept.push(format!("and {} more", all - kept.len()).into());
    }
    kept
}

/// Keeps every member: small ones whole, while the others share the remaining room.
fn members_within(members: Map<String, Value>, room: usize) -> Map<String, Value> {
    let names: usize = members.keys().map(|name| Value::from(name.as_str()).to_string().len() + ":,".len()).sum();
    let mut sizes: Vec<usize> = members.values().map(length).collect();
    sizes.sort_unstable();
    let mut left = room.saturating_sub("{}".len() + names);
    let mut share = 0;
    for (place, size) in sizes.iter().enumerate() {
        share = left / (sizes.len() - place);
        if *size > share {
            break;
        }
        left -= size;
    }
    members.into_iter().map(|(name, member)| (name, shortened(member, share))).collect()
}

/// Cuts the text after a whole line, or else a whole word.
fn text_within(text: &str, room: usize) -> String {
    let mut left = room.saturating_sub("\"\"".len() + NOTE);
    let fits = text.char_indices().find(|(_, c)| match left.checked_sub(escaped(*c)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    });
    let Some((end, _)) = fits else { return text.to_owned() };
    let head = &text[..end];
    let whole = head.rfind('\n').or_else(|| head.rfind(char::is_whitespace)).map_or(head, |at| &head[..at]);
    format!("{whole} … and {} more characters", text[whole.len()..].chars().count())
}

/// The length of a character in JSON, in bytes.
const fn escaped(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_result_that_fits_is_unchanged() {
        for content in [json!(null), json!("short"), json!({"groups": ["a", "b"]}), json!([1, 2, 3])] {
            assert_eq!(within(content.clone(), 40), content);
        }
    }

    #[test]
    fn a_list_keeps_whole_items_and_counts_the_others() {
        let groups: Vec<String> = (0..1019).map(|number| format!("VPN users of site {number}")).collect();
        let short = within(json!({"user": "ada@acme.example", "groups": groups, "count": 1019}), 4096);
        let kept = short["groups"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some((note, names)) = kept.split_last() else { panic!("{short}") };
        assert!(names.len() > 100 && length(&short) <= 4096, "{short}");
        assert_eq!(*note, format!("and {} more", 1019 - names.len()));
        assert!(names.iter().zip(&groups).all(|(kept, group)| kept == group), "whole names, in their order: {short}");
        assert_eq!((&short["user"], &short["count"]), (&json!("ada@acme.example"), &json!(1019)));
    }

    #[test]
    fn a_text_ends_with_a_whole_line_or_word() {
        let lines = "bob@acme.example is in Administrators\n".repeat(100);
        let words = "one two three ".repeat(100);
        let solid = "x".repeat(1000);
        for (text, ending) in [(&lines, "Administrators"), (&words, "three"), (&solid, "x")] {
            let Value::String(short) = within(json!(text), 200) else { panic!() };
            let Some((head, note)) = short.split_once(" … and ") else { panic!("{short}") };
            assert!(text.starts_with(head) && head.ends_with(ending) || head.ends_with("two"), "{short}");
            let more: usize = note.trim_end_matches(" more characters").parse().unwrap_or_default();
            assert_eq!(head.chars().count() + more, text.chars().count(), "{short}");
        }
    }

    #[test]
    fn no_result_exceeds_the_limit() {
        let deep = (0..200).fold(json!("x".repeat(500)), |inner, _| json!([inner]));
        let many: Map<String, Value> =
            (0..500).map(|number| (format!("name {number}"), json!("y".repeat(50)))).collect();
        for content in
            [json!("\u{1}".repeat(5000)), json!("\"".repeat(5000)), json!("größe 🚲 ".repeat(900)), deep, many.into()]
        {
            for most in [40, 100, 1000] {
                let short = within(content.clone(), most);
                assert!(length(&short) <= most, "{most}: {short}");
            }
        }
    }
}
