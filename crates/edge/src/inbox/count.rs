//! The remembered number of one person.

use agent::ports::Unavailable;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Time for which a number is remembered. An answer of the person's own is seen at once.
const REMEMBERED: Duration = Duration::from_secs(15);

/// Time after a failure in which nobody counts again.
const PAUSE: Duration = Duration::from_secs(5);

/// Longest wait of a page for the number.
const PATIENCE: Duration = Duration::from_millis(500);

/// A number that one caller at a time counts.
#[derive(Debug, Default)]
pub(super) struct Count {
    known: Mutex<Known>,
    counting: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// The last number that was counted.
    number: u32,
    /// The time until which nobody counts again.
    until: Option<Instant>,
    /// The times that the number was forgotten so far.
    forgotten: u64,
}

impl Count {
    /// Returns the number: the remembered one, that of the caller who is counting, or that of `counted`. After a failure,
    /// the last known one.
    pub(super) async fn number(&self, counted: impl Future<Output = Result<u32, Unavailable>>) -> u32 {
        if let Some(number) = self.remembered() {
            return number;
        }
        let deadline = Instant::now() + PATIENCE;
        let Ok(_counting) = timeout_at(deadline, self.counting.lock()).await else { return self.known().number };
        // The caller before this one may have counted.
        if let Some(number) = self.remembered() {
            return number;
        }
        let forgotten = self.known().forgotten;
        let counted = timeout_at(deadline, counted).await;
        let counted = counted.unwrap_or_else(|_| Err(Unavailable::new("the inbox", "counting took too long")));
        self.keep(forgotten, counted)
    }

    /// Forgets the number. A count that is under way began before, so its result is not remembered.
    pub(super) fn forget(&self) {
        let mut known = self.known();
        known.until = None;
        known.forgotten += 1;
    }

    fn remembered(&self) -> Option<u32> {
        let known = self.known();
        known.until.filter(|until| Instant::now() < *until).map(|_| known.number)
    }

    fn keep(&self, forgotten: u64, counted: Result<u32, Unavailable>) -> u32 {
        let mut known = self.known();
        let is_current = known.forgotten == forgotten;
        let (number, lasts) = match counted {
            Ok(number) => (number, REMEMBERED),
            Err(error) => {
                tracing::warn!(error = %error, "the requests that wait for a person could not be counted");
                (known.number, PAUSE)
            }
        };
        if is_current {
            (known.number, known.until) = (number, Some(Instant::now() + lasts));
        }
        number
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::Notify;

    fn down() -> Result<u32, Unavailable> {
        Err(Unavailable::new("the store", "down"))
    }

    fn nobody() -> std::future::Pending<Result<u32, Unavailable>> {
        pending()
    }

    #[tokio::test(start_paused = true)]
    async fn of_many_pages_at_once_one_counts() {
        let (count, counted, go) = (Count::default(), AtomicU32::new(0), Notify::new());
        let page = async || {
            let counting = async {
                counted.fetch_add(1, Ordering::Relaxed);
                go.notified().await;
                Ok(3)
            };
            count.number(counting).await
        };
        let (one, two, three, ()) = futures::join!(page(), page(), page(), async { go.notify_one() });
        assert_eq!(([one, two, three], counted.load(Ordering::Relaxed)), ([3; 3], 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_number_is_remembered_for_a_while() {
        let count = Count::default();
        assert_eq!(count.number(ready(Ok(2))).await, 2);
        tokio::time::advance(REMEMBERED - Duration::from_millis(1)).await;
        assert_eq!(count.number(nobody()).await, 2);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(count.number(ready(Ok(5))).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_failure_the_last_number_stays_and_nobody_counts_for_a_while() {
        let count = Count::default();
        assert_eq!(count.number(ready(down())).await, 0, "none was known");
        tokio::time::advance(PAUSE).await;
        assert_eq!(count.number(ready(Ok(2))).await, 2);
        tokio::time::advance(REMEMBERED).await;
        assert_eq!(count.number(nobody()).await, 2, "slow is a failure");
        assert_eq!(count.number(ready(Ok(7))).await, 2, "not asked");
        tokio::time::advance(PAUSE).await;
        assert_eq!(count.number(ready(down())).await, 2);
        tokio::time::advance(PAUSE).await;
        assert_eq!(count.number(ready(Ok(7))).await, 7);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_while_counting_is_not_overwritten_by_the_older_count() {
        for older in [Ok(3), down()] {
            let (count, go) = (Count::default(), Notify::new());
            let counting = async {
                go.notified().await;
                older
            };
            futures::join!(count.number(counting), async {
                count.forget();
                go.notify_one();
            });
            assert_eq!(count.number(ready(Ok(2))).await, 2);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_is_given_up_leaves_the_counting_to_the_next() {
        let count = Count::default();
        let given_up = tokio::time::timeout(Duration::from_millis(1), count.number(nobody())).await;
        assert!(given_up.is_err());
        assert_eq!(count.number(ready(Ok(4))).await, 4);
    }
}
