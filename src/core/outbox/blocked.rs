//! A page whose requests never leave the browser, for the visitor has something that blocks them.
//!
//! A server that is down takes a moment to say so; a blocker refuses at once, and always will. A page that meets nothing
//! else leaves a mark. Pages that find one try once and then rest until the visitor comes back to them, and keep little.
//! The first success takes the mark away.

use super::super::text;
use super::super::time::MonotonicTime;
use super::Outbox;
use super::keeping::local;

/// A request that fails within so many milliseconds has not been anywhere.
const AT_ONCE_MILLIS: u64 = 50;

/// So many such failures, and not one success, leave the mark.
const MIN_FAILURES: u32 = 3;

/// The bytes that are kept for the case that the blocker goes.
pub(super) const MAX_BYTES: usize = 256_000;

/// How long a page rests that has found the mark and was refused, in milliseconds: longer than pages live.
const REST_MILLIS: u64 = 24 * 60 * 60 * 1_000;

/// Stands behind a journal's id in the mark's key.
const MARK: &str = "_blocked";

#[derive(Debug, Default)]
pub(super) struct Blocked {
    /// Failures at once since the page began.
    failures: u32,
    /// Whether a request has got through.
    has_succeeded: bool,
    /// The marks that there are.
    marks: Vec<String>,
    /// Whether there was one when the page began. What comes later may be its own, of a server that is down.
    is_known: bool,
    has_looked: bool,
}

impl Blocked {
    /// Whether a page before this one has found that requests are blocked.
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }

    /// The survey is over in which marks were noted.
    pub(super) fn end_survey(&mut self) {
        self.has_looked = true;
    }

    /// Takes note of the mark that a line of a survey may be.
    pub(super) fn note(&mut self, line: &str) {
        let key = text::before(text::slice(line, 1, line.len()), " ");
        if key.ends_with(MARK) && !self.marks.iter().any(|mark| mark == key) {
            self.marks.push(key.to_owned());
            self.is_known |= !self.has_looked;
        }
    }
}

impl Outbox {
    /// A request got through.
    pub(super) fn note_success(&mut self) {
        self.blocked.has_succeeded = true;
        self.blocked.is_known = false;
        for mark in self.blocked.marks.drain(..) {
            self.outputs.push(local(mark, None));
        }
    }

    /// A request that was made at some moment has failed without an answer.
    pub(super) fn note_failure(&mut self, made: MonotonicTime, now: MonotonicTime) {
        if self.blocked.has_succeeded || made.after(AT_ONCE_MILLIS) < now {
            return;
        }
        self.blocked.failures += 1;
        if self.blocked.is_known() {
            self.backoff.rest(now, REST_MILLIS);
        } else if self.blocked.failures == MIN_FAILURES && self.keeping.is_on() {
            let mark = text::concat(&[&self.keeping.prefix, &self.own.id, MARK]);
            self.outputs.push(local(mark, Some("1".to_owned())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "lhoglet_outbox_t_0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b_blocked 1";

    #[test]
    fn only_a_mark_that_was_there_before_the_page_is_a_blocker_s() {
        let mut blocked = Blocked::default();
        blocked.note(LINE);
        blocked.end_survey();
        assert!(blocked.is_known());

        let mut blocked = Blocked::default();
        blocked.end_survey();
        blocked.note(LINE);
        assert!(!blocked.is_known(), "it may be this page's own");
        assert_eq!(
            blocked.marks.len(),
            1,
            "a success takes it away all the same"
        );
    }
}
