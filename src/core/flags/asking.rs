//! When flags are asked for: soon after something has changed that they may depend on, once for all that changes in that
//! moment, one request at a time; again after a while; and not at all where nobody answers.

use super::super::outbox::RequestId;
use super::super::time::MonotonicTime;

/// How long more changes are waited for, in milliseconds (posthog-js 1.449.2).
const DEBOUNCE_MILLIS: u64 = 5;

/// How long after a failure the request is made again, in milliseconds (posthog-js 1.449.2).
const RETRY_MILLIS: u64 = 500;

/// How long another tab has to ask for the visitor that it has made, in milliseconds.
const OTHERS_MILLIS: u64 = 500;

/// So many requests in a row without any answer, and nothing is asked until the network or the visitor is back (posthog-js
/// 1.449.2).
const MAX_UNANSWERED: u32 = 3;

/// The longest time between two refreshes that the visitor's rest leads to, in milliseconds (posthog-js 1.449.2).
const MAX_INTERVAL_MILLIS: u64 = 60 * 60 * 1_000;

/// The first of the ids of requests for flags: those of events never come that far.
const FIRST_ID: u32 = 1 << 31;

/// Decides when to ask.
#[derive(Debug, Default)]
pub(in crate::core) struct Asking {
    /// When the request that is wanted is made.
    due: Option<MonotonicTime>,
    under_way: Option<UnderWay>,
    /// Whether another request is wanted once the present one has ended.
    again: bool,
    /// How often what is wanted was tried in vain.
    tries: u64,
    /// Requests in a row that nobody has answered.
    unanswered: u32,
    requests: u32,
    /// When the server is asked anew by itself.
    refresh: Option<MonotonicTime>,
    is_hidden: bool,
    /// Whether the visitor has done something since the last refresh, and refreshes in a row before which they had not.
    has_sign: bool,
    rests: u32,
}

/// A request that was made and not answered yet.
#[derive(Clone, Copy, Debug)]
struct UnderWay {
    id: RequestId,
    /// How long it is waited for.
    until: MonotonicTime,
}

/// What comes after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::core) enum AfterFailure {
    /// The same request once more.
    Retry,
    /// Nothing: what is known has to do.
    Rest,
}

impl Asking {
    /// Wants a request. False if there will be none, for nobody answers.
    pub(in crate::core) fn ask(&mut self, now: MonotonicTime) -> bool {
        if self.has_given_up() {
            return false;
        }
        if self.under_way.is_some() {
            self.again = true;
        } else {
            self.tries = 0;
            let soon = now.after(DEBOUNCE_MILLIS);
            self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
        }
        true
    }

    /// Whether another request is wanted than the one under way.
    pub(in crate::core) fn is_wanted(&self) -> bool {
        self.due.is_some() || self.again
    }

    /// Whether nobody answers.
    fn has_given_up(&self) -> bool {
        self.unanswered >= MAX_UNANSWERED
    }

    /// Wants no request any more, and answers the id of the one under way: its answer is nobody's. Whoever comes is not to
    /// suffer from what the former visitor met with.
    pub(in crate::core) fn call_off(&mut self) -> Option<RequestId> {
        self.due = None;
        self.again = false;
        self.unanswered = 0;
        self.under_way.take().map(|request| request.id)
    }

    /// Whether it is time for a request.
    pub(in crate::core) fn is_due(&self, now: MonotonicTime) -> bool {
        self.under_way.is_none() && self.due.is_some_and(|due| due <= now)
    }

    /// Whether a request is wanted or under way.
    pub(in crate::core) fn is_busy(&self) -> bool {
        self.due.is_some() || self.under_way.is_some()
    }

    /// Puts the request that is wanted off, for somebody else is asking the same.
    pub(in crate::core) fn put_off(&mut self, until: MonotonicTime) {
        self.due = Some(until);
    }

    /// Leaves it to the tab that has changed something to ask, unless that is gone.
    pub(in crate::core) fn put_off_for_others(&mut self, now: MonotonicTime) {
        self.put_off(now.after(OTHERS_MILLIS));
    }

    /// Makes the request, which is answered within `timeout` milliseconds or given up.
    pub(in crate::core) fn begin(&mut self, now: MonotonicTime, timeout: u64) -> RequestId {
        let id = RequestId(FIRST_ID + self.requests);
        self.requests += 1;
        self.due = None;
        let until = now.after(timeout);
        self.under_way = Some(UnderWay { id, until });
        id
    }

    /// Whether a request is under way.
    pub(in crate::core) fn is_asking(&self) -> bool {
        self.under_way.is_some()
    }

    /// Whether a request is the one under way.
    pub(in crate::core) fn is_under_way(&self, id: RequestId) -> bool {
        self.under_way.is_some_and(|request| request.id == id)
    }

    /// The request that was waited for long enough, if there is one.
    pub(in crate::core) fn overdue(&self, now: MonotonicTime) -> Option<RequestId> {
        let request = self.under_way.filter(|request| request.until <= now);
        request.map(|request| request.id)
    }

    /// The request was answered.
    pub(in crate::core) fn succeed(&mut self, now: MonotonicTime) {
        self.unanswered = 0;
        self.tries = 0;
        self.end(now);
    }

    /// The request has failed, with a status or 0 for none. It is made at most `retries` times more, and only if that may
    /// help (posthog-js 1.449.2).
    pub(in crate::core) fn fail(
        &mut self,
        now: MonotonicTime,
        status: u16,
        is_timeout: bool,
        retries: u64,
    ) -> AfterFailure {
        self.unanswered = if status == 0 { self.unanswered + 1 } else { 0 };
        let helps = matches!(status, 502 | 504) || is_timeout && !self.has_given_up();
        if helps && !self.again && self.tries < retries {
            self.under_way = None;
            self.tries += 1;
            self.due = Some(now.after(RETRY_MILLIS));
            return AfterFailure::Retry;
        }
        self.tries = 0;
        self.end(now);
        AfterFailure::Rest
    }

    /// The request is over; what was asked for meanwhile is asked now.
    fn end(&mut self, now: MonotonicTime) {
        self.under_way = None;
        if std::mem::take(&mut self.again) {
            self.ask(now);
        }
    }

    /// Another tab was answered what this one would have asked. Answers whether nothing is waited for any more that was.
    pub(in crate::core) fn rest(&mut self) -> bool {
        self.again = false;
        self.due.take().is_some()
    }

    /// Has the server asked anew after a while. Without a fixed one, that grows as long as the visitor does nothing.
    pub(in crate::core) fn schedule(&mut self, now: MonotonicTime, interval: u64, is_fixed: bool) {
        let most = MAX_INTERVAL_MILLIS.max(interval);
        let grown = (interval << self.rests.min(10)).min(most);
        let wait = if is_fixed { interval } else { grown };
        self.refresh = (interval > 0).then(|| now.after(wait));
    }

    /// Whether it is time to ask anew: once, and not while nobody looks.
    pub(in crate::core) fn take_refresh(&mut self, now: MonotonicTime) -> bool {
        let is_time = !self.is_hidden && self.refresh.is_some_and(|at| at <= now);
        if is_time {
            self.refresh = None;
            let has_sign = std::mem::take(&mut self.has_sign);
            self.rests = if has_sign { 0 } else { self.rests + 1 };
        }
        is_time
    }

    /// The visitor has done something.
    pub(in crate::core) fn note_sign(&mut self) {
        self.has_sign = true;
    }

    /// The page is hidden.
    pub(in crate::core) fn handle_hide(&mut self) {
        self.is_hidden = true;
    }

    /// The visitor is back, or the network is. Answers whether nobody was asked any more.
    pub(in crate::core) fn handle_return(&mut self, is_visible: bool) -> bool {
        self.is_hidden = !is_visible;
        std::mem::take(&mut self.unanswered) >= MAX_UNANSWERED
    }

    /// When there is something to do.
    pub(in crate::core) fn timeout(&self) -> Option<MonotonicTime> {
        let until = self.under_way.map(|request| request.until);
        let due = self.due.filter(|_| until.is_none());
        let refresh = self.refresh.filter(|_| !self.is_hidden);
        [until, due, refresh].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> MonotonicTime {
        MonotonicTime::from_millis(millis)
    }

    /// Asks at 0 and makes the request.
    fn asking() -> (Asking, RequestId) {
        let mut asking = Asking::default();
        assert!(asking.ask(at(0)));
        let id = asking.begin(at(5), 3_000);
        (asking, id)
    }

    #[test]
    fn what_is_asked_in_one_moment_is_asked_once() {
        let mut asking = Asking::default();
        asking.ask(at(0));
        asking.ask(at(4));
        assert!(!asking.is_due(at(4)));
        assert_eq!(asking.timeout(), Some(at(5)));
        assert!(asking.is_due(at(5)));
        let id = asking.begin(at(5), 3_000);
        assert!(asking.is_under_way(id) && !asking.is_due(at(5)));
    }

    #[test]
    fn what_is_asked_meanwhile_is_asked_once_afterwards() {
        let (mut asking, _) = asking();
        asking.ask(at(6));
        asking.ask(at(7));
        assert!(!asking.is_due(at(100)));
        asking.succeed(at(100));
        assert!(asking.is_due(at(105)));
        asking.begin(at(105), 3_000);
        asking.succeed(at(106));
        assert!(!asking.is_busy());
    }

    #[test]
    fn only_what_may_pass_is_tried_again_and_once() {
        for (status, is_timeout, helps) in [
            (502, false, true),
            (504, false, true),
            (0, true, true),
            (500, false, false),
            (0, false, false),
        ] {
            let (mut asking, _) = asking();
            let after = asking.fail(at(10), status, is_timeout, 1);
            assert_eq!(after == AfterFailure::Retry, helps, "{status}");
            assert_eq!(asking.is_due(at(510)), helps);
            if helps {
                assert!(!asking.is_due(at(509)));
                asking.begin(at(510), 3_000);
                assert_eq!(
                    asking.fail(at(520), status, is_timeout, 1),
                    AfterFailure::Rest
                );
                assert!(!asking.is_busy());
            }
        }
    }

    #[test]
    fn where_nobody_answers_nobody_is_asked_until_the_return() {
        let mut asking = Asking::default();
        for _ in 0..3 {
            assert!(asking.ask(at(0)));
            asking.begin(at(5), 3_000);
            asking.fail(at(6), 0, false, 1);
        }
        assert!(!asking.ask(at(7)));
        assert!(asking.handle_return(true));
        assert!(asking.ask(at(8)));
    }

    #[test]
    fn for_another_visitor_the_request_is_called_off() {
        let (mut asking, id) = asking();
        assert_eq!(asking.call_off(), Some(id));
        assert!(!asking.is_under_way(id) && asking.ask(at(10)) && asking.is_due(at(15)));
    }

    #[test]
    fn a_request_is_overdue_at_its_end() {
        let (asking, id) = asking();
        assert_eq!(asking.overdue(at(3_004)), None);
        assert_eq!(asking.overdue(at(3_005)), Some(id));
        assert_eq!(asking.timeout(), Some(at(3_005)));
    }

    #[test]
    fn refreshes_grow_rare_while_the_visitor_rests() {
        let mut asking = Asking::default();
        let mut now = at(0);
        let mut waits = Vec::new();
        for round in 0..8 {
            asking.schedule(now, 300_000, false);
            let next = asking.timeout().unwrap();
            waits.push(next.until(now) / 60_000);
            now = next;
            if round == 6 {
                asking.note_sign();
            }
            assert!(asking.take_refresh(now) && !asking.take_refresh(now));
        }
        assert_eq!(waits, [5, 10, 20, 40, 60, 60, 60, 5]);
    }

    #[test]
    fn a_fixed_interval_stays_and_none_is_none() {
        let mut asking = Asking::default();
        for _ in 0..3 {
            asking.schedule(at(0), 1_000, true);
            assert_eq!(asking.timeout(), Some(at(1_000)));
            asking.take_refresh(at(1_000));
        }
        asking.schedule(at(0), 0, true);
        assert_eq!(asking.timeout(), None);
    }

    #[test]
    fn nothing_is_refreshed_while_nobody_looks() {
        let mut asking = Asking::default();
        asking.schedule(at(0), 1_000, true);
        asking.handle_hide();
        assert_eq!(asking.timeout(), None);
        assert!(!asking.take_refresh(at(2_000)));
        asking.handle_return(true);
        assert!(asking.take_refresh(at(2_000)));
    }
}
