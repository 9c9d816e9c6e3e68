//! Fills the variables of a pattern. One small function for the server and the browser; the tests compare it with Fluent's
//! own implementation.

/// Begins a variable; its place follows, as one digit.
const VARIABLE: char = '\u{1}';
/// Begins the plural forms; the place of their number follows, and the form for one.
const PLURAL: char = '\u{2}';
/// Separates the form for one from the other form.
const OTHER: char = '\u{3}';
/// Ends the plural forms.
const END: char = '\u{4}';

/// Returns the text of `pattern` with `values` in the places of its variables.
#[must_use]
pub fn fill(pattern: &str, values: &[&str]) -> String {
    let mut text = String::with_capacity(pattern.len() + 32);
    let mut signs = pattern.chars();
    let mut shown = true;
    while let Some(sign) = signs.next() {
        match sign {
            VARIABLE => {
                let value = value(&mut signs, values);
                if shown {
                    text.push_str(value);
                }
            }
            PLURAL => shown = value(&mut signs, values) == "1",
            OTHER => shown = !shown,
            END => shown = true,
            sign if shown => text.push(sign),
            _ => {}
        }
    }
    text
}

fn value<'a>(signs: &mut std::str::Chars<'_>, values: &[&'a str]) -> &'a str {
    let place = signs.next().and_then(|sign| sign.to_digit(10)).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| values.get(place)).copied().unwrap_or_default()
}
