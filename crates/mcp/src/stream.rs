//! Reads a stream of server-sent events up to the answer, within the limits.

use crate::body;
use crate::error::Cause;
use reqwest::Response;
use std::time::Duration;

/// Wait before a stream is resumed, if the server specifies none.
const WAIT: Duration = Duration::from_secs(1);

/// Longest wait that a server may request.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Longest event id that is sent back, in bytes.
const LONGEST_ID: usize = 512;

/// The stream ended before its answer.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) cause: Cause,
    /// The position to resume from, if the server gave one.
    pub(crate) resume: Option<Resume>,
}

/// The position from which a stream can be resumed (2025-11-25, basic/transports, resumability).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resume {
    /// The id of the last event received, for `Last-Event-ID`.
    pub(crate) after: String,
    pub(crate) wait: Duration,
}

/// Returns the first event that `wanted` accepts, and reads no further. Each byte is subtracted from `left`.
pub(crate) async fn first_event<T>(
    mut answer: Response,
    left: &mut usize,
    wanted: impl Fn(&[u8]) -> Result<Option<T>, Cause>,
) -> Result<T, Broken> {
    let mut events = Events::default();
    loop {
        let chunk = match body::next(&mut answer).await {
            Ok(Some(chunk)) => chunk,
            Ok(None) | Err(Cause::Cut) => return Err(Broken { cause: Cause::Cut, resume: events.resume() }),
            Err(cause) => return Err(Broken { cause, resume: None }),
        };
        let ended = |cause| Broken { cause, resume: None };
        *left = left.checked_sub(chunk.len()).ok_or_else(|| ended(Cause::TooLarge))?;
        for data in events.feed(&chunk) {
            if let Some(found) = wanted(&data).map_err(ended)? {
                return Ok(found);
            }
        }
    }
}

/// The subset of server-sent events that MCP needs: the data of events of type `message`. An event without data carries
/// only the id that makes a stream resumable.
#[derive(Default)]
struct Events {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    /// Set if the event has a type other than `message`.
    other: bool,
    id: Option<String>,
    wait: Option<Duration>,
}

impl Events {
    /// Returns the data of all events that these bytes complete.
    fn feed(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut done = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                self.line.push(*byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            if line.is_empty() {
                let other = std::mem::take(&mut self.other);
                done.extend(self.data.take().filter(|data| !other && !data.is_empty()));
            } else {
                self.field(line);
            }
        }
        done
    }

    fn field(&mut self, line: &[u8]) {
        let end = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        let value = rest.strip_prefix(b":").unwrap_or(rest);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => match &mut self.data {
                Some(before) => {
                    before.push(b'\n');
                    before.extend_from_slice(value);
                }
                none => *none = Some(value.to_vec()),
            },
            b"event" => self.other = value != b"message",
            b"id" => {
                let id = std::str::from_utf8(value).ok().filter(|id| (1..=LONGEST_ID).contains(&id.len()));
                self.id = id.map(str::to_owned);
            }
            b"retry" => {
                let millis = std::str::from_utf8(value).ok().and_then(|millis| millis.parse().ok());
                self.wait = millis.map(|millis| Duration::from_millis(millis).min(LONGEST_WAIT));
            }
            _ => {}
        }
    }

    fn resume(self) -> Option<Resume> {
        Some(Resume { after: self.id?, wait: self.wait.unwrap_or(WAIT) })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_wherever_the_stream_is_split() {
        let stream = b": hello\r\n\r\nid: 1\nretry: 20\ndata: \n\nevent: ping\ndata: {}\n\nevent: message\ndata: {\"a\":\ndata: 1}\n\n\
            id: 7\ndata:two\r\n\r\ndata: unfinished";
        for size in 1..stream.len() {
            let mut events = Events::default();
            let all: Vec<_> = stream.chunks(size).flat_map(|chunk| events.feed(chunk)).collect();
            assert_eq!(all, [b"{\"a\":\n1}".to_vec(), b"two".to_vec()], "{size}");
            let resume = events.resume().unwrap();
            assert_eq!(resume, Resume { after: "7".to_owned(), wait: Duration::from_millis(20) }, "{size}");
        }
    }

    #[test]
    fn a_server_cannot_prolong_the_wait_for_its_answer() {
        for (lines, resume) in [
            ("data: x\n", None),
            ("id: 1\n", Some(("1", WAIT))),
            ("id: 1\nretry: 9999999999\n", Some(("1", LONGEST_WAIT))),
            ("id: 1\nretry: soon\n", Some(("1", WAIT))),
            ("id: 1\nid\n", None),
        ] {
            let mut events = Events::default();
            events.feed(lines.as_bytes());
            let resume = resume.map(|(after, wait)| Resume { after: after.to_owned(), wait });
            assert_eq!(events.resume(), resume, "{lines}");
        }
        let mut events = Events::default();
        events.feed(format!("id: {}\n", "1".repeat(LONGEST_ID + 1)).as_bytes());
        assert_eq!(events.resume(), None);
    }
}
