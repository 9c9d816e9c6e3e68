//! ULIDs, the identifiers of stores and models: 26 characters, of which the first ten encode the time. Must not depend
//! on their use.

use sandbox_kit::Clock;
use std::sync::{Mutex, PoisonError};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The last ULID of this process. Keeps ULIDs of the same millisecond in order, as the service does.
static LAST: Mutex<u128> = Mutex::new(0);

/// Generates a ULID.
pub(crate) fn ulid(clock: &Clock) -> String {
    let mut random = [0_u8; 16];
    // ULIDs without randomness can be guessed, which is acceptable in a sandbox.
    if getrandom::fill(&mut random[6..]).is_err() {
        tracing::warn!("the operating system gave no randomness for an identifier");
    }
    let millis = u128::try_from(clock.millis()).unwrap_or_default();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let value = if *last >> 80 == millis { *last + 1 } else { (millis << 80) | u128::from_be_bytes(random) >> 1 };
    *last = value;
    drop(last);
    (0..26)
        .rev()
        .map(|place| char::from(ALPHABET[usize::try_from((value >> (5 * place)) & 31).unwrap_or_default()]))
        .collect()
}

/// Returns `true` if the text matches the service's pattern for identifiers.
pub(crate) fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.bytes().all(|byte| byte.is_ascii_digit() || (byte.is_ascii_uppercase() && !b"ILOU".contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_fit_the_pattern_and_sort_by_time() {
        let clock = Clock::default();
        let first = ulid(&clock);
        let next = ulid(&clock);
        clock.advance(60);
        let second = ulid(&clock);
        assert!(first < next && next < second, "{first} {next} {second}");
        assert!(is_ulid(&first) && is_ulid(&second) && first < second, "{first} {second}");
        assert!(!is_ulid("01jxyz") && !is_ulid(&first.to_lowercase()) && !is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAI"));
    }
}
