//! Tokenizer of the modelling language, which skips white space and comments. Must not depend on the grammar.

use super::DslFault;

/// A position in the text.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut cursor = Self { text, at: 0 };
        cursor.skip();
        cursor
    }

    /// Returns the word at this position, if any.
    pub(super) fn peek_word(&self) -> Option<&'t str> {
        let rest = self.rest();
        let end =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    }

    pub(super) fn name(&mut self) -> Result<&'t str, DslFault> {
        let Some(word) = self.peek_word() else { return self.fail("expected a name") };
        self.advance(word.len());
        Ok(word)
    }

    pub(super) fn keyword(&mut self, expected: &str) -> Result<(), DslFault> {
        if self.peek_word() != Some(expected) {
            return self.fail(&format!("expected `{expected}`"));
        }
        self.advance(expected.len());
        Ok(())
    }

    /// Consumes the word if it is at this position.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek_word() == Some(word);
        if found {
            self.advance(word.len());
        }
        found
    }

    pub(super) fn sign(&mut self, expected: char) -> Result<(), DslFault> {
        if self.take_sign(expected) { Ok(()) } else { self.fail(&format!("expected `{expected}`")) }
    }

    /// Consumes the character if it is at this position.
    pub(super) fn take_sign(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.advance(sign.len_utf8());
        }
        found
    }

    /// Returns the text between `{` and its matching `}`. Inner braces must be balanced; those in quotes do not count.
    pub(super) fn braces(&mut self) -> Result<&'t str, DslFault> {
        if !self.rest().starts_with('{') {
            return self.fail("expected `{`");
        }
        let (mut depth, mut quote, mut escaped) = (0, None, false);
        for (offset, c) in self.rest().char_indices() {
            match (quote, c) {
                (Some(_), _) if escaped => escaped = false,
                (Some(_), '\\') => escaped = true,
                (Some(open), _) if open == c => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '{') => depth += 1,
                (None, '}') => depth -= 1,
                (None, _) => {}
            }
            if depth == 0 {
                let inner = &self.rest()[1..offset];
                self.advance(offset + 1);
                let end = inner.trim_end();
                return Ok(if inner[end.len()..].contains('\n') { end } else { inner }.trim_start());
            }
        }
        self.fail("expected `}`")
    }

    pub(super) fn end(&self) -> Result<(), DslFault> {
        if self.rest().is_empty() { Ok(()) } else { self.fail("expected the end of the model") }
    }

    pub(super) fn fail<T>(&self, message: &str) -> Result<T, DslFault> {
        let line = self.text[..self.at].matches('\n').count() + 1;
        Err(DslFault { line, message: message.to_owned() })
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn advance(&mut self, bytes: usize) {
        self.at += bytes;
        self.skip();
    }

    /// Skips white space and comments. `#` starts a comment only after white space, so `group#member` contains none.
    fn skip(&mut self) {
        loop {
            let before = self.at;
            self.at += self.rest().len() - self.rest().trim_start().len();
            let after_space = self.text[..self.at].chars().next_back().is_none_or(char::is_whitespace);
            if self.rest().starts_with('#') && after_space {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            }
            if self.at == before {
                return;
            }
        }
    }
}
