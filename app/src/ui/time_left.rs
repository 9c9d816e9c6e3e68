//! The time that is left to answer, in words. The server writes it, and the browser counts it down.

use crate::texts::Texts;

/// Time left, in seconds, from which the bar changes its colour.
pub(crate) const LATE: i64 = 30;

/// Returns the time as it is shown.
pub(crate) fn shown(left: i64, t: Texts) -> String {
    t.left_shown(&format!("{}:{:02}", left / 60, left % 60))
}

/// Returns the time as it is spoken.
pub(crate) fn spoken(left: i64, t: Texts) -> String {
    let left = left.unsigned_abs();
    match (left / 60, left % 60) {
        (0, seconds) => t.left_seconds(seconds),
        (minutes, 0) => t.left_minutes(minutes),
        (minutes, seconds) => t.left_both(minutes, seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_shown_and_spoken() {
        for (left, short, long) in [
            (0, "0:00 left", "0 seconds left"),
            (1, "0:01 left", "1 second left"),
            (60, "1:00 left", "1 minute left"),
            (65, "1:05 left", "1 minute 5 seconds left"),
            (300, "5:00 left", "5 minutes left"),
        ] {
            let t = Texts::default();
            assert_eq!((shown(left, t).as_str(), spoken(left, t).as_str()), (short, long));
        }
    }
}
