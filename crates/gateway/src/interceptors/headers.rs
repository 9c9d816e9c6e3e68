//! The headers of a request that an interceptor sees.

use http::{HeaderMap, HeaderName, header};
use std::collections::BTreeMap;

/// Headers that hold credentials of the caller. Of these only `Authorization` can be passed.
const CREDENTIALS: [HeaderName; 4] = [
    header::COOKIE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("dpop"),
    HeaderName::from_static("x-amz-security-token"),
];

/// The headers that an interceptor may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passes {
    /// None.
    Nothing,
    /// All but those that hold credentials.
    Headers,
    /// `Authorization` as well: the interceptor can then act as the caller.
    HeadersAndAuthorization,
}

impl Passes {
    /// Returns the headers by their names in lower case; several values of one name are joined (RFC 9110 section 5.3).
    pub(crate) fn of(self, headers: &HeaderMap) -> Option<BTreeMap<String, String>> {
        let passes = |name: &HeaderName| match self {
            Self::Nothing => false,
            Self::Headers => *name != header::AUTHORIZATION && !CREDENTIALS.contains(name),
            Self::HeadersAndAuthorization => !CREDENTIALS.contains(name),
        };
        if self == Self::Nothing {
            return None;
        }
        let mut seen = BTreeMap::<String, String>::new();
        for (name, value) in headers.iter().filter(|(name, _)| passes(name)) {
            let Ok(value) = value.to_str() else { continue };
            seen.entry(name.as_str().to_owned())
                .and_modify(|all| {
                    all.push_str(", ");
                    all.push_str(value);
                })
                .or_insert_with(|| value.to_owned());
        }
        Some(seen)
    }
}
