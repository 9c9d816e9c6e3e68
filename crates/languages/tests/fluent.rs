//! Compares our texts with those of Fluent's own implementation, for every message, language, and kind of value.

#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "../build/catalog.rs"]
mod catalog;
#[path = "../build/pattern.rs"]
mod pattern;

use catalog::{Catalog, LANGUAGES};
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use languages::{Language, MISSING, Texts};
use std::path::Path;
use unic_langid::LanguageIdentifier;

/// Texts that a person, a model or an attacker may choose.
const VALUES: [&str; 5] = ["Ada", "", "<b>\u{202e}x", "{ $count }", "a \u{1}0 b\u{2}"];

/// Numbers at which plural forms change, and far from there.
const NUMBERS: [u64; 6] = [0, 1, 2, 5, 21, 1_000_000];

fn bundle(language: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(vec![language.parse::<LanguageIdentifier>().unwrap()]);
    bundle.set_use_isolating(false);
    bundle.add_function("NUMBER", |values, _| values.first().cloned().unwrap_or(FluentValue::None)).unwrap();
    for entry in std::fs::read_dir(language).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        bundle.add_resource(FluentResource::try_new(text).unwrap()).unwrap();
    }
    bundle
}

fn theirs(bundle: &FluentBundle<FluentResource>, id: &str, values: &[(String, FluentValue<'_>)]) -> String {
    let arguments: FluentArgs<'_> = values.iter().cloned().collect();
    let mut errors = Vec::new();
    let message = bundle.get_message(id).unwrap().value().unwrap();
    let text = bundle.format_pattern(message, Some(&arguments), &mut errors).into_owned();
    assert!(errors.is_empty(), "{id}: {errors:?}");
    text
}

#[test]
fn every_text_is_that_of_fluents_own_implementation() {
    let catalog = Catalog::read(Path::new(".")).unwrap();
    let mut compared = 0;
    for (place, language) in LANGUAGES.into_iter().enumerate() {
        let bundle = bundle(language);
        for message in &catalog.0 {
            for round in 0..NUMBERS.len() {
                let value = |index: usize, number: bool| -> String {
                    let at = round + index;
                    if number { NUMBERS[at % NUMBERS.len()].to_string() } else { VALUES[at % VALUES.len()].to_owned() }
                };
                let values: Vec<(String, bool, String)> = (message.variables.iter().enumerate())
                    .map(|(index, own)| (own.name.clone(), own.number, value(index, own.number)))
                    .collect();
                let fluent: Vec<_> = (values.iter())
                    .map(|(name, number, text)| {
                        let value =
                            if *number { FluentValue::try_number(text) } else { FluentValue::from(text.clone()) };
                        (name.clone(), value)
                    })
                    .collect();
                let own: Vec<&str> = values.iter().map(|(_, _, text)| text.as_str()).collect();
                let ours = languages::fill(message.patterns[place].as_deref().unwrap(), &own);
                assert_eq!(ours, theirs(&bundle, &message.id, &fluent), "{language} {}", message.id);
                compared += 1;
            }
        }
    }
    assert!(compared > 5_000, "{compared}");
}

#[test]
fn no_translation_is_missing_and_no_language_is_out_of_place() {
    assert_eq!(MISSING, []);
    assert_eq!(Language::ALL.map(Language::code), LANGUAGES);
}

#[test]
fn a_stored_sentence_is_found_by_its_english_text_and_keeps_its_values() {
    let texts = |language| Texts::of(language);
    for (english, spanish, german) in [
        ("user disabled", "usuario desactivado", "Benutzer deaktiviert"),
        (
            "Reset the password of bob@acme.example",
            "Restablecer la contraseña de bob@acme.example",
            "Das Passwort von bob@acme.example zurücksetzen",
        ),
        // A value may look like a form, a mark or markup.
        (
            "Reset the password of of \u{1}0 <b>",
            "Restablecer la contraseña de of \u{1}0 <b>",
            "Das Passwort von of \u{1}0 <b> zurücksetzen",
        ),
        ("Words of nobody in particular", "Words of nobody in particular", "Words of nobody in particular"),
        ("", "", ""),
        // Sentences of the product that a short form must not catch.
        ("See groups", "Ver grupos", "Gruppen sehen"),
        ("ten groups", "ten groups", "ten groups"),
        ("12 groups", "12 grupos", "12 Gruppen"),
        (
            "Connect the account ada-byron at GitHub",
            "Conectar la cuenta ada-byron de GitHub",
            "Das Konto ada-byron bei GitHub verbinden",
        ),
        (
            "Refused: not approved: the answer was lost",
            "Rechazado: no aprobado: la respuesta se perdió",
            "Abgewiesen: nicht freigegeben: die Antwort ging verloren",
        ),
        (
            "the permission service is not available right now. Nothing was done.",
            "el servicio de permisos no está disponible ahora. No se hizo nada.",
            "Gerade nicht verfügbar: der Berechtigungsdienst. Es wurde nichts getan.",
        ),
    ] {
        assert_eq!(texts(Language::English).stored(english), english);
        assert_eq!(texts(Language::Spanish).stored(english), spanish);
        assert_eq!(texts(Language::German).stored(english), german);
    }
}

#[test]
fn every_stored_form_finds_its_own_translation() {
    let catalog = Catalog::read(Path::new(".")).unwrap();
    for message in catalog.0.iter().filter(|message| message.stored) {
        let value = |(index, own): (usize, &catalog::Variable)| {
            if own.number { format!("{index}7") } else { format!("V{index}") }
        };
        let values: Vec<String> = message.variables.iter().enumerate().map(value).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let text = |place: usize| languages::fill(message.patterns[place].as_deref().unwrap(), &values);
        for (place, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(Texts::of(language).stored(&text(0)), text(place), "{}", message.id);
        }
    }
}
