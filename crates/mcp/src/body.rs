//! Reads answers within the limit: bytes are counted before they are buffered.

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
