//! Splits bytes into the lines of a stream. Network chunks may end anywhere, even within a character.

/// A buffer for the bytes of an incomplete line.
#[derive(Debug, Default)]
pub struct Lines(Vec<u8>);

/// A line of a stream.
pub trait Line: Sized {
    /// Reads a line; `None` if it is none of these.
    fn read(line: &[u8]) -> Option<Self>;
}

/// Returns a value as one line.
#[cfg(feature = "ssr")]
pub(crate) fn written(value: &impl serde::Serialize) -> String {
    // Serializing the types of the wire never fails. If it did, the reader would skip the empty line.
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    line
}

/// The error for a line that cannot be read: browser and server run different versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotALine;

impl Lines {
    /// Adds a chunk and returns the lines that it completes.
    ///
    /// # Errors
    /// [`NotALine`] if a complete line cannot be read.
    pub fn take<T: Line>(&mut self, chunk: &[u8]) -> Result<Vec<T>, NotALine> {
        self.0.extend_from_slice(chunk);
        let mut read = Vec::new();
        while let Some(end) = self.0.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.0.drain(..=end).collect();
            if line.len() > 1 {
                read.push(T::read(&line).ok_or(NotALine)?);
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ApiError, Event, Frame};

    #[test]
    fn frames_are_read_wherever_the_stream_is_cut() {
        let frames = vec![
            Frame::Event {
                n: 1, at: 2, event: Event::UserSaid { text: "naïve 🚲\nline".to_owned(), replaces: None }
            },
            Frame::Delta { since: 1, text: "é".to_owned() },
            Frame::Beat { elsewhere: None },
            Frame::Fault { error: ApiError::SignedOut },
        ];
        let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.line().into_bytes()).collect();
        for cut in 0..=bytes.len() {
            let mut lines = Lines::default();
            let mut read: Vec<Frame> = lines.take(&bytes[..cut]).unwrap_or_default();
            read.extend(lines.take(&bytes[cut..]).unwrap_or_default());
            assert_eq!(read, frames, "cut at {cut}");
        }
        let mut lines = Lines::default();
        let one_by_one: Vec<Frame> = bytes.iter().flat_map(|byte| lines.take(&[*byte]).unwrap_or_default()).collect();
        assert_eq!(one_by_one, frames);
    }

    #[test]
    fn an_invalid_line_is_reported() {
        assert_eq!(Lines::default().take::<Frame>(b"{\"novelty\":{}}\n"), Err(NotALine));
        assert_eq!(Lines::default().take::<Frame>(b"<html>\n"), Err(NotALine));
        assert_eq!(Lines::default().take::<Frame>(b"\n\n"), Ok(Vec::new()));
    }
}
