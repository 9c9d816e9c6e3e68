//! Reads an answer no further than the limits: bytes are counted before they are kept, levels before they are parsed.

use crate::error::Cause;
use reqwest::Response;

/// The whole body.
pub(crate) async fn whole(mut answer: Response, longest: usize) -> Result<Vec<u8>, Cause> {
    let mut body = Vec::new();
    while let Some(chunk) = next(&mut answer).await? {
        if body.len() + chunk.len() > longest {
            return Err(Cause::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The first event of a stream for which `wanted` has something; what comes after is not read.
pub(crate) async fn first_event<T>(
    mut answer: Response,
    longest: usize,
    wanted: impl Fn(&[u8]) -> Result<Option<T>, Cause>,
) -> Result<T, Cause> {
    let (mut events, mut read) = (Events::default(), 0);
    while let Some(chunk) = next(&mut answer).await? {
        read += chunk.len();
        if read > longest {
            return Err(Cause::TooLarge);
        }
        for data in events.feed(&chunk) {
            if let Some(found) = wanted(&data)? {
                return Ok(found);
            }
        }
    }
    Err(Cause::Cut)
}

async fn next(answer: &mut Response) -> Result<Option<bytes::Bytes>, Cause> {
    answer.chunk().await.map_err(|error| if error.is_timeout() { Cause::Late } else { Cause::Cut })
}

/// Server-sent events, as far as MCP needs them: their data.
#[derive(Default)]
struct Events {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
}

impl Events {
    /// The data of all events that these bytes complete.
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
                done.extend(self.data.take());
            } else if let Some(data) = line.strip_prefix(b"data:") {
                let data = data.strip_prefix(b" ").unwrap_or(data);
                match &mut self.data {
                    Some(before) => {
                        before.push(b'\n');
                        before.extend_from_slice(data);
                    }
                    none => *none = Some(data.to_vec()),
                }
            }
        }
        done
    }
}

/// Refuses JSON of more levels than `deepest`, without parsing it.
pub(crate) fn shallow(json: &[u8], deepest: usize) -> Result<(), Cause> {
    let (mut depth, mut within, mut escaped) = (0_usize, false, false);
    for byte in json {
        match (within, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => within = !within,
            (false, b'[' | b'{') => {
                depth += 1;
                if depth > deepest {
                    return Err(Cause::TooDeep);
                }
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_however_they_are_cut() {
        let stream =
            b": hello\r\n\r\nevent: message\ndata: {\"a\":\ndata: 1}\n\nid: 7\ndata:two\r\n\r\ndata: unfinished";
        for size in 1..stream.len() {
            let mut events = Events::default();
            let all: Vec<_> = stream.chunks(size).flat_map(|chunk| events.feed(chunk)).collect();
            assert_eq!(all, [b"{\"a\":\n1}".to_vec(), b"two".to_vec()], "{size}");
        }
    }

    #[test]
    fn attack_46_levels_are_counted_and_texts_are_not() {
        for (json, deepest, good) in [
            (r#"{"a":[1]}"#, 2, true),
            (r#"{"a":[1]}"#, 1, false),
            (r#"{"a":"[[[[\"[[["}"#, 1, true),
            (r#"{"a":"\\"},[[["#, 2, false),
            ("[][][][]", 1, true),
        ] {
            assert_eq!(shallow(json.as_bytes(), deepest).is_ok(), good, "{json}");
        }
    }
}
