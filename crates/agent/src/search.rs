//! Search in a person's conversations: the words of their messages, and a query that matches them by prefix.

use std::collections::VecDeque;

/// Most distinct words of one message, so that a pasted file does not displace everything else.
const WORDS_A_MESSAGE: usize = 100;

/// Most bytes of the words of one conversation. The ones that were said longest ago are dropped first.
const MOST_BYTES: usize = 3 * 1024;

/// Most words of a query; further ones are ignored.
const QUERY_WORDS: usize = 8;

/// The folded words of the person's own messages in one conversation, each once, the last said ones last. Bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchWords {
    words: VecDeque<String>,
    bytes: usize,
}

impl SearchWords {
    /// Adds the words of a message.
    pub fn add(&mut self, message: &str) {
        let mut new: Vec<String> = Vec::new();
        for word in text::search_words(message) {
            if new.len() == WORDS_A_MESSAGE {
                break;
            }
            if !new.contains(&word) {
                new.push(word);
            }
        }
        self.words.retain(|word| !new.contains(word));
        self.words.extend(new);
        self.bytes = self.words.iter().map(String::len).sum();
        while self.bytes > MOST_BYTES {
            self.bytes -= self.words.pop_front().map_or(self.bytes, |word| word.len());
        }
    }

    /// Returns the words in one line, the stored form.
    #[must_use]
    pub fn line(&self) -> String {
        self.words.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Parses the stored form.
    #[must_use]
    pub fn of_line(line: &str) -> Self {
        let words: VecDeque<String> = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Self { bytes: words.iter().map(String::len).sum(), words }
    }
}

/// The words that a person looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery(Vec<String>);

impl SearchQuery {
    /// Parses a query; `None` if it has no words.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<String> = text::search_words(text).take(QUERY_WORDS).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// Returns the words of a title and of messages that the query matches, each once; `None` if a word of the query
    /// matches none of them. A word matches those that begin with it.
    #[must_use]
    pub fn matched(&self, title: &str, words: &SearchWords) -> Option<Vec<String>> {
        let title: Vec<String> = text::search_words(title).collect();
        let mut matched: Vec<String> = Vec::new();
        for wanted in &self.0 {
            let all = title.iter().chain(&words.words);
            let mut found = all.filter(|word| word.starts_with(wanted)).peekable();
            found.peek()?;
            for word in found {
                if !matched.contains(word) {
                    matched.push(word.clone());
                }
            }
        }
        Some(matched)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn words(messages: &[&str]) -> SearchWords {
        messages.iter().fold(SearchWords::default(), |mut words, message| {
            words.add(message);
            words
        })
    }

    #[test]
    fn every_word_of_a_query_must_begin_a_word() {
        let said = words(&["Mein VPN geht nicht", "Bitte zurücksetzen: bob@acme.example"]);
        for (query, expected) in [
            ("vpn", Some(&["vpn"][..])),
            ("ZURUCK", Some(&["zurucksetzen"])),
            ("acme bob", Some(&["acme", "bob"])),
            ("bob@acme.example", Some(&["bob", "acme", "example"])),
            ("groups vp", Some(&["groups", "vpn"])),
            ("pn", None),
            ("vpn okta", None),
        ] {
            let query = SearchQuery::parse(query).unwrap();
            let expected = expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
            assert_eq!(query.matched("Read groups", &said), expected);
        }
        assert_eq!(SearchQuery::parse(" —!"), None);
    }

    #[test]
    fn the_words_of_a_conversation_are_bounded_and_the_last_said_stay() {
        let many: Vec<String> = (0..2_000).map(|number| format!("word{number}")).collect();
        let mut said = words(&["first topic", &many.join(" ")]);
        assert_eq!(said.words.len(), 2 + WORDS_A_MESSAGE, "one message fills a part only");
        for part in many.chunks(WORDS_A_MESSAGE) {
            said.add(&part.join(" "));
        }
        assert!(said.bytes <= MOST_BYTES && said.line().len() <= 2 * MOST_BYTES, "{}", said.bytes);
        assert!(said.words.contains(&"word1999".to_owned()) && !said.words.contains(&"topic".to_owned()));
        assert_eq!(SearchWords::of_line(&said.line()), said);
    }
}
