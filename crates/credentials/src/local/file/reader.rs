//! Reads the values of one table of the file, and collects mistakes.

use super::Mistake;
use std::collections::BTreeSet;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};
use url::Url;

/// Returns the line of a byte offset in a text, from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

pub(super) struct Section<'a> {
    text: &'a str,
    id: String,
    at: usize,
    table: Option<&'a DeTable<'a>>,
    asked: BTreeSet<&'static str>,
    mistakes: &'a mut Vec<Mistake>,
}

impl<'a> Section<'a> {
    pub(super) fn new(
        text: &'a str,
        id: &'a Spanned<DeString<'a>>,
        value: &'a Spanned<DeValue<'a>>,
        mistakes: &'a mut Vec<Mistake>,
    ) -> Self {
        let table = value.get_ref().as_table();
        let at = id.span().start;
        let mut section = Self { text, id: id.get_ref().to_string(), at, table, asked: BTreeSet::new(), mistakes };
        if table.is_none() {
            section.wrong("", "must be a table: a provider");
        }
        section
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Reports settings that were never read: an operator would believe that they have an effect.
    pub(super) fn finish(mut self) {
        let Some(table) = self.table else { return };
        let strange: Vec<_> = table
            .iter()
            .filter(|(name, _)| !self.asked.contains(name.get_ref().as_ref()))
            .map(|(name, _)| (name.span().start, name.get_ref().to_string()))
            .collect();
        for (at, name) in strange {
            let problem = format!("{}.{} is not a known setting", self.id, name.escape_debug());
            self.mistakes.push(Mistake { line: line(self.text, at), problem });
        }
        self.table = None;
    }

    pub(super) fn wrong(&mut self, key: &str, problem: &str) {
        let at = self.value(key).map_or(self.at, |value| value.span().start);
        let name = if key.is_empty() { self.id.clone() } else { format!("{}.{key}", self.id) };
        let problem = format!("{} {problem}", name.escape_debug());
        self.mistakes.push(Mistake { line: line(self.text, at), problem });
    }

    /// Tells whether the setting is present and not an empty text. Its value may be invalid.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| value.get_ref().as_str() != Some(""))
    }

    /// Reads a text; treats an empty one as absent.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.asked.insert(key);
        let text = self.value(key)?.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(key, "must be a string");
        }
        text.filter(|text| !text.is_empty())
    }

    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        self.asked.insert(key);
        let Some(value) = self.value(key) else { return false };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(key, "must be true or false");
        }
        flag.unwrap_or_default()
    }

    /// Reads one of `words`; returns the first if the setting is absent.
    pub(super) fn choice(&mut self, key: &'static str, words: &[&'static str]) -> &'static str {
        let first = words.first().copied().unwrap_or_default();
        let Some(text) = self.text(key) else { return first };
        words.iter().find(|word| **word == text).copied().unwrap_or_else(|| {
            let known: Vec<_> = words.iter().filter(|word| !word.is_empty()).copied().collect();
            self.wrong(key, &format!("must be one of: {}", known.join(", ")));
            first
        })
    }

    pub(super) fn list(&mut self, key: &'static str) -> Option<Vec<String>> {
        self.asked.insert(key);
        let value = self.value(key)?.get_ref();
        let texts = |all: &toml::de::DeArray<'_>| -> Option<Vec<String>> {
            all.iter().map(|one| one.get_ref().as_str().map(str::to_owned)).collect()
        };
        let list = value.as_array().and_then(texts);
        if list.is_none() {
            self.wrong(key, "must be a list of strings");
        }
        list
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Vec<(String, String)> {
        self.asked.insert(key);
        let Some(value) = self.value(key) else { return Vec::new() };
        let pair = |(name, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
            Some((name.get_ref().to_string(), value.get_ref().as_str()?.to_owned()))
        };
        let pairs = value.get_ref().as_table().and_then(|table| table.iter().map(pair).collect::<Option<Vec<_>>>());
        if pairs.is_none() {
            self.wrong(key, "must be a table of strings");
        }
        pairs.unwrap_or_default()
    }

    /// Parses an `https` URL, or an `http` URL on loopback: any other would send secrets in plain text.
    pub(super) fn address(&mut self, key: &'static str, text: &str) -> Option<Url> {
        let Ok(url) = Url::parse(text) else {
            self.wrong(key, "must be a URL");
            return None;
        };
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
            self.wrong(key, "must begin with https:// (http:// is allowed only for localhost)");
            return None;
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            self.wrong(key, "must not hold a user, a password or a fragment");
            return None;
        }
        Some(url)
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table?.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }
}
