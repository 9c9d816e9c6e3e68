//! Values of other systems: nesting is limited before parsing, texts and lengths after it.

use serde_json::{Map, Value};
use text::{line, multiline};

/// Returns the value with all texts and keys cleaned and limited to `longest` characters each; `None` if it has more
/// than `depth` levels.
#[must_use]
pub fn cleaned(value: &Value, longest: usize, depth: usize) -> Option<Value> {
    let below = depth.checked_sub(1)?;
    Some(match value {
        Value::String(text) => Value::String(multiline(text, longest)),
        Value::Array(items) => items.iter().map(|item| cleaned(item, longest, below)).collect::<Option<_>>()?,
        Value::Object(members) => {
            let clean = members.iter().map(|(key, own)| Some((line(key, 128), cleaned(own, longest, below)?)));
            Value::Object(clean.collect::<Option<Map<_, _>>>()?)
        }
        other => other.clone(),
    })
}

/// Returns `true` if JSON has at most `deepest` levels, without parsing it.
#[must_use]
pub fn shallow(json: &[u8], deepest: usize) -> bool {
    let (mut depth, mut within, mut escaped) = (0_usize, false, false);
    for byte in json {
        match (within, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => within = !within,
            (false, b'[' | b'{') => {
                depth += 1;
                if depth > deepest {
                    return false;
                }
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nesting_is_counted_and_brackets_in_texts_are_not() {
        for (json, deepest, good) in [
            (r#"{"a":[1]}"#, 2, true),
            (r#"{"a":[1]}"#, 1, false),
            (r#"{"a":"[[[[\"[[["}"#, 1, true),
            (r#"{"a":"\\"},[[["#, 2, false),
            ("[][][][]", 1, true),
        ] {
            assert_eq!(shallow(json.as_bytes(), deepest), good, "{json}");
        }
    }

    #[test]
    fn a_value_is_cleaned_at_every_depth_and_its_depth_is_limited() {
        let dirty = json!({"a\u{202e}": ["x\u{1b}[31m\ny", 1, null, {"b": "\u{feff}z"}]});
        assert_eq!(cleaned(&dirty, 100, 5).unwrap(), json!({"a": ["x[31m\ny", 1, null, {"b": "z"}]}));
        assert_eq!(cleaned(&dirty, 100, 3), None);
        assert_eq!(cleaned(&json!("12345"), 3, 1).unwrap(), json!("123… (cut)"));
    }
}
