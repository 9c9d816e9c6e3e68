//! A look at the text before Cedar parses it.
//!
//! Cedar's parser descends as deep as the text nests, and a stack that overflows ends the process; its validator passes
//! what it is too deep to check. So policies that are too large or too deep are refused first.

use super::{LARGEST_POLICY, ProblemKind};

/// Levels of an expression: each bracket, each member of a chain of operators.
pub(crate) const DEEPEST_EXPRESSION: usize = 200;
/// Levels of brackets, which cost the parser most.
const DEEPEST_BRACKET: usize = 50;

/// Refuses a text with the offset of the problem.
pub(super) fn check(text: &str) -> Result<(), (usize, ProblemKind)> {
    let mut statement = Statement::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let length = match byte {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line(&bytes[at..]),
            b'"' => string(&bytes[at..]),
            b'|' | b'&' if bytes.get(at + 1) == Some(byte) => 2,
            byte if is_word(*byte) => bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
            _ => 1,
        };
        let token = &bytes[at..at + length];
        if !byte.is_ascii_whitespace() && !token.starts_with(b"//") {
            statement.take(at, token)?;
        }
        at += length;
    }
    statement.end(text.len())
}

/// The statement that is being read, with one frame for each open bracket.
#[derive(Default)]
struct Statement {
    start: Option<usize>,
    outer: Frame,
    open: Vec<Frame>,
}

/// An upper bound of the depth between two brackets.
#[derive(Default)]
struct Frame {
    /// `||`, `&&`, `if`: each may nest in the one before.
    logical: usize,
    /// The length of the chain of members and arithmetic that is being read.
    chain: usize,
    longest_chain: usize,
    deepest_bracket: usize,
}

impl Frame {
    fn end_chain(&mut self) {
        self.longest_chain = self.longest_chain.max(self.chain);
        self.chain = 0;
    }

    fn depth(&self) -> usize {
        1 + self.logical + self.longest_chain.max(self.chain) + self.deepest_bracket
    }
}

impl Statement {
    fn take(&mut self, at: usize, token: &[u8]) -> Result<(), (usize, ProblemKind)> {
        let start = *self.start.get_or_insert(at);
        if at - start > LARGEST_POLICY {
            return Err((start, ProblemKind::TooLarge));
        }
        let frame = self.open.last_mut().unwrap_or(&mut self.outer);
        match token {
            b"(" | b"[" | b"{" => {
                frame.chain += 1;
                self.open.push(Frame::default());
                if self.open.len() > DEEPEST_BRACKET {
                    return Err((start, ProblemKind::TooDeep));
                }
            }
            b")" | b"]" | b"}" => self.close(),
            b"." | b"+" | b"-" | b"*" | b"!" => frame.chain += 1,
            b"||" | b"&&" | b"if" => {
                frame.logical += 1;
                frame.end_chain();
            }
            b"," | b"<" | b">" | b"=" => frame.end_chain(),
            b";" => return self.end(at),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        let parent = self.open.last_mut().unwrap_or(&mut self.outer);
        parent.deepest_bracket = parent.deepest_bracket.max(closed.depth());
    }

    fn end(&mut self, at: usize) -> Result<(), (usize, ProblemKind)> {
        while !self.open.is_empty() {
            self.close();
        }
        let start = self.start.unwrap_or(at);
        let depth = self.outer.depth();
        *self = Self::default();
        if at - start > LARGEST_POLICY {
            return Err((start, ProblemKind::TooLarge));
        }
        if depth > DEEPEST_EXPRESSION { Err((start, ProblemKind::TooDeep)) } else { Ok(()) }
    }
}

fn line(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len())
}

/// Returns the length of a string with its quotes; an open one reaches to the end.
fn string(bytes: &[u8]) -> usize {
    let mut escaped = false;
    let end = bytes.iter().skip(1).position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(bytes.len(), |end| end + 2)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}
