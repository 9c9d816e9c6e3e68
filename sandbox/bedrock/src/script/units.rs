//! Conversions of units: "5 miles in km", "how many feet are in a mile", "100°F to °C".

use super::words::count;

/// Units: the words of people, and the name at the calculator.
const UNITS: &[(&str, &str)] = &[
    ("km kilometer kilometers kilometre kilometres", "km"),
    ("m meter meters metre metres", "m"),
    ("cm centimeter centimeters centimetre centimetres", "cm"),
    ("mm millimeter millimeters millimetre millimetres", "mm"),
    ("mile miles mi", "miles"),
    ("yard yards yd", "yards"),
    ("foot feet ft", "feet"),
    ("inch inches", "inches"),
    ("kg kilo kilos kilogram kilograms", "kg"),
    ("g gram grams", "g"),
    ("pound pounds lb lbs", "lb"),
    ("ounce ounces oz", "oz"),
    ("stone stones", "stone"),
    ("l liter liters litre litres", "liters"),
    ("ml milliliter milliliters millilitre millilitres", "ml"),
    ("gallon gallons", "gallons"),
    ("pint pints", "pints"),
    ("cup cups", "cups"),
    ("°c c celsius", "°C"),
    ("°f f fahrenheit", "°F"),
    ("second seconds sec", "seconds"),
    ("minute minutes min", "minutes"),
    ("hour hours h", "hours"),
    ("day days", "days"),
    ("week weeks", "weeks"),
    ("kb kilobyte kilobytes", "kB"),
    ("mb megabyte megabytes", "MB"),
    ("gb gigabyte gigabytes", "GB"),
    ("tb terabyte terabytes", "TB"),
    ("mib", "MiB"),
    ("gib", "GiB"),
    ("tib", "TiB"),
    ("mph", "mph"),
    ("km/h kmh kph", "km/h"),
    ("acre acres", "acres"),
    ("hectare hectares", "hectares"),
];

/// Returns the conversion in `text` in the notation of a calculator, with the byte offset of its amount.
pub(super) fn conversion(text: &str) -> Option<(usize, String)> {
    let words = words(text);
    let unit = |at: usize| words.get(at).and_then(|(_, word)| unit(word));
    let is = |at: usize, known: &[&str]| words.get(at).is_some_and(|(_, word)| known.contains(&word.as_str()));
    for (at, (offset, word)) in words.iter().enumerate() {
        // "5 miles in km", "5 miles are how many km"
        if let (Some(amount), Some(from)) = (count(word), unit(at + 1)) {
            let linked = is(at + 2, &["in", "to", "into", "as", "is", "are"]);
            let to = if is(at + 4, &["many"]) { unit(at + 5) } else { unit(at + 3) };
            if let Some(to) = to.filter(|to| linked && *to != from) {
                return Some((*offset, format!("{amount} {from} to {to}")));
            }
        }
        // "how many feet are in a mile"
        if is(at, &["many"])
            && let Some(to) = unit(at + 1)
        {
            let amounts =
                (at + 2..at + 5).filter_map(|at| Some((words[..].get(at)?, count(&words.get(at)?.1)?, unit(at + 1)?)));
            if let Some(((offset, _), amount, from)) = amounts.into_iter().find(|(_, _, from)| *from != to) {
                return Some((*offset, format!("{amount} {from} to {to}")));
            }
        }
    }
    None
}

fn unit(word: &str) -> Option<&'static str> {
    let known = UNITS.iter().find(|(words, _)| words.split(' ').any(|own| own == word));
    known.map(|(_, name)| *name)
}

/// Returns the words in lower case with their offsets; an amount and its unit are two: "5km".
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let offset = word.as_ptr() as usize - text.as_ptr() as usize;
        let word = word.trim_end_matches(['?', '!', '.', ',', ';', ':']);
        let digits = word.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(word.len());
        let (amount, unit) = word.split_at(digits);
        words.extend((!amount.is_empty()).then(|| (offset, amount.to_owned())));
        words.extend((!unit.is_empty()).then(|| (offset + digits, unit.to_lowercase())));
    }
    words
}
