//! A table of the file. Its members are taken out one by one, and what is left over at the end is a mistake. No mistake
//! ever shows a value, which may be a secret in the wrong place.

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use url::Url;

/// A table and its path in the file, such as `servers.tasks`.
pub(super) struct Table {
    path: String,
    members: Map<String, Value>,
}

impl Table {
    pub(super) fn new(path: &str, members: Map<String, Value>) -> Self {
        Self { path: path.to_owned(), members }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Takes a text; an empty one is a mistake.
    pub(super) fn text(&mut self, name: &str, mistakes: &mut Vec<String>) -> Option<String> {
        match self.members.remove(name)? {
            Value::String(text) if !text.trim().is_empty() => Some(text),
            _ => self.wrong(name, "must be a string", mistakes),
        }
    }

    /// Takes a text that must be present.
    pub(super) fn needed(&mut self, name: &str, mistakes: &mut Vec<String>) -> Option<String> {
        if self.members.contains_key(name) {
            self.text(name, mistakes)
        } else {
            self.wrong(name, "is missing", mistakes)
        }
    }

    /// Takes a list of texts; an absent one is empty.
    pub(super) fn texts(&mut self, name: &str, mistakes: &mut Vec<String>) -> Vec<String> {
        let Some(value) = self.members.remove(name) else { return Vec::new() };
        let texts = value.as_array().and_then(|all| {
            let own = all.iter().map(|own| own.as_str().filter(|own| !own.trim().is_empty()).map(str::to_owned));
            own.collect::<Option<Vec<_>>>()
        });
        texts.or_else(|| self.wrong(name, "must be a list of strings", mistakes)).unwrap_or_default()
    }

    /// Takes a list of distinct texts whose number lies in `count`; `None` if it is absent.
    pub(super) fn names(
        &mut self,
        name: &str,
        count: RangeInclusive<u64>,
        mistakes: &mut Vec<String>,
    ) -> Option<BTreeSet<String>> {
        self.members.get(name)?;
        let before = mistakes.len();
        let names: BTreeSet<_> = self.texts(name, mistakes).into_iter().collect();
        if mistakes.len() > before {
            return None;
        }
        let fits = u64::try_from(names.len()).is_ok_and(|own| count.contains(&own));
        let problem = format!("must have {} to {} strings", count.start(), count.end());
        if fits { Some(names) } else { self.wrong(name, &problem, mistakes) }
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
        mistakes: &mut Vec<String>,
    ) -> Option<T> {
        let value = self.members.remove(name)?;
        let chosen = choices.iter().find(|(word, _)| value.as_str() == Some(*word)).map(|(_, choice)| *choice);
        chosen.or_else(|| {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            self.wrong(name, &format!("must be one of: {}", words.join(", ")), mistakes)
        })
    }

    pub(super) fn number(&mut self, name: &str, range: RangeInclusive<u64>, mistakes: &mut Vec<String>) -> Option<u64> {
        let value = self.members.remove(name)?;
        value
            .as_u64()
            .filter(|own| range.contains(own))
            .or_else(|| self.wrong(name, &format!("must be {} to {}", range.start(), range.end()), mistakes))
    }

    pub(super) fn table(&mut self, name: &str, mistakes: &mut Vec<String>) -> Option<Self> {
        match self.members.remove(name)? {
            Value::Object(members) => Some(Self { path: self.at(name), members }),
            _ => self.wrong(name, "must be a table", mistakes),
        }
    }

    /// Takes the tables within a table, with their names.
    pub(super) fn tables(&mut self, name: &str, mistakes: &mut Vec<String>) -> Vec<(String, Self)> {
        let Some(mut all) = self.table(name, mistakes) else { return Vec::new() };
        let names: Vec<_> = all.members.keys().cloned().collect();
        names.into_iter().filter_map(|own| all.table(&own, mistakes).map(|table| (own, table))).collect()
    }

    /// Rejects the members that are left: a misspelt name would otherwise be silently ignored.
    pub(super) fn end(self, mistakes: &mut Vec<String>) {
        for name in self.members.keys() {
            let _: Option<()> = self.wrong(name, "is not a known setting", mistakes);
        }
    }

    fn wrong<T>(&self, name: &str, problem: &str, mistakes: &mut Vec<String>) -> Option<T> {
        mistakes.push(place(&self.path, name, problem));
        None
    }

    fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// Parses an http or https URL.
pub(super) fn url(path: &str, name: &str, text: &str, mistakes: &mut Vec<String>) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    if url.is_none() {
        mistakes.push(place(path, name, "must be a URL that begins with https:// or http://"));
    }
    url
}

fn place(path: &str, name: &str, problem: &str) -> String {
    if path.is_empty() { format!("{name}: {problem}") } else { format!("[{path}] {name}: {problem}") }
}
