//! Canonical JSON (RFC 8785) that preserves every number. The standard writes each number as a double, which turns
//! 9007199254740993 into its neighbour, while a tool receives the integer itself.

use serde_json::{Number, Value};

/// From this value on, a double cannot represent every integer.
const LARGEST_EXACT: u64 = 1 << 53;

/// Returns the canonical JSON of `value`. Members are sorted as RFC 8785 requires, and two values have the same form
/// only if they are equal: a number that a double may not represent exactly, and minus zero, are written as they are
/// sent to a tool.
///
/// # Errors
/// An error for a text or number that RFC 8785 cannot represent.
pub fn canonical(value: &Value) -> Result<String, serde_json::Error> {
    let mut written = String::new();
    write(value, &mut written)?;
    Ok(written)
}

fn write(value: &Value, to: &mut String) -> Result<(), serde_json::Error> {
    match value {
        Value::Array(items) => {
            to.push('[');
            for (place, item) in items.iter().enumerate() {
                to.push_str(if place == 0 { "" } else { "," });
                write(item, to)?;
            }
            to.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            to.push('{');
            for (place, (name, item)) in members.into_iter().enumerate() {
                to.push_str(if place == 0 { "" } else { "," });
                to.push_str(&serde_json_canonicalizer::to_string(name)?);
                to.push(':');
                write(item, to)?;
            }
            to.push('}');
        }
        Value::Number(number) if !is_exact(number) => to.push_str(&number.to_string()),
        scalar => to.push_str(&serde_json_canonicalizer::to_string(scalar)?),
    }
    Ok(())
}

/// Returns whether the RFC 8785 form of the number is distinct from those of all other numbers.
#[expect(clippy::cast_precision_loss, reason = "the bound is a power of two")]
fn is_exact(number: &Number) -> bool {
    match number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs)) {
        Some(size) => size < LARGEST_EXACT,
        None => number
            .as_f64()
            .is_some_and(|own| own.abs() < LARGEST_EXACT as f64 && !(own == 0.0 && own.is_sign_negative())),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_canonical_form_follows_rfc_8785_wherever_that_is_exact() {
        for (text, expected) in [
            (r#"{"b": 1.0, "a": [true, null, "é\n"], "": {}}"#, r#"{"":{},"a":[true,null,"é\n"],"b":1}"#),
            (r#"{"\ufb33": 1, "\ud83d\ude00": 2}"#, "{\"\u{1f600}\":2,\"\u{fb33}\":1}"),
            ("[1e3, 0.5, -5, 9007199254740991]", "[1000,0.5,-5,9007199254740991]"),
            ("[9007199254740993, -9007199254740993]", "[9007199254740993,-9007199254740993]"),
            ("[18446744073709551615, 1e20, -0.0]", "[18446744073709551615,1e+20,-0.0]"),
        ] {
            assert_eq!(canonical(&serde_json::from_str(text).unwrap()).unwrap(), expected);
        }
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        #[test]
        fn adjacent_numbers_differ_in_form_and_each_form_is_exact(number in any::<u64>(), signed in any::<i64>()) {
            for (own, next) in [
                (Value::from(number), Value::from(number ^ 1)),
                (Value::from(signed), Value::from(signed ^ 1)),
                (Value::from(number), Value::from(number as f64 * 1.5)),
            ] {
                let form = canonical(&own).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Value>(&form).unwrap(), &own);
                prop_assert!(own == next || form != canonical(&next).unwrap());
            }
        }
    }
}
