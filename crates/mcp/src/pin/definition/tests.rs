use super::*;
use serde_json::json;
use std::collections::BTreeMap;

fn weather(schema: Value) -> Definition {
    let description = Some("The weather.".to_owned());
    Definition { name: "weather".to_owned(), description, schema, annotations: Value::Null }
}

fn old() -> Definition {
    weather(json!({"type": "object", "properties": {"place": {"type": "string", "description": "The place."}}}))
}

/// The old definition with this member in its schema at this pointer.
fn with(pointer: &str, key: &str, value: Value) -> Definition {
    let mut schema = old().schema;
    if let Some(members) = schema.pointer_mut(pointer).and_then(Value::as_object_mut) {
        members.insert(key.to_owned(), value);
    }
    weather(schema)
}

#[test]
fn every_change_changes_the_digest_and_is_listed() {
    let old = old();
    let reordered =
        weather(json!({"properties": {"place": {"description": "The place.", "type": "string"}}, "type": "object"}));
    assert_eq!((reordered.digest(), reordered.changes(&old)), (old.digest(), vec![]));

    let told = |text: &str| Definition { description: Some(text.to_owned()), ..old.clone() };
    let hinted = Definition { annotations: json!({"readOnlyHint": true}), ..old.clone() };
    let mut covered = with("/properties/place", "description", json!("EVIL"));
    covered.schema["properties/place/description"] = json!("The place.");
    let place = "/properties/place";
    let rows = [
        (
            told("The weather.\u{202e}"),
            vec!["- description: \"The weather.\"", "+ description: \"The weather.\u{27e8}U+202E\u{27e9}\""],
        ),
        (
            with("/properties", "token", json!({"type": "string"})),
            vec!["+ model/properties/token/type: \"string\"", "+ schema/properties/token/type: \"string\""],
        ),
        (hinted, vec!["- annotations: null", "+ annotations/readOnlyHint: true"]),
        // A key that is the path of another member hides nothing.
        (
            covered,
            vec![
                "- model/properties/place/description: \"The place.\"",
                "+ model/properties/place/description: \"EVIL\"",
                "+ schema/properties~1place~1description: \"The place.\"",
                "- schema/properties/place/description: \"The place.\"",
                "+ schema/properties/place/description: \"EVIL\"",
            ],
        ),
        (with("", "a~1b/c", json!(1)), vec!["+ schema/a~01b~1c: 1"]),
        // Neither does one that looks like another key, or like a whole line.
        (
            with(place, "d\u{435}scription\u{200b}", json!("x")),
            vec!["+ schema/properties/place/d\u{27e8}U+0435\u{27e9}scription\u{27e8}U+200B\u{27e9}: \"x\""],
        ),
        (
            with(place, "description: \"a\\", json!("b")),
            vec![
                "+ schema/properties/place/description\u{27e8}U+003A\u{27e9}\u{27e8}U+0020\u{27e9}\u{27e8}U+0022\u{27e9}a\u{27e8}U+005C\u{27e9}: \"b\"",
            ],
        ),
        // Text that looks like a code point notation is escaped, and an unusual space is not shown as a space.
        (
            told("\u{27e8}U+200B\u{27e9}\u{a0}\u{3164}"),
            vec![
                "- description: \"The weather.\"",
                "+ description: \"\u{27e8}U+27E8\u{27e9}U+200B\u{27e9}\u{27e8}U+00A0\u{27e9}\u{27e8}U+3164\u{27e9}\"",
            ],
        ),
        // An index in a list is not a key, and a number that a double cannot represent is still exact.
        (
            with(place, "enum", json!([9_007_199_254_740_993_u64])),
            vec![
                "+ model/properties/place/enum: [9007199254740993]",
                "+ schema/properties/place/enum: [9007199254740993]",
            ],
        ),
        (with(place, "enum", json!({"0": "a"})), vec!["+ schema/properties/place/enum/0: \"a\""]),
    ];
    for (new, mut changes) in rows {
        assert_ne!(new.digest(), old.digest());
        let mut read = new.changes(&old);
        // Within a part the order is that of the keys and does not matter.
        read.sort_unstable();
        changes.sort_unstable();
        assert_eq!(read, changes);
    }
}

/// No number of additional lines hides the parts that the model receives or the risk depends on: they come first.
#[test]
fn thousands_of_lines_hide_no_change() {
    let mut new = with("/properties/place", "description", json!("EVIL"));
    new.annotations = json!({"readOnlyHint": true});
    for at in 0..3000 {
        new.schema[format!("a{at}")] = json!(1);
        new.schema["properties"]["place"][format!("a{at}")] = json!(1);
    }
    let first = [
        "- annotations: null",
        "+ annotations/readOnlyHint: true",
        "- model/properties/place/description: \"The place.\"",
        "+ model/properties/place/description: \"EVIL\"",
    ];
    assert_eq!(new.changes(&old())[..4], first);
    // The same holds when these lines disappear again.
    let mut gone = old();
    gone.schema["title"] = json!("T");
    assert_eq!(gone.changes(&new)[..4].len(), 4);
    assert!(gone.changes(&new)[3].starts_with("+ model/properties/place/description: \"The place.\""));
}

/// The parts of a tool that the model receives, see [`crate::remote::RemoteTool`].
fn given(tool: &Definition) -> (String, String, Option<Value>) {
    let description = crate::clean::description("server", None, tool.description.as_deref().unwrap_or_default());
    (tool.name.clone(), description, schema::reduce(&tool.schema).ok())
}

/// A pseudo-random number below `end` (Steele, Lea, Flood: `SplitMix64`), deterministic.
fn below(state: &mut u64, end: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap_or(0)
}

/// The old definition, altered in up to four places by keys and values that look like others.
fn altered(state: &mut u64) -> Definition {
    const PLACES: [&str; 6] = ["", "/properties", "/properties/place", "/properties/x", "/$defs", "/$defs/x"];
    const KEYS: [&str; 16] = [
        "description",
        "type",
        "enum",
        "x",
        "$ref",
        "required",
        "items",
        "0",
        "place/description",
        "place~1description",
        "properties/place/description",
        "description: \"a\\",
        "description\u{200b}",
        "description\u{27e8}U+200B\u{27e9}",
        "",
        "d\u{435}scription",
    ];
    let values = [
        json!("The place."),
        json!("EVIL"),
        json!("EVIL\u{200b}"),
        json!("EVIL\u{27e8}U+200B\u{27e9}"),
        json!("a: \"b"),
        json!("#/$defs/x"),
        json!("string"),
        json!(["string"]),
        json!({"0": "string"}),
        json!(["place"]),
        json!({}),
        json!({"type": "string"}),
        json!({"description": "EVIL"}),
        json!({"$ref": "#/$defs/x"}),
        json!(null),
        json!("null"),
        json!([9_007_199_254_740_992_u64]),
        json!([9_007_199_254_740_993_u64]),
        json!(true),
    ];
    let mut new = old();
    new.schema["properties"]["x"] = json!({"$ref": "#/$defs/x"});
    new.schema["$defs"] = json!({"x": {"type": "string"}});
    for _ in 0..=below(state, 4) {
        let (key, value) = (KEYS[below(state, KEYS.len())], values[below(state, values.len())].clone());
        match new.schema.pointer_mut(PLACES[below(state, PLACES.len())]).and_then(Value::as_object_mut) {
            Some(members) => drop(members.insert(key.to_owned(), value)),
            None => new.description = value.as_str().map(str::to_owned),
        }
    }
    new
}

/// The parts that a model receives are among those that the operator reads: for any two different definitions the
/// operator reads different changes, relative to a third one and to each other, and accepts a different digest.
#[test]
fn an_operator_reads_everything_that_reaches_the_model() {
    let (state, old) = (&mut 44, old());
    let (mut read, mut signed) = (BTreeMap::new(), BTreeMap::new());
    let (mut last, mut forms) = (old.clone(), BTreeSet::new());
    for _ in 0..5_000 {
        let new = altered(state);
        assert_eq!(new.changes(&last).is_empty(), new == last, "{last:?}\n{new:?}");
        let known = read.entry(new.changes(&old)).or_insert_with(|| new.clone());
        assert_eq!(*known, new, "they read the same");
        let known = signed.entry(new.digest()).or_insert_with(|| new.clone());
        assert_eq!(*known, new, "the digests are the same");
        let (name, description, schema) = given(&new);
        if let Some(schema) = schema {
            forms.insert(format!("{name} {description} {schema}"));
        }
        last = new;
    }
    assert!(forms.len() > 30 && read.len() > 1000, "{} forms, {} readings", forms.len(), read.len());
}
