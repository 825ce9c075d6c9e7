//! How many exceptions of one type are captured: a loop that fails every time tells nothing new.

use super::super::time::MonotonicTime;

/// How often tokens come back, in milliseconds (posthog-js 1.449.2).
const REFILL_MILLIS: u64 = 10_000;

/// Types that are counted at a time. A page with more of them begins to count again.
const MAX_TYPES: usize = 100;

/// A token bucket for each type.
#[derive(Debug)]
pub(super) struct Limiter {
    /// Tokens of a full bucket.
    pub(super) size: u64,
    /// Tokens that come back at a time.
    pub(super) refill: u64,
    /// Those that are not full.
    buckets: Vec<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    name: String,
    tokens: u64,
    refilled: MonotonicTime,
}

impl Limiter {
    /// As posthog-js 1.449.2 has it by default.
    pub(super) const SIZE: u64 = 10;
    pub(super) const REFILL: u64 = 1;

    pub(super) fn new() -> Self {
        Self {
            size: Self::SIZE,
            refill: Self::REFILL,
            buckets: Vec::new(),
        }
    }

    /// Whether one more of a type is captured. The one that takes the last token is not, as in posthog-js 1.449.2.
    pub(super) fn admits(&mut self, now: MonotonicTime, name: &str) -> bool {
        let (size, refill) = (self.size, self.refill);
        self.buckets.retain_mut(|bucket| {
            let times = now.until(bucket.refilled) / REFILL_MILLIS;
            bucket.tokens += times.saturating_mul(refill).min(size);
            bucket.refilled = bucket.refilled.after(times * REFILL_MILLIS);
            bucket.tokens < size
        });
        if let Some(bucket) = self.buckets.iter_mut().find(|bucket| bucket.name == name) {
            bucket.tokens = bucket.tokens.saturating_sub(1);
            return bucket.tokens > 0;
        }
        if self.buckets.len() >= MAX_TYPES {
            self.buckets.clear();
        }
        let tokens = size.saturating_sub(1);
        self.buckets.push(Bucket {
            name: name.to_owned(),
            tokens,
            refilled: now,
        });
        tokens > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(limiter: &mut Limiter, name: &str, calls: usize, millis: u64) -> usize {
        let now = MonotonicTime::from_millis(millis);
        (0..calls).filter(|_| limiter.admits(now, name)).count()
    }

    #[test]
    fn of_a_burst_nine_pass_and_then_one_every_ten_seconds() {
        let mut limiter = Limiter::new();
        assert_eq!(admitted(&mut limiter, "TypeError", 50, 0), 9);
        assert_eq!(admitted(&mut limiter, "TypeError", 50, 9_999), 0);
        // The token that came back is the last one again.
        assert_eq!(admitted(&mut limiter, "TypeError", 50, 10_000), 0);
        assert_eq!(admitted(&mut limiter, "TypeError", 50, 30_000), 1);
    }

    #[test]
    fn types_do_not_take_from_each_other() {
        let mut limiter = Limiter::new();
        admitted(&mut limiter, "TypeError", 50, 0);
        assert_eq!(admitted(&mut limiter, "RangeError", 50, 0), 9);
    }

    #[test]
    fn a_bucket_that_rested_is_full_and_no_fuller() {
        let mut limiter = Limiter::new();
        admitted(&mut limiter, "TypeError", 50, 0);
        assert_eq!(admitted(&mut limiter, "TypeError", 50, 10_000_000), 9);
    }

    #[test]
    fn sizes_and_refills_can_be_chosen() {
        let mut limiter = Limiter::new();
        limiter.size = 100;
        limiter.refill = 100;
        assert_eq!(admitted(&mut limiter, "a", 200, 0), 99);
        assert_eq!(admitted(&mut limiter, "a", 200, 10_000), 99);
        limiter.size = 0;
        limiter.refill = 0;
        assert_eq!(admitted(&mut limiter, "a", 200, 20_000), 0);
        assert_eq!(admitted(&mut limiter, "a", 200, u64::MAX), 0);
    }

    #[test]
    fn types_without_end_are_not_remembered_without_end() {
        let mut limiter = Limiter::new();
        for number in 0..1_000 {
            admitted(&mut limiter, &format!("Error {number}"), 1, 0);
        }
        assert!(limiter.buckets.len() <= MAX_TYPES);
    }
}
