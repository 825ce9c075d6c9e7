//! The events that wait to be delivered, and the requests that carry them.
//!
//! A record leaves the outbox when the server has acknowledged it, in the order of capture. One request is under
//! way at a time, so that order is kept; only when the page is hidden do several go at once, for there may be no
//! later.

use super::config::{Config, Number, Switch, Text};
use super::event::Record;
use super::id::IdSource;
use super::json;
use super::retry::Backoff;
use super::text;
use super::time::{MonotonicTime, Now};

/// Waiting bytes that cause a request, and the most that one request carries unless a single event is larger.
const MAX_BATCH_BYTES: usize = 500_000;

/// Bytes that may be under way in requests that outlive their page. Browsers allow 65,536 for the whole page; the
/// rest is left to the app.
pub(super) const KEEPALIVE_BUDGET_BYTES: usize = 60_000;

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
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status; 0 if there was no answer.
    pub status: u16,
    /// How long the server asked to wait, in milliseconds.
    pub retry_after: Option<u64>,
}

/// What a response meant for the events of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are delivered.
    Delivered(usize),
    /// They will be sent again.
    Kept(usize),
    /// They will be sent again in smaller requests, for one of them may be at fault.
    Split(usize),
    /// The one event that the request carried can not be delivered and was set aside.
    Refused,
    /// The request was not known, or its events went another way.
    Unknown,
}

/// The waiting events.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
    /// When the events now waiting began to, so that they do not wait for ever.
    waiting_since: Option<MonotonicTime>,
    /// How many of the first waiting events go without waiting for company.
    urgent: usize,
    under_way: Vec<UnderWay>,
    backoff: Backoff,
    /// The most events a request may carry while one that the server refuses is being searched for.
    split_to: Option<usize>,
    last_request: u32,
    last_sequence: u64,
}

#[derive(Debug)]
struct Waiting {
    /// The order of capture.
    sequence: u64,
    record: Record,
}

#[derive(Debug)]
struct UnderWay {
    id: RequestId,
    records: Vec<Waiting>,
    /// The bytes that count against the keepalive budget; `None` until the body is ready.
    dispatched: Option<usize>,
}

impl Outbox {
    /// Every event that is not delivered yet, those under way first.
    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        let under_way = self.under_way.iter().flat_map(|request| &request.records);
        under_way
            .chain(&self.waiting)
            .map(|waiting| &waiting.record)
    }

    /// Takes an event.
    pub(super) fn push(&mut self, record: Record, instantly: bool, now: MonotonicTime) {
        self.last_sequence += 1;
        self.waiting_bytes += record.bytes();
        self.waiting.push(Waiting {
            sequence: self.last_sequence,
            record,
        });
        self.waiting_since.get_or_insert(now);
        if instantly {
            self.urgent = self.waiting.len();
        }
    }

    /// Forgets everything that waits or is on its way.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.waiting_since = None;
        self.urgent = 0;
        self.split_to = None;
        self.under_way.clear();
    }

    /// Lets everything go that waits, without waiting for company or for the end of a rest.
    pub(super) fn flush(&mut self) {
        self.urgent = self.waiting.len();
        self.backoff.wake();
    }

    /// Ends a rest: the network is back, or the visitor is.
    pub(super) fn wake(&mut self) {
        self.backoff.wake();
    }

    /// The next request, if it is time for one.
    pub(super) fn poll_request(&mut self, now: Now, config: &Config) -> Option<Request> {
        if !self.under_way.is_empty()
            || self.backoff.is_resting(now.monotonic)
            || !self.is_due(now.monotonic, config)
        {
            return None;
        }
        let most = self.split_to.unwrap_or_else(|| batch_size(config));
        self.request(
            most,
            MAX_BATCH_BYTES,
            !config.is(Switch::DisableCompression),
            now,
            config,
        )
    }

    /// When [`Outbox::poll_request`] is to be asked again, if nothing else happens before.
    pub(super) fn poll_timeout(&self, config: &Config) -> Option<MonotonicTime> {
        if !self.under_way.is_empty() {
            return None;
        }
        let due = self
            .waiting_since?
            .after(config.number(Number::BatchInterval));
        Some(match self.backoff.rests_until() {
            Some(rest) if self.has_company(config) => rest,
            Some(rest) => due.max(rest),
            None => due,
        })
    }

    /// Asks how a request whose body is ready goes out; `None` if it must not any more, for its events went
    /// another way.
    pub(super) fn dispatch(&mut self, id: RequestId, body_bytes: usize) -> Option<Dispatch> {
        let spent = self.keepalive_bytes();
        let request = self.under_way.iter_mut().find(|request| request.id == id)?;
        let keepalive = spent + body_bytes <= KEEPALIVE_BUDGET_BYTES;
        request.dispatched = Some(if keepalive { body_bytes } else { 0 });
        Some(Dispatch { keepalive })
    }

    /// The page is being hidden and may never run again: everything that fits the budget of requests that outlive
    /// it goes at once, uncompressed, for there is no time to compress. Requests whose body was not ready yet are
    /// taken back.
    pub(super) fn handle_hide(&mut self, now: Now, config: &Config) -> Vec<Request> {
        for request in std::mem::take(&mut self.under_way) {
            match request.dispatched {
                Some(_) => self.under_way.push(request),
                None => self.put_back(request.records),
            }
        }
        let mut left = KEEPALIVE_BUDGET_BYTES.saturating_sub(self.keepalive_bytes());
        let mut requests = Vec::new();
        while let Some(first) = self.waiting.first() {
            if first.record.bytes() + ENVELOPE_BYTES > left {
                break;
            }
            let Some(request) = self.request(
                batch_size(config),
                left - ENVELOPE_BYTES,
                false,
                now,
                config,
            ) else {
                break;
            };
            left = left.saturating_sub(request.body.len());
            requests.push(request);
        }
        requests
    }

    /// Takes the answer to a request.
    pub(super) fn handle_response(
        &mut self,
        id: RequestId,
        response: Response,
        now: MonotonicTime,
        ids: &mut IdSource,
    ) -> Verdict {
        let Some(index) = self.under_way.iter().position(|request| request.id == id) else {
            return Verdict::Unknown;
        };
        let request = self.under_way.remove(index);
        let count = request.records.len();
        match response.status {
            200..=299 => {
                self.backoff.succeed();
                // The one at fault may be among the next; look for it with care until a whole batch has passed.
                self.split_to = self
                    .split_to
                    .map(|most| most * 2)
                    .filter(|most| *most < 1_000);
                Verdict::Delivered(count)
            }
            400 | 413 if count == 1 => {
                self.split_to = None;
                Verdict::Refused
            }
            400 | 413 => {
                self.split_to = Some(count / 2);
                self.put_back(request.records);
                self.urgent += count;
                Verdict::Split(count)
            }
            _ => {
                self.backoff.fail(now, response.retry_after, ids);
                self.put_back(request.records);
                self.urgent += count;
                Verdict::Kept(count)
            }
        }
    }

    /// The bytes under way that count against the budget of requests that outlive the page.
    fn keepalive_bytes(&self) -> usize {
        let under_way = self.under_way.iter();
        under_way.filter_map(|request| request.dispatched).sum()
    }

    /// Whether there is company enough for a request at once.
    fn has_company(&self, config: &Config) -> bool {
        self.urgent > 0
            || self.waiting.len() >= batch_size(config)
            || self.waiting_bytes >= MAX_BATCH_BYTES
    }

    fn is_due(&self, now: MonotonicTime, config: &Config) -> bool {
        self.has_company(config)
            || self
                .waiting_since
                .is_some_and(|since| since.after(config.number(Number::BatchInterval)) <= now)
    }

    /// Takes the first waiting events into a request, at least one if there is any.
    fn request(
        &mut self,
        most: usize,
        most_bytes: usize,
        gzip: bool,
        now: Now,
        config: &Config,
    ) -> Option<Request> {
        let mut bytes = 0;
        let mut count = 0;
        for waiting in &self.waiting {
            let size = waiting.record.bytes() + 1;
            if count > 0 && (count >= most || bytes + size > most_bytes) {
                break;
            }
            bytes += size;
            count += 1;
        }
        if count == 0 {
            return None;
        }
        let rest = self.waiting.split_off(count);
        let records = std::mem::replace(&mut self.waiting, rest);
        self.waiting_bytes -= bytes - count;
        self.urgent = self.urgent.saturating_sub(records.len());
        self.waiting_since = (!self.waiting.is_empty()).then_some(now.monotonic);
        self.last_request = self.last_request.wrapping_add(1);
        let id = RequestId(self.last_request);
        let body = body(&records, bytes, now, config);
        self.under_way.push(UnderWay {
            id,
            records,
            dispatched: None,
        });
        Some(Request {
            id,
            url: url(config, self.backoff.failures()),
            body,
            gzip,
        })
    }

    /// Puts records back to where they were in the order of capture.
    fn put_back(&mut self, mut records: Vec<Waiting>) {
        let Some(first) = records.first() else {
            return;
        };
        // Requests carry neighbours, so that one place serves all.
        let place = self
            .waiting
            .iter()
            .take_while(|waiting| waiting.sequence < first.sequence)
            .count();
        self.waiting_bytes += records
            .iter()
            .map(|waiting| waiting.record.bytes())
            .sum::<usize>();
        let mut after = self.waiting.split_off(place);
        self.waiting.append(&mut records);
        self.waiting.append(&mut after);
        // What has waited before goes on waiting for nothing but its turn.
        self.waiting_since
            .get_or_insert(MonotonicTime::from_millis(0));
    }
}

fn batch_size(config: &Config) -> usize {
    config.number(Number::BatchSize) as usize
}

fn body(records: &[Waiting], bytes: usize, now: Now, config: &Config) -> String {
    let mut body = String::with_capacity(bytes + ENVELOPE_BYTES);
    body.push_str("{\"api_key\":");
    json::push_string(&mut body, &config.token);
    body.push_str(",\"batch\":[");
    for waiting in records {
        json::push_separator(&mut body);
        waiting.record.push_json(&mut body);
    }
    body.push_str("],\"sent_at\":\"");
    now.wall.push_iso(&mut body);
    body.push_str("\"}");
    body
}

fn url(config: &Config, failures: u32) -> String {
    let mut url = text::concat(&[config.text(Text::ApiHost), config.text(Text::Endpoint)]);
    if failures > 0 {
        url.push_str(if text::contains(&url, "?") { "&" } else { "?" });
        url.push_str("retry_count=");
        json::push_integer(&mut url, u64::from(failures));
    }
    url
}
