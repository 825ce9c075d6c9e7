//! What becomes of a loop that captures without end: its first events are taken like any other, then one of many.

use super::super::time::MonotonicTime;

/// The span over which events are counted, in milliseconds.
const SPAN_MILLIS: u64 = 10_000;

/// So many events in a span are taken, all of them.
const MAX_EVENTS: u32 = 20_000;

/// Beyond them one of so many is.
const ONE_OF: u32 = 100;

/// Counts the events of a span.
#[derive(Debug, Default)]
pub(in crate::core) struct Runaway {
    began: Option<MonotonicTime>,
    events: u32,
    /// Events that were not taken since this was asked last.
    skipped: usize,
}

impl Runaway {
    /// Whether one more event is taken.
    pub(in crate::core) fn admits(&mut self, now: MonotonicTime) -> bool {
        let is_over = |began: MonotonicTime| began.after(SPAN_MILLIS) <= now;
        if self.began.is_none_or(is_over) {
            self.began = Some(now);
            self.events = 0;
        }
        self.events = self.events.saturating_add(1);
        let admits = self.events <= MAX_EVENTS || self.events.is_multiple_of(ONE_OF);
        self.skipped += usize::from(!admits);
        admits
    }

    /// How many events were not taken since this was asked last.
    pub(in crate::core) fn take_skipped(&mut self) -> usize {
        std::mem::take(&mut self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(runaway: &mut Runaway, events: u32, at: u64) -> u32 {
        let now = MonotonicTime::from_millis(at);
        (0..events).map(|_| u32::from(runaway.admits(now))).sum()
    }

    #[test]
    fn a_burst_is_taken_whole_and_a_storm_in_part() {
        let mut runaway = Runaway::default();
        assert_eq!(admitted(&mut runaway, MAX_EVENTS, 0), MAX_EVENTS);
        assert_eq!(runaway.take_skipped(), 0);
        assert_eq!(admitted(&mut runaway, 1_000, 5_000), 1_000 / ONE_OF);
        assert_eq!(runaway.take_skipped(), 990);
        assert_eq!(runaway.take_skipped(), 0);
    }

    #[test]
    fn a_storm_is_forgotten_when_it_is_over() {
        let mut runaway = Runaway::default();
        admitted(&mut runaway, MAX_EVENTS + 1, 0);
        assert_eq!(admitted(&mut runaway, 5, SPAN_MILLIS), 5);
    }
}
