//! Reads answers within the limits: bytes are counted before they are buffered, nesting levels before they are parsed.

use crate::error::Cause;
use http_client::BodyError;
use reqwest::Response;

/// Reads the whole body.
pub(crate) async fn whole(answer: Response, longest: usize) -> Result<Vec<u8>, Cause> {
    http_client::body(answer, longest).await.map_err(|error| match error {
        BodyError::TooLarge { .. } => Cause::TooLarge,
        BodyError::Interrupted(error) => interrupted(&error),
    })
}

/// Reads the next chunk of the body.
pub(crate) async fn next(answer: &mut Response) -> Result<Option<bytes::Bytes>, Cause> {
    answer.chunk().await.map_err(|error| interrupted(&error))
}

fn interrupted(error: &reqwest::Error) -> Cause {
    if error.is_timeout() { Cause::Late } else { Cause::Cut }
}

/// Rejects JSON with more than `deepest` levels, without parsing it.
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
    fn nesting_is_counted_and_brackets_in_texts_are_not() {
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
