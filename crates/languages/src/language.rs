//! The languages, and the choice of one for a request.

/// A language. Its number is its place in `LANGUAGES` of `build/catalog.rs`; a test compares the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// German.
    German,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 3] = [Self::English, Self::Spanish, Self::German];

    /// Returns its code (BCP 47).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::German => "de",
        }
    }

    /// Returns its name, in itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
            Self::German => "Deutsch",
        }
    }

    /// Returns the language of a code; `None` if there are no texts in it. A region does not count: `de-AT` is German.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next()?.trim();
        Self::ALL.into_iter().find(|own| own.code().eq_ignore_ascii_case(primary))
    }

    /// Returns the first language of `Accept-Language` that there are texts in, by its weight and then its place (RFC 9110
    /// section 12.5.4). `*` and weight 0 choose none.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',').take(LONGEST_LIST) {
            let (code, rest) = range.split_once(';').unwrap_or((range, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
            if let Some(own) = Self::of_code(code)
                && weight > best.map_or(0.0, |(best, _)| best)
            {
                best = Some((weight, own));
            }
        }
        best.map(|(_, own)| own)
    }
}

/// The ranges of `Accept-Language` that are read.
const LONGEST_LIST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_highest_weight_is_chosen() {
        for (header, expected) in [
            ("de-DE,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("fr-CH, fr;q=0.9, es;q=0.5, en;q=0.8, *;q=0.1", Some(Language::English)),
            ("EN_us", Some(Language::English)),
            ("es-419", Some(Language::Spanish)),
            ("es;q=0, de;q=0.001", Some(Language::German)),
            ("en;q=0.5,de;q=0.5", Some(Language::English)),
            ("fr,*", None),
            ("", None),
            ("de;q=nonsense", None),
            ("de;q=NaN,en;q=0.1", Some(Language::English)),
            (";;,,=;q=", None),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header}");
        }
    }
}
