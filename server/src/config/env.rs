//! Reads variables one by one and collects the mistakes in them.

use super::variables::{RENAMED, VARIABLES, misspelled};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use url::{Origin, Url};

/// Variables that name a proxy, as most HTTP clients read them.
const PROXIES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/// The environment as a map, so that tests never touch the process.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// Returns the environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        std::env::vars().collect()
    }

    /// Returns the names that are no variables but resemble one, each with that variable.
    pub fn misspelled(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.0.keys().filter_map(|name| Some((name.as_str(), misspelled(name)?)))
    }

    /// Returns one variable; an empty one counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// Shows only names, since values may be secrets.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A mistake in one variable. It never shows a value, which may be a secret in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {problem}")]
pub struct ConfigError {
    /// The variable.
    pub variable: &'static str,
    /// The problem, as the end of a sentence that begins with the variable's name.
    pub problem: String,
}

pub(super) struct Reader<'a> {
    env: &'a Env,
    errors: Vec<ConfigError>,
    /// The origins of the private network that may be reached by plain http.
    private: Vec<Origin>,
}

/// The variable that lists these origins.
const PRIVATE: &str = "PRIVATE_HTTP_ORIGINS";

impl<'a> Reader<'a> {
    pub(super) fn new(env: &'a Env) -> Self {
        let mut reader = Self { env, errors: Vec::new(), private: Vec::new() };
        for (old, new) in RENAMED.iter().filter(|(old, _)| env.get(old).is_some()) {
            reader.wrong(old, &format!("is now called {new}"));
        }
        for text in env.get(PRIVATE).unwrap_or_default().split_whitespace() {
            match Url::parse(text).ok().filter(is_http_origin) {
                Some(url) => reader.private.push(url.origin()),
                None => reader.wrong(PRIVATE, "must be origins such as http://openfga:8080, separated by spaces"),
            }
        }
        reader
    }

    pub(super) fn finish<T>(self, config: T) -> Result<T, Vec<ConfigError>> {
        if self.errors.is_empty() { Ok(config) } else { Err(self.errors) }
    }

    /// Returns a variable that a configuration file names.
    pub(super) fn named(&self, name: &str) -> Option<SecretString> {
        self.env.get(name).map(SecretString::from)
    }

    /// Returns the variable that names a proxy, if one is set.
    pub(super) fn proxy(&self) -> Option<&'static str> {
        PROXIES.into_iter().find(|name| self.env.get(name).is_some())
    }

    pub(super) fn optional(&self, name: &'static str) -> Option<String> {
        self.env.get(name).map(str::to_owned)
    }

    /// Reads the file that the variable names; without the variable, the default. A file that cannot be read or parsed is a
    /// mistake.
    pub(super) fn file<T: Default, E: ToString>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> T {
        let Some(path) = self.optional(name) else { return T::default() };
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"));
        text.and_then(|text| parse(&text).map_err(|error| error.to_string())).unwrap_or_else(|problem| {
            self.wrong(name, &problem);
            T::default()
        })
    }

    /// Returns the value or its default; it is a mistake if there is neither.
    pub(super) fn text(&mut self, name: &'static str) -> String {
        let default = VARIABLES.iter().find(|variable| variable.name == name).and_then(|variable| variable.default);
        match self.env.get(name).or(default) {
            Some(value) => value.to_owned(),
            None => {
                self.wrong(name, "is missing");
                String::new()
            }
        }
    }

    pub(super) fn secret(&mut self, name: &'static str) -> SecretString {
        SecretString::from(self.text(name))
    }

    pub(super) fn parsed<T: FromStr + Placeholder>(&mut self, name: &'static str, what: &str) -> T {
        let text = self.text(name);
        text.parse().unwrap_or_else(|_| {
            self.wrong(name, &format!("must be {what}"));
            T::placeholder()
        })
    }

    pub(super) fn optional_parsed<T: FromStr + Placeholder>(&mut self, name: &'static str, what: &str) -> Option<T> {
        self.optional(name).map(|_| self.parsed(name, what))
    }

    pub(super) fn within<N>(&mut self, name: &'static str, range: RangeInclusive<N>) -> N
    where
        N: FromStr + PartialOrd + Display + Copy,
    {
        let text = self.text(name);
        text.parse().ok().filter(|number| range.contains(number)).unwrap_or_else(|| {
            self.wrong(name, &format!("must be {} to {}", range.start(), range.end()));
            *range.start()
        })
    }

    /// Returns a number in the range if the variable is set.
    pub(super) fn optional_within<N>(&mut self, name: &'static str, range: RangeInclusive<N>) -> Option<N>
    where
        N: FromStr + PartialOrd + Display + Copy,
    {
        self.optional(name).map(|_| self.within(name, range))
    }

    pub(super) fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> T {
        let text = self.text(name);
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return *choice;
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        self.wrong(name, &format!("must be one of: {}", words.join(", ")));
        choices[0].1
    }

    /// Returns a ULID, the form of OpenFGA's store and model ids.
    pub(super) fn ulid(&mut self, name: &'static str) -> String {
        let text = self.text(name);
        let letters = |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && !matches!(c, 'I' | 'L' | 'O' | 'U'));
        if !text.is_empty() && (text.len() != 26 || !text.chars().all(letters)) {
            self.wrong(name, "must be a ULID: 26 digits and capital letters");
        }
        text
    }

    pub(super) fn url(&mut self, name: &'static str) -> Url {
        let text = self.text(name);
        if text.is_empty() { nowhere() } else { self.parse_url(name, &text) }
    }

    pub(super) fn optional_url(&mut self, name: &'static str) -> Option<Url> {
        self.optional(name).map(|text| self.parse_url(name, &text))
    }

    /// Returns the URL that browsers use. `PRIVATE_HTTP_ORIGINS` does not apply to it: no list makes `http` safe
    /// between browsers and the server.
    pub(super) fn public_url(&mut self, name: &'static str) -> Url {
        let private = std::mem::take(&mut self.private);
        let url = self.url(name);
        self.private = private;
        url
    }

    /// Accepts `https` anywhere, and `http` only on loopback and at the listed origins: elsewhere it would carry
    /// secrets in the clear.
    pub(super) fn parse_url(&mut self, name: &'static str, text: &str) -> Url {
        let Ok(url) = Url::parse(text) else {
            self.wrong(name, "must be a URL");
            return nowhere();
        };
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let private = loopback || self.private.contains(&url.origin());
        if url.scheme() != "https" && !(url.scheme() == "http" && private) {
            self.wrong(
                name,
                "must begin with https:// (http:// is allowed only for localhost and PRIVATE_HTTP_ORIGINS)",
            );
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            self.wrong(name, "must not contain a user, a password or a fragment");
        }
        url
    }

    pub(super) fn wrong(&mut self, variable: &'static str, problem: &str) {
        self.errors.push(ConfigError { variable, problem: problem.to_owned() });
    }
}

/// Stands in for a value that could not be read; the configuration is then discarded.
pub(super) trait Placeholder {
    fn placeholder() -> Self;
}

impl Placeholder for std::net::SocketAddr {
    fn placeholder() -> Self {
        Self::from(([127, 0, 0, 1], 0))
    }
}

/// Returns `true` for a URL of scheme `http` with host and port, and nothing after them.
fn is_http_origin(url: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    url.scheme() == "http" && url.has_host() && url.path() == "/" && plain && url.fragment().is_none()
}

fn nowhere() -> Url {
    #[expect(clippy::expect_used, reason = "a constant")]
    Url::parse("https://nowhere.invalid/").expect("a constant is a URL")
}
