//! How long a visitor is at a page, rather than how long it is open.
//!
//! A visitor is there from a movement, a key or a scroll on, for half a minute after the last of them, as long as the page
//! is visible. Nothing of it is in posthog-js.

use super::super::time::MonotonicTime;

/// For how long somebody who does nothing is taken to read, in milliseconds.
const READING_MILLIS: u64 = 30_000;

/// The time that was spent at a page.
#[derive(Debug, Default)]
pub(super) struct Attention {
    /// Milliseconds of stretches that are over.
    spent: u64,
    /// The stretch that lasts: its beginning, and the last sign of the visitor.
    present: Option<(MonotonicTime, MonotonicTime)>,
}

impl Attention {
    /// The visitor has done something, or has come to see the page.
    pub(super) fn handle_sign(&mut self, now: MonotonicTime) {
        match &mut self.present {
            Some((_, last)) if last.after(READING_MILLIS) >= now => *last = now,
            _ => {
                self.handle_absence(now);
                self.present = Some((now, now));
            }
        }
    }

    /// Nobody sees the page any more.
    pub(super) fn handle_absence(&mut self, now: MonotonicTime) {
        self.spent = self.millis(now);
        self.present = None;
    }

    /// Another page is shown, to a visitor who is there.
    pub(super) fn reset(&mut self, now: MonotonicTime) {
        *self = Self {
            spent: 0,
            present: self.present.map(|_| (now, now)),
        };
    }

    /// Milliseconds so far.
    pub(super) fn millis(&self, now: MonotonicTime) -> u64 {
        let present = self.present.map_or(0, |(since, last)| {
            last.after(READING_MILLIS).min(now).until(since)
        });
        self.spent + present
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> MonotonicTime {
        MonotonicTime::from_millis(millis)
    }

    #[test]
    fn a_visitor_who_does_nothing_has_gone_after_half_a_minute() {
        let mut attention = Attention::default();
        assert_eq!(attention.millis(at(5_000)), 0, "nobody has come yet");
        attention.handle_sign(at(10_000));
        assert_eq!(attention.millis(at(20_000)), 10_000);
        attention.handle_sign(at(35_000));
        assert_eq!(attention.millis(at(3_600_000)), 25_000 + READING_MILLIS);
        attention.handle_sign(at(3_600_000));
        assert_eq!(
            attention.millis(at(3_601_000)),
            25_000 + READING_MILLIS + 1_000
        );
    }

    #[test]
    fn a_page_that_nobody_sees_is_not_looked_at() {
        let mut attention = Attention::default();
        attention.handle_sign(at(0));
        attention.handle_absence(at(4_000));
        assert_eq!(attention.millis(at(9_000)), 4_000);
        attention.handle_sign(at(9_000));
        attention.handle_absence(at(10_000));
        assert_eq!(attention.millis(at(10_000)), 5_000);
    }

    #[test]
    fn the_next_page_begins_with_its_visitor_there() {
        let mut attention = Attention::default();
        attention.handle_sign(at(0));
        attention.reset(at(7_000));
        assert_eq!(attention.millis(at(8_000)), 1_000);
        attention.handle_absence(at(8_000));
        attention.reset(at(9_000));
        assert_eq!(attention.millis(at(9_500)), 0);
    }
}
