//! Delivery: what waits, what came of it, and what is told of that.

use super::super::event::{Capture, Record, WARNING};
use super::super::json;
use super::super::outbox::{Dispatch, RequestId, Response, Verdict};
use super::super::properties::Properties;
use super::super::text;
use super::super::time::{MonotonicTime, Now};
use super::{Client, News, Output};

/// How often the server is told that events were dropped, in milliseconds.
const WARNING_MILLIS: u64 = 60_000;

/// What is to be told of delivery.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Events that were taken since the task began, so that the app's side may let go of their texts.
    pub(super) has_captured: bool,
    /// Events that were delivered since a flush was asked for, if one is.
    flushed: Option<usize>,
    /// Events that were dropped and why, until the server is told.
    dropped: Vec<(&'static str, usize)>,
    /// When the server may be told next.
    warns_at: Option<MonotonicTime>,
    /// Whether the developer was told that the server refuses this page.
    refusal_told: bool,
}

impl Client {
    /// Sends what waits, without waiting for company or for the end of a rest. [`News::Flushed`] tells what came of it.
    pub fn flush(&mut self) {
        self.tell_pageview(None);
        self.outbox.flush();
        self.report.flushed.get_or_insert(0);
    }

    /// Takes an event that a client before this one had taken and not stored: a whole event's JSON with its uuid in front.
    pub fn restore(&mut self, now: Now, event: &str) {
        if self.is_capturing()
            && let Ok(record) = Record::whole(event)
        {
            self.outbox.push(record, false, now.monotonic);
            self.report.has_captured = true;
        }
    }

    /// Asks how the request whose body is ready goes out; `None` if it must not be sent any more.
    pub fn dispatch(&mut self, id: RequestId, body_bytes: usize) -> Option<Dispatch> {
        if self.flags.asking.is_under_way(id) {
            return Some(Dispatch {
                keepalive: false,
                may_be_called_off: true,
            });
        }
        self.outbox.dispatch(id, body_bytes)
    }

    /// An answer has come, or none will.
    pub fn handle_response(&mut self, now: Now, id: RequestId, response: Response) {
        if self.flags.asking.is_under_way(id) {
            return self.handle_flags_response(now, response.status);
        }
        let verdict = self
            .outbox
            .handle_response(id, response, now.monotonic, &mut self.ids);
        let status = json::integer(u64::from(response.status));
        match verdict {
            Verdict::Delivered(count) => {
                self.debug(&["delivered ", &json::integer(count as u64), " events"]);
                self.ledger.delivered += self.outbox.take_delivered();
                if let Some(flushed) = &mut self.report.flushed {
                    *flushed += count;
                }
                self.tell(News::Delivered(count));
            }
            Verdict::Kept(count, millis) => {
                let events = json::integer(count as u64);
                let parts = [
                    &events,
                    " events wait for another try after status ",
                    &status,
                ];
                self.debug(&parts);
                self.tell(News::Retrying(count, millis));
            }
            Verdict::Split(_) => self.debug(&[
                "the server refused a batch with status ",
                &status,
                ": halving it",
            ]),
            Verdict::Refused(count) => {
                let message = [
                    "an event was set aside: the server refused it alone, with status ",
                    &status,
                ];
                self.error(&text::concat(&message));
                self.drop_events("refused", count);
            }
            Verdict::Withheld(_) => {
                if !std::mem::replace(&mut self.report.refusal_told, true) {
                    self.error(&text::concat(&[
                        "the server takes no events from this page (status ",
                        &status,
                        "): check the project token and api_host. They are kept for the next visit",
                    ]));
                }
            }
            Verdict::Unknown => {}
        }
    }

    /// The text of an answer has come whose status was 200.
    pub fn handle_answer_text(&mut self, now: Now, id: RequestId, text: &str) {
        if self.flags.asking.is_under_way(id) {
            self.handle_flags_text(now, text);
        } else if self.outbox.handle_answer_text(text, now.monotonic) {
            self.error("the project's quota of events is used up: what comes now waits a minute");
        }
    }

    /// The network is back, or the visitor is: what rested after a failure is tried at once.
    pub fn handle_return(&mut self, now: Now, is_visible: bool) {
        self.outbox.handle_return();
        self.return_to_flags(now, is_visible);
    }

    /// The page is hidden and may never run again: everything that can still go, goes.
    pub fn handle_hide(&mut self, now: Now) {
        self.flags.asking.handle_hide();
        self.store(now);
        for request in self.outbox.handle_hide(now, &self.config) {
            self.send(request);
        }
    }

    /// The page is left, perhaps to be brought back: besides, what it has stored is whoever's comes next.
    pub fn handle_leave(&mut self, now: Now) {
        self.mark_window(false);
        self.tell_ledger(now, true);
        // The next page may ask the same, and is not to wait for this one's answer.
        self.end_question(false);
        self.handle_hide(now);
        self.outbox.leave();
        self.outputs.extend(self.outbox.take_outputs());
    }

    /// A transaction of the archive was made, or has failed.
    pub fn handle_archived(&mut self, now: Now, id: u32, is_done: bool) {
        self.outbox.handle_archived(id, is_done, now.monotonic);
    }

    /// A survey has come back: a line for each stored segment (`l` or `a` for where it lies, its key, and for localStorage
    /// a space and its bytes), the journals that are owned, and whether the browser can tell that.
    pub fn handle_surveyed(&mut self, now: Now, keys: &str, owned: &str, has_locks: bool) {
        self.outbox
            .handle_surveyed(now, keys, owned, has_locks, &self.config);
    }

    /// A journal is this page's, with the segments that it has, as lines like those of a survey; or somebody else's.
    pub fn handle_claimed(&mut self, now: Now, journal: &str, is_granted: bool, keys: &str) {
        self.outbox
            .handle_claimed(now, journal, is_granted, keys, &self.config);
    }

    /// Whether a journal is the one that this page has begun, so that nothing is stored of it that the page has not.
    pub fn has_begun(&self, journal: &str) -> bool {
        self.outbox.has_begun(journal)
    }

    /// A segment was read.
    pub fn handle_segment(&mut self, key: &str, text: &str) {
        self.outbox.handle_segment(key, text);
    }

    /// All segments were read that could be.
    pub fn handle_retrieved(&mut self, now: Now) {
        self.outbox.handle_retrieved(now.monotonic);
    }

    /// Stores and sends, and tells what there is to tell.
    pub(super) fn deliver(&mut self, now: Now) {
        for (reason, count) in self.outbox.take_given_up() {
            self.drop_events(reason, count);
        }
        let skipped = self.runaway.take_skipped();
        self.drop_events("too_many", skipped);
        self.warn(now);
        self.tell_ledger(now, false);
        self.store(now);
        self.outbox.settle_adopted(now);
        self.outbox.end_empty_journal();
        self.outbox.look_around(now.monotonic);
        self.outputs.extend(self.outbox.take_outputs());
        if std::mem::take(&mut self.report.has_captured) {
            self.tell(News::Settled);
        }
        if let Some(request) = self.outbox.poll_request(now, &self.config) {
            self.send(request);
        }
        self.outputs.extend(self.outbox.take_outputs());
        if self.report.flushed.is_some() && self.outbox.is_flushed(now.monotonic) {
            let sent = self.report.flushed.take().unwrap_or_default();
            self.tell(News::Flushed(sent, self.outbox.remaining()));
        }
    }

    pub(super) fn drop_events(&mut self, reason: &'static str, count: usize) {
        if count == 0 {
            return;
        }
        if reason != "too_many" {
            self.ledger.dropped += count as u64;
        }
        let dropped = &mut self.report.dropped;
        match dropped.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, sum)) => *sum += count,
            None => dropped.push((reason, count)),
        }
        self.tell(News::Dropped(count, reason));
    }

    /// When the server is to be told of events that were dropped.
    pub(super) fn warning_timeout(&self) -> Option<MonotonicTime> {
        let is_wanted = !self.report.dropped.is_empty() && self.is_capturing();
        self.report.warns_at.filter(|_| is_wanted)
    }

    /// Tells the server how many events were dropped: what is missing is known at least.
    fn warn(&mut self, now: Now) {
        let is_early = self.report.warns_at.is_some_and(|at| at > now.monotonic);
        if self.report.dropped.is_empty() || is_early || !self.is_capturing() {
            return;
        }
        self.report.warns_at = Some(now.monotonic.after(WARNING_MILLIS));
        let mut message = String::from("events dropped since the last warning:");
        let mut counts = Properties::new();
        for (reason, count) in std::mem::take(&mut self.report.dropped) {
            let count = json::integer(count as u64);
            for part in [" ", &count, " ", reason] {
                message.push_str(part);
            }
            counts.set(reason, &count);
        }
        let mut properties = Properties::new();
        properties.set_string("$$client_ingestion_warning_message", &message);
        properties.set("$dropped_events", &counts.to_json());
        let capture = Capture {
            name: WARNING,
            properties: &properties.to_json(),
            ..Capture::default()
        };
        self.capture_own(now, &capture);
    }

    /// Captures an event of our own: the app's hooks are for the app's events, and it is not told of ours.
    pub(super) fn capture_own(&mut self, now: Now, capture: &Capture<'_>) {
        let holds = std::mem::take(&mut self.holds);
        let told = self.told_shared.take();
        self.capture(now, capture);
        self.holds = holds;
        self.told_shared = told;
    }

    fn tell(&mut self, news: News) {
        self.outputs.push(Output::News(news));
    }
}
