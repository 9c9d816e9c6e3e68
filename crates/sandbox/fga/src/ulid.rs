//! Identifiers of stores and models: ULIDs, 26 characters, the first ten of which are the time. It must never know what they name.

use sandbox_kit::Clock;
use std::sync::{Mutex, PoisonError};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The last one of this process: those of one millisecond are in order too, as the service's own are.
static LAST: Mutex<u128> = Mutex::new(0);

/// A new ULID.
pub(crate) fn ulid(clock: &Clock) -> String {
    let mut random = [0_u8; 16];
    // Without randomness they can be guessed, which a sandbox survives.
    if getrandom::fill(&mut random[6..]).is_err() {
        tracing::warn!("no randomness for an identifier");
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

/// Whether the text can be an identifier, as the service's own pattern has it.
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
