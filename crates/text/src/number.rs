//! Exact numbers, in JSON's form and as people write them.

use crate::table::{is_unspaced, script};

/// Characters that separate groups of digits or precede decimals.
const SEPARATORS: &str = ",.'’_";

/// A decimal number without a limit of size or precision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// Without leading or trailing zeros; empty for zero.
    digits: String,
    /// The power of ten of the last digit.
    exponent: i64,
}

impl Decimal {
    /// Reads a number in JSON's spelling, such as `-12.50` or `1e3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{decimals}");
        if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let exponent = power.parse::<i64>().ok()?.checked_sub(i64::try_from(decimals.len()).ok()?)?;
        Some(Self::of(negative, &digits, exponent))
    }

    /// Returns every number written in `text`, in the usual spellings: `1,000`, `1.000`, `1 000`, `1'000.50`, `$5`,
    /// `-3`. A number that is part of a word, such as `T-7`, is ignored. An ambiguous spelling yields both readings.
    #[must_use]
    pub fn written_in(text: &str) -> Vec<Self> {
        let ends = |c: char| "()[]{}<>\"“”„«»;|?!*`…\n".contains(c) || is_unspaced(script(c));
        text.split(ends).flat_map(phrase).collect()
    }

    fn of(negative: bool, digits: &str, exponent: i64) -> Self {
        let digits = digits.trim_start_matches('0');
        let short = digits.trim_end_matches('0');
        let dropped = i64::try_from(digits.len() - short.len()).unwrap_or(i64::MAX);
        let exponent = if short.is_empty() { 0 } else { exponent.saturating_add(dropped) };
        Self { negative: negative && !short.is_empty(), digits: short.to_owned(), exponent }
    }
}

/// Returns the numbers of a phrase without brackets: those of each word, and of consecutive words that are groups of
/// three digits.
fn phrase(text: &str) -> Vec<Decimal> {
    let words: Vec<&str> = text.split(char::is_whitespace).filter(|word| !word.is_empty()).collect();
    let mut numbers = Vec::new();
    for (place, word) in words.iter().enumerate() {
        numbers.extend(readings(word));
        let mut grouped = (*word).to_owned();
        for next in &words[place + 1..] {
            if !next.get(..3).is_some_and(|group| group.bytes().all(|byte| byte.is_ascii_digit())) {
                break;
            }
            grouped = format!("{grouped}_{next}");
            numbers.extend(readings(&grouped));
        }
    }
    numbers
}

/// Returns the possible values of a word.
fn readings(word: &str) -> Vec<Decimal> {
    let word = word.trim_end_matches([',', '.', ':', '\'', '’', '%', '€', '$', '£', '¥', '₹', '₩', '°']);
    let word = word.trim_start_matches(['#', '$', '€', '£', '¥', '₹', '₩', '+', '~', '\'', '‘', '№']);
    let (negative, word) = word.strip_prefix(['-', '\u{2212}']).map_or((false, word), |rest| (true, rest));
    let word = word.trim_start_matches(['$', '€', '£', '¥', '₹', '₩']);
    let groups: Vec<&str> = word.split(|c| SEPARATORS.contains(c)).collect();
    let separators: Vec<char> = word.chars().filter(|c| SEPARATORS.contains(*c)).collect();
    if groups.iter().any(|group| group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit())) {
        return Vec::new();
    }
    let number = |whole: &[&str], decimals: &str| {
        let exponent = i64::try_from(decimals.len()).map_or(0, |length| -length);
        Decimal::of(negative, &format!("{}{decimals}", whole.concat()), exponent)
    };
    let Some((last, rest)) = groups.split_last() else { return Vec::new() };
    let Some((mark, before)) = separators.split_last() else { return vec![number(&groups, "")] };
    let same = |separators: &[char]| separators.iter().all(|own| Some(own) == separators.first());
    let mut all = Vec::new();
    if same(&separators) && is_grouped(&groups) {
        all.push(number(&groups, ""));
    }
    if matches!(mark, '.' | ',') && !before.contains(mark) && same(before) && (before.is_empty() || is_grouped(rest)) {
        all.push(number(rest, last));
    }
    if all.is_empty() && separators.iter().all(|own| *own == ',') {
        all.extend(groups.iter().map(|group| number(&[group], "")));
    }
    all
}

/// Returns whether the digits are in groups of three, of which the first may be shorter.
fn is_grouped(groups: &[&str]) -> bool {
    groups
        .split_first()
        .is_some_and(|(first, rest)| (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_spellings_of_numbers_are_read_and_parts_of_words_are_not() {
        for (text, number, expected) in [
            ("pay 9007199254740993 now", "9007199254740993", true),
            ("pay 9007199254740993 now", "9007199254740992", false),
            ("pay 9007199254740993.", "9.007199254740993e15", true),
            ("1,000", "1000", true),
            ("1.000", "1000", true),
            ("1.000", "1", true),
            ("1 000 000", "1000000", true),
            ("1\u{202f}000,50 €", "1000.5", true),
            ("1'000.50", "1000.5", true),
            ("$1,234.56", "1234.56", true),
            ("-5", "-5", true),
            ("-5", "5", false),
            ("\u{2212}5", "-5", true),
            ("5", "-5", false),
            ("3,4,5", "4", true),
            ("12.5%", "12.5", true),
            ("(7)", "7", true),
            ("#7", "7", true),
            ("7件", "7", true),
            ("007", "7", true),
            ("T-7", "7", false),
            ("abc123", "123", false),
            ("2026-11-27", "11", false),
            ("10.0.0.1", "1", false),
            ("12345", "2345", false),
            ("1e3", "1000", false),
        ] {
            let number = Decimal::parse(number);
            assert_eq!(
                Decimal::written_in(text).into_iter().any(|own| Some(own) == number),
                expected,
                "{number:?} in {text}"
            );
        }
        assert_eq!(Decimal::parse("1.50e2"), Decimal::parse("150"));
        assert_eq!(Decimal::parse("-0.0"), Decimal::parse("0"));
        assert!(["", "-", "x", "1.x", "NaN", "e5"].iter().all(|text| Decimal::parse(text).is_none()));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        #[test]
        fn adjacent_numbers_are_never_equal(number in proptest::prelude::any::<u64>()) {
            let own = Decimal::parse(&number.to_string());
            proptest::prop_assert_ne!(&own, &Decimal::parse(&number.wrapping_add(1).to_string()));
            let written = Decimal::written_in(&format!("send {number}, please"));
            proptest::prop_assert_eq!(written.first(), own.as_ref());
        }
    }
}
