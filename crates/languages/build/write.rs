//! Writes the Rust source of the methods and tables.

use super::catalog::{Catalog, LANGUAGES, Message};
use std::fmt::Write as _;

/// Writes the source. For the browser, the methods of its own texts alone, without tables.
pub(crate) fn methods(catalog: &Catalog, browser: bool) -> String {
    let messages: Vec<_> = catalog.0.iter().filter(|message| message.browser || !browser).collect();
    let mut source = "impl Texts {\n".to_owned();
    for (index, message) in messages.iter().enumerate() {
        method(&mut source, index, message);
    }
    source.push_str("}\n");
    if !browser {
        tables(&mut source, &messages);
    }
    source
}

fn method(source: &mut String, index: usize, message: &Message) {
    let name = message.id.replace('-', "_");
    let english = message.patterns.first().and_then(Option::as_deref).unwrap_or_default();
    let shown: String = english.chars().map(|sign| if sign.is_control() { '#' } else { sign }).collect();
    let parameters: String = message
        .variables
        .iter()
        .map(|own| format!(", {}: {}", own.name.replace('-', "_"), if own.number { "u64" } else { "&str" }))
        .collect();
    let _ = writeln!(source, "    /// {:?}", shown);
    if message.variables.is_empty() {
        let _ =
            writeln!(source, "    #[must_use]\n    pub fn {name}(self) -> &'static str {{ self.pattern({index}) }}");
    } else {
        let arguments: Vec<_> = message
            .variables
            .iter()
            .map(|own| {
                format!("{}{}", own.name.replace('-', "_"), if own.number { ".to_string().as_str()" } else { "" })
            })
            .collect();
        let _ = writeln!(
            source,
            "    #[must_use]\n    pub fn {name}(self{parameters}) -> String {{ fill::fill(self.pattern({index}), &[{}]) }}",
            arguments.join(", ")
        );
    }
}

/// Values that are sentences or names of ours, and so have a translation of their own.
const NESTED: [&str; 5] = ["duration", "missing", "reason", "service", "uses"];

/// Writes a form of stored sentences: its message, and the kinds of its variables.
fn form(index: usize, message: &Message) -> String {
    let kinds = message.variables.iter().map(|own| match own.name.as_str() {
        _ if own.number => "Kind::Number",
        name if NESTED.contains(&name) => "Kind::Sentence",
        _ => "Kind::Text",
    });
    format!("Form {{ message: {index}, kinds: &[{}] }}", kinds.collect::<Vec<_>>().join(", "))
}

fn tables(source: &mut String, messages: &[&Message]) {
    let count = messages.len();
    let english = |message: &Message| message.patterns.first().cloned().flatten().unwrap_or_default();
    let _ = writeln!(source, "static PATTERNS: [[&str; {count}]; {}] = [", LANGUAGES.len());
    for language in 0..LANGUAGES.len() {
        let row: Vec<_> =
            messages.iter().map(|own| own.patterns[language].clone().unwrap_or_else(|| english(own))).collect();
        let _ = writeln!(source, "    {row:?},");
    }
    source.push_str("];\n");
    let _ = writeln!(source, "const BROWSER: usize = {};", messages.iter().filter(|own| own.browser).count());
    let own_text = |index: &usize| {
        messages[*index].patterns[0].as_deref().map_or(0, |text| text.chars().filter(|sign| !sign.is_control()).count())
    };
    let mut stored: Vec<usize> = (0..count).filter(|index| messages[*index].stored).collect();
    stored.sort_by_key(|index| std::cmp::Reverse(own_text(index)));
    let forms: Vec<String> = stored.iter().map(|index| form(*index, messages[*index])).collect();
    let _ = writeln!(source, "static STORED: [Form; {}] = [{}];", forms.len(), forms.join(", "));
    let missing: Vec<_> = messages
        .iter()
        .flat_map(|own| {
            LANGUAGES
                .iter()
                .zip(&own.patterns)
                .filter(|(_, own)| own.is_none())
                .map(|(language, _)| (*language, own.id.as_str()))
        })
        .collect();
    let _ = writeln!(
        source,
        "/// The messages that a language lacks: their English text is shown.\npub static MISSING: &[(&str, &str)] = &{missing:?};"
    );
}
