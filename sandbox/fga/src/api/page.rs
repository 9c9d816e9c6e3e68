//! Pagination: page sizes and continuation tokens. Must not depend on the listed items.

use serde::{Deserialize, Deserializer};

use crate::error::{Code, Error};

/// Number of items per page if the request does not specify it.
const DEFAULT_SIZE: usize = 50;

/// Validates the requested page size, which must be 1 to 100.
pub(super) fn size(asked: Option<i64>) -> Result<usize, Error> {
    match asked.map(usize::try_from) {
        None => Ok(DEFAULT_SIZE),
        Some(Ok(size @ 1..=100)) => Ok(size),
        Some(_) => Err(Error::new(Code::PageSizeInvalid, "invalid PageSize: value must be inside range [1, 100]")),
    }
}

/// Encodes `text` as an opaque continuation token.
pub(super) fn token(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Decodes a continuation token; `None` for an empty one.
pub(super) fn open(token: &str) -> Result<Option<String>, Error> {
    if token.is_empty() {
        return Ok(None);
    }
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = token.as_bytes().chunks(2).map(byte).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(Some).ok_or_else(invalid)
}

/// Decodes a continuation token that contains a number; 0 for an empty one.
pub(super) fn number(token: &str) -> Result<u64, Error> {
    open(token)?.map_or(Ok(0), |text| text.parse().map_err(|_| invalid()))
}

/// The error for a continuation token that was not issued by the service.
pub(super) fn invalid() -> Error {
    Error::new(Code::InvalidContinuationToken, "Invalid continuation token")
}

/// Takes one page of items. The second value is `true` if more items follow.
pub(super) fn cut<T>(items: impl Iterator<Item = T>, size: usize) -> (Vec<T>, bool) {
    let mut items: Vec<T> = items.take(size + 1).collect();
    let more = items.len() > size;
    items.truncate(size);
    (items, more)
}

/// Deserializes `null` as the type's default, because clients send absent fields as `null`.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
