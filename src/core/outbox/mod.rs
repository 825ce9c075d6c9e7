//! The events that wait to be delivered, and the requests that carry them.
//!
//! | file | what is decided there |
//! |---|---|
//! | `mod` | which events go when |
//! | `requesting` | which of them go in one request |
//! | `answering` | what an answer means for the events of its request |
//! | `retry` | when to try again |
//! | `journal`, `segment` | the order in which events wait, and the form in which they are stored |
//! | `keeping` | where they are stored, and when that moves |
//! | `archiving` | how they come to the archive, and what is done where it does nothing |
//! | `keepalive` | how much may be under way when the page is left |
//! | `blocked` | what is done where requests are blocked |
//! | `bounding` | how much waits at most, and for how long |
//! | `runaway` | what becomes of a loop that captures without end |
//! | `lease` | whose a journal is where the browser has no locks |
//! | `adopting` | how events of pages that are gone come to be sent by this one |
//!
//! A record leaves the outbox when the server has acknowledged it, in the order of capture. One request is under
//! way at a time, so that order is kept; only when the page is hidden do several go at once, for there may be no
//! later.

mod adopting;
mod answering;
mod archiving;
mod blocked;
mod bounding;
mod journal;
mod keepalive;
mod keeping;
mod lease;
mod requesting;
mod retry;
mod runaway;
mod segment;

use super::client::Output;
use super::config::{Config, Number, Switch};
use super::event::Record;
use super::time::{MonotonicTime, Now};
use adopting::Adoption;
pub(super) use answering::Verdict;
pub use archiving::Transaction;
use blocked::Blocked;
use bounding::GivenUp;
use journal::{Entry, Journal, State};
pub use keepalive::KeepaliveLedger;
use keeping::Keeping;
use lease::Leases;
use retry::Backoff;
pub(super) use runaway::Runaway;

/// Waiting bytes that cause a request, and the most that one request carries unless a single event is larger.
const MAX_BATCH_BYTES: usize = 500_000;

/// Bytes of a batch that are no events: token, time and brackets.
const ENVELOPE_BYTES: usize = 300;

/// Names a request between the core and its adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub u32);

/// A request to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// To be named in [`super::Client::dispatch`] and [`super::Client::handle_response`].
    pub id: RequestId,
    /// Where it goes. It is a POST of `text/plain`, which needs no permission from a server of another origin.
    pub url: String,
    /// The body, to be sent as UTF-8.
    pub body: String,
    /// Whether the body is to be gzipped on the way.
    pub gzip: bool,
}

/// How a request whose body is ready is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// Whether the request is to outlive the page.
    pub keepalive: bool,
    /// Whether it may be called off.
    pub may_be_called_off: bool,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status; 0 if there was no answer.
    pub status: u16,
    /// How long the server asked to wait, in milliseconds.
    pub retry_after: Option<u64>,
}

/// The waiting events.
#[derive(Debug)]
pub(super) struct Outbox {
    /// What this page has captured.
    own: Journal,
    /// What a page has captured that is gone; one at a time.
    adopted: Option<Journal>,
    /// The events of this page that wait, and their bytes.
    waiting: usize,
    waiting_bytes: usize,
    /// When the events now waiting began to, so that they do not wait for ever.
    waiting_since: Option<MonotonicTime>,
    /// How many of the first waiting events go without waiting for company.
    urgent: usize,
    under_way: Vec<UnderWay>,
    keepalive: KeepaliveLedger,
    backoff: Backoff,
    /// The most events a request may carry while one that the server refuses is being searched for.
    split_to: Option<usize>,
    /// Whether the next request is the adopted journal's, if it has one.
    adopted_first: bool,
    /// Requests in a row that the server has refused whoever sent them (401, 403, 404).
    refusals: u32,
    last_request: u32,
    /// Events of this page that were delivered since that was asked last.
    delivered: u64,
    keeping: Keeping,
    adoption: Adoption,
    leases: Leases,
    blocked: Blocked,
    /// Whether the page was left: its journal is whoever's comes next.
    has_left: bool,
    given_up: GivenUp,
    outputs: Vec<Output>,
}

#[derive(Debug)]
struct UnderWay {
    id: RequestId,
    /// How many events it carries.
    events: usize,
    is_adopted: bool,
    made: MonotonicTime,
    /// The bytes that count against the keepalive budget; `None` until the body is ready.
    dispatched: Option<usize>,
}

impl Outbox {
    /// An empty outbox of a project.
    pub(super) fn new(token: &str, keepalive: KeepaliveLedger) -> Self {
        Self {
            own: Journal::new(String::new()),
            adopted: None,
            waiting: 0,
            waiting_bytes: 0,
            waiting_since: None,
            urgent: 0,
            under_way: Vec::new(),
            keepalive,
            backoff: Backoff::default(),
            split_to: None,
            adopted_first: false,
            refusals: 0,
            last_request: 0,
            delivered: 0,
            keeping: Keeping::new(token),
            adoption: Adoption::default(),
            leases: Leases::default(),
            blocked: Blocked::default(),
            has_left: false,
            given_up: GivenUp::default(),
            outputs: Vec::new(),
        }
    }

    /// Every event of this page that is not delivered yet, as far as it is in memory.
    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.own.entries().map(|entry| &entry.record)
    }

    /// How many events are not delivered yet.
    pub(super) fn remaining(&self) -> usize {
        self.own.len() + self.adopted.as_ref().map_or(0, Journal::len)
    }

    /// What is to be done, in order.
    pub(super) fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// Takes an event.
    pub(super) fn push(&mut self, record: Record, instantly: bool, now: MonotonicTime) {
        self.waiting += 1;
        self.waiting_bytes += record.bytes();
        self.own.push(record);
        self.waiting_since.get_or_insert(now);
        if instantly {
            self.urgent = self.waiting;
        }
    }

    /// Forgets everything that waits or is on its way, and has it removed from where it is stored.
    pub(super) fn clear(&mut self) {
        self.purge();
        self.own.segments.clear();
        self.reset_waiting();
        self.split_to = None;
        self.under_way.clear();
    }

    fn reset_waiting(&mut self) {
        self.waiting = 0;
        self.waiting_bytes = 0;
        self.waiting_since = None;
        self.urgent = 0;
    }

    /// Lets everything go that waits, without waiting for company or for the end of a rest.
    pub(super) fn flush(&mut self) {
        self.urgent = self.waiting;
        self.backoff.wake();
    }

    /// Whether nothing is sent now, however much waits.
    pub(super) fn is_resting(&self, now: MonotonicTime) -> bool {
        self.backoff.is_resting(now) || self.refusals >= answering::MAX_REFUSALS
    }

    /// Whether everything has been tried that a flush asked for.
    pub(super) fn is_flushed(&self, now: MonotonicTime) -> bool {
        self.under_way.is_empty() && (self.urgent == 0 || self.is_resting(now))
    }

    /// The next request, if it is time for one.
    pub(super) fn poll_request(&mut self, now: Now, config: &Config) -> Option<Request> {
        if !self.under_way.is_empty() || self.is_resting(now.monotonic) {
            return None;
        }
        let most = self.split_to.unwrap_or_else(|| self.batch_size(config));
        let gzip = !config.is(Switch::DisableCompression);
        for is_adopted in [self.adopted_first, !self.adopted_first] {
            if is_adopted || self.is_due(now.monotonic, config) {
                let request = self.request(is_adopted, most, MAX_BATCH_BYTES, gzip, now, config);
                if request.is_some() {
                    self.adopted_first = !is_adopted;
                    return request;
                }
            }
        }
        None
    }

    /// When [`Outbox::poll_request`] is to be asked again, if nothing else happens before.
    pub(super) fn poll_timeout(&self, config: &Config) -> Option<MonotonicTime> {
        let sending = self.sending_timeout(config);
        let others = [
            self.keeping.timeout(),
            self.survey_timeout(),
            self.leases.timeout(),
        ];
        others.into_iter().flatten().chain(sending).min()
    }

    fn sending_timeout(&self, config: &Config) -> Option<MonotonicTime> {
        let has_given_up = self.refusals >= answering::MAX_REFUSALS;
        if !self.under_way.is_empty() || has_given_up || self.adoption.is_reading() {
            return None;
        }
        let rest = self.backoff.rests_until();
        if self.adopted.as_ref().is_some_and(has_waiting) {
            return rest;
        }
        let due = self
            .waiting_since?
            .after(config.number(Number::BatchInterval));
        Some(match rest {
            Some(rest) if self.has_company(config) => rest,
            Some(rest) => due.max(rest),
            None => due,
        })
    }

    /// Asks how a request whose body is ready goes out; `None` if it must not any more, for its events went
    /// another way.
    pub(super) fn dispatch(&mut self, id: RequestId, body_bytes: usize) -> Option<Dispatch> {
        let room = self.keepalive_room();
        let request = self.under_way.iter_mut().find(|request| request.id == id)?;
        let keepalive = body_bytes <= room;
        request.dispatched = Some(if keepalive { body_bytes } else { 0 });
        self.keepalive_room();
        Some(Dispatch {
            keepalive,
            may_be_called_off: false,
        })
    }

    /// The page is being hidden and may never run again: everything that fits the budget of requests that outlive
    /// it goes at once, uncompressed, for there is no time to compress. Requests whose body was not ready yet are
    /// taken back. What does not go waits where it is stored; while the server is not to be asked, all of it does.
    pub(super) fn handle_hide(&mut self, now: Now, config: &Config) -> Vec<Request> {
        let unready = |request: &UnderWay| request.dispatched.is_none();
        let taken_back: Vec<UnderWay> = self
            .under_way
            .extract_if(.., |request| unready(request))
            .collect();
        for request in taken_back {
            self.set_state(&request, State::Waiting);
        }
        let mut requests = Vec::new();
        if self.is_resting(now.monotonic) && self.keeping.is_on() {
            return requests;
        }
        let mut left = self.keepalive_room();
        while let Some(first) = first_waiting(&self.own) {
            if first.record.bytes() + ENVELOPE_BYTES > left {
                break;
            }
            let (most, most_bytes) = (self.batch_size(config), left - ENVELOPE_BYTES);
            let Some(request) = self.request(false, most, most_bytes, false, now, config) else {
                break;
            };
            left = left.saturating_sub(request.body.len());
            requests.push(request);
        }
        requests
    }

    /// The bytes that may still go in requests that outlive the page, once what is under way has been entered.
    fn keepalive_room(&mut self) -> usize {
        let under_way = self.under_way.iter();
        let own = under_way.filter_map(|request| request.dispatched).sum();
        self.keepalive.enter(own);
        self.keepalive.room()
    }

    /// Whether there is company enough for a request at once.
    fn has_company(&self, config: &Config) -> bool {
        self.urgent > 0
            || self.waiting >= config.number(Number::BatchSize) as usize
            || self.waiting_bytes >= MAX_BATCH_BYTES
    }

    fn is_due(&self, now: MonotonicTime, config: &Config) -> bool {
        self.has_company(config)
            || self
                .waiting_since
                .is_some_and(|since| since.after(config.number(Number::BatchInterval)) <= now)
    }
}

fn first_waiting(journal: &Journal) -> Option<&Entry> {
    journal
        .entries()
        .find(|entry| entry.state == State::Waiting)
}

/// Whether a journal has anything that could go, in memory or not.
fn has_waiting(journal: &Journal) -> bool {
    first_waiting(journal).is_some() || journal.segments.iter().any(|segment| !segment.is_loaded)
}
