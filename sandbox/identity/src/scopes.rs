//! A list of distinct scopes in the order of the request. Must not interpret scopes.

use std::fmt;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scopes(Vec<String>);

impl Scopes {
    pub(crate) fn parse(wire: &str) -> Self {
        wire.split(' ').filter(|scope| !scope.is_empty()).collect()
    }

    pub(crate) fn has(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(crate) fn keep(&self, wanted: impl Fn(&str) -> bool) -> Self {
        self.iter().filter(|scope| wanted(scope)).collect()
    }
}

impl<'a> FromIterator<&'a str> for Scopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        let mut list = Vec::<String>::new();
        for scope in scopes {
            if !list.iter().any(|own| own == scope) {
                list.push(scope.to_owned());
            }
        }
        Self(list)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
