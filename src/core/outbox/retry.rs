//! When to try again after a failed request.

use super::super::id::IdSource;
use super::super::time::MonotonicTime;

/// The first rest, in milliseconds; each further failure doubles it.
const BASE_MILLIS: u64 = 1_000;

/// The longest rest that failures alone lead to, in milliseconds: a page that waits longer is often closed before the server
/// is back, and one request a minute is a twentieth of what the page sends anyway.
const MAX_MILLIS: u64 = 60 * 1_000;

/// The longest rest that a server can ask for, in milliseconds.
const MAX_RETRY_AFTER_MILLIS: u64 = 60 * 60 * 1_000;

/// Exponential backoff with jitter, so that many browsers do not come back at the same moment.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    rests_until: Option<MonotonicTime>,
}

impl Backoff {
    /// Failures since the last success.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// The moment until which nothing is sent, if there is one.
    pub(super) fn rests_until(&self) -> Option<MonotonicTime> {
        self.rests_until
    }

    /// A request has succeeded.
    pub(super) fn succeed(&mut self) {
        *self = Self::default();
    }

    /// A request has failed. `retry_after` is what the server asked for, in milliseconds; it counts if it is longer
    /// than the rest of our own. Answers how long it is, in milliseconds.
    pub(super) fn fail(
        &mut self,
        now: MonotonicTime,
        retry_after: Option<u64>,
        ids: &mut IdSource,
    ) -> u64 {
        let rest = (BASE_MILLIS << self.failures.min(20)).min(MAX_MILLIS);
        // A quarter less to a quarter more.
        let rest = rest - rest / 4 + ids.below(rest / 2 + 1);
        let asked = retry_after.unwrap_or(0).min(MAX_RETRY_AFTER_MILLIS);
        self.failures = self.failures.saturating_add(1);
        let rest = rest.max(asked);
        self.rests_until = Some(now.after(rest));
        rest
    }

    /// The server wants nothing for a while, though nothing has failed.
    pub(super) fn rest(&mut self, now: MonotonicTime, millis: u64) {
        self.rests_until = Some(now.after(millis));
    }

    /// Ends the rest: something has changed that makes a success likely.
    pub(super) fn wake(&mut self) {
        self.rests_until = None;
    }

    /// Whether it is still time to rest.
    pub(super) fn is_resting(&self, now: MonotonicTime) -> bool {
        self.rests_until.is_some_and(|until| until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::SEED_BYTES;

    const NOW: MonotonicTime = MonotonicTime::from_millis(0);

    fn rests(count: usize, retry_after: Option<u64>) -> Vec<u64> {
        let mut ids = IdSource::new([9; SEED_BYTES]);
        let mut backoff = Backoff::default();
        (0..count)
            .map(|_| {
                backoff.fail(NOW, retry_after, &mut ids);
                backoff.rests_until().unwrap().as_millis()
            })
            .collect()
    }

    #[test]
    fn rests_double_with_jitter_up_to_a_bound() {
        for (failures, rest) in rests(100, None).into_iter().enumerate() {
            let middle = (BASE_MILLIS << failures.min(20)).min(MAX_MILLIS);
            assert!(
                (middle * 3 / 4..=middle * 5 / 4 + 1).contains(&rest),
                "{failures}: {rest}"
            );
        }
    }

    #[test]
    fn the_server_can_ask_for_a_longer_rest_but_not_for_any() {
        assert_eq!(rests(1, Some(20_000)), [20_000]);
        assert!(rests(1, Some(1))[0] >= 750);
        assert_eq!(rests(1, Some(u64::MAX)), [MAX_RETRY_AFTER_MILLIS]);
    }

    #[test]
    fn a_success_begins_anew() {
        let mut ids = IdSource::new([9; SEED_BYTES]);
        let mut backoff = Backoff::default();
        backoff.fail(NOW, None, &mut ids);
        assert!(backoff.is_resting(NOW.after(700)));
        backoff.succeed();
        assert!(!backoff.is_resting(NOW));
        assert_eq!(backoff.failures(), 0);
    }
}
