//! The look of a name.

/// Reduces a name to its look: no case, no `_` or `-`, and one character for all that look the same.
#[must_use]
pub fn skeleton(name: &str) -> String {
    let plain = name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' | 'i' => 'l',
        '5' => 's',
        c => c,
    });
    plain.collect::<String>().replace("rn", "m").replace("vv", "w")
}
