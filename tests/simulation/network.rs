//! The network and the server behind it: what becomes of requests.

use hoglet::core::Request;

use crate::ledger::{EventId, RECORD, WARNING, uuid};
use crate::page::PageId;
use crate::world::{Happening, World, trace};

/// What browsers allow a page in requests under way that outlive it, in bytes.
const KEEPALIVE_BYTES: usize = 65_536;

/// A request that went out.
#[derive(Debug)]
pub(crate) struct Flight {
    pub(crate) page: PageId,
    pub(crate) generation: u32,
    pub(crate) request: Request,
    pub(crate) events: Vec<EventId>,
    /// Whether it outlives its page.
    is_keepalive: bool,
    /// Whether its client waits for the answer.
    pub(crate) is_open: bool,
    /// Whether the server has still to get it, if it ever does.
    is_coming: bool,
    /// Whether its body is no JSON, for a record in it was torn.
    pub(crate) is_broken: bool,
}

/// How the server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Fine,
    /// It answers everything with this.
    Failing(u16, Option<u64>),
    /// It does not answer.
    Down,
}

#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) mood: Mood,
    numbers: u64,
}

impl Server {
    pub(crate) fn heal(&mut self) {
        self.mood = Mood::Fine;
    }

    pub(crate) fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}

impl World {
    /// The server changes, for better or worse.
    pub(crate) fn change_server(&mut self) {
        let status = self
            .chance
            .pick(&[500, 503, 502, 429, 408, 401, 403, 404, 301]);
        let wait = self.chance.pick(&[1_000, 5_000, 60_000, 7_200_000]);
        self.server.mood = match self.chance.below(6) {
            0..=2 => Mood::Fine,
            3 => Mood::Down,
            _ => Mood::Failing(
                status,
                (status == 429 || status == 503)
                    .then_some(wait)
                    .filter(|_| self.chance.happens(700)),
            ),
        };
        trace!(self, "the server is {:?}", self.server.mood);
    }

    /// A page sends a request whose body is ready, unless its client has called it off.
    pub(crate) fn post(&mut self, page: PageId, request: Request) {
        let bytes = if request.gzip {
            request.body.len() / 5
        } else {
            request.body.len()
        };
        let generation = self.pages[page].generation;
        let Some(client) = &mut self.pages[page].client else {
            return;
        };
        let Some(dispatch) = client.dispatch(request.id, bytes) else {
            trace!(self, "page {page} has called request {} off", request.id.0);
            return;
        };
        let (events, is_broken) = self.events_of(page, &request);
        let id = self.flights.len();
        trace!(
            self,
            "page {page} sends request {} as flight {id} with {events:?}", request.id.0
        );
        self.check_sending(page, id, &events);
        self.ledger.counts.requests += 1;
        for &event in &events {
            let event = &mut self.ledger.events[event];
            event.under_way += 1;
            event.was_sent = true;
            event.withheld_by = None;
        }
        self.flights.push(Flight {
            page,
            generation,
            request,
            events,
            is_keepalive: dispatch.keepalive,
            is_open: true,
            is_coming: true,
            is_broken,
        });
        let kept: usize = self
            .flights
            .iter()
            .filter(|flight| flight.page == page && flight.is_open && flight.is_keepalive)
            .map(|flight| {
                if flight.request.gzip {
                    flight.request.body.len() / 5
                } else {
                    flight.request.body.len()
                }
            })
            .sum();
        assert!(
            kept <= KEEPALIVE_BYTES,
            "{kept} bytes are under way that outlive page {page}"
        );
        let there = 1 + self.chance.delay(self.setting.slowest);
        if self.chance.happens(self.setting.lost_request) {
            self.flights[id].is_coming = false;
            self.after(there, Happening::Answer(id, 0, None));
            return;
        }
        self.after(there, Happening::Arrive(id, false));
        if self.chance.happens(self.setting.doubled_request) {
            let later = 1 + self.chance.delay(self.setting.slowest);
            self.after(there + later, Happening::Arrive(id, true));
        }
    }

    /// A request arrives at the server.
    pub(crate) fn arrive(&mut self, id: usize, is_copy: bool) {
        if !is_copy && !std::mem::take(&mut self.flights[id].is_coming) {
            return;
        }
        let (status, retry_after, committed) = self.serve_request(id);
        trace!(
            self,
            "the server answers {status} to flight {id}{}",
            if is_copy { ", which came twice" } else { "" }
        );
        let events = self.flights[id].events[..committed].to_vec();
        for event in events {
            self.receive(event, id, is_copy);
        }
        if is_copy {
            return;
        }
        let back = 1 + self.chance.delay(self.setting.slowest);
        if self.chance.happens(self.setting.lost_answer) {
            self.after(back, Happening::Answer(id, 0, None));
        } else {
            self.after(back, Happening::Answer(id, status, retry_after));
        }
    }

    /// What the server says, and how many of the request's events it takes.
    fn serve_request(&mut self, id: usize) -> (u16, Option<u64>, usize) {
        match self.server.mood {
            Mood::Fine => {}
            Mood::Down => return (0, None, 0),
            Mood::Failing(status, wait) => return (status, wait, 0),
        }
        let flight = &self.flights[id];
        let count = flight.events.len();
        if flight.request.body.len() > self.setting.body_limit {
            return (413, None, 0);
        }
        let is_poisoned = flight
            .events
            .iter()
            .any(|event| self.ledger.events[*event].is_poisoned);
        if is_poisoned || flight.is_broken {
            return (400, None, 0);
        }
        if self.chance.happens(self.setting.failed_request) {
            let status = self.chance.pick(&[500, 503, 429, 408]);
            let wait = self
                .chance
                .pick(&[None, Some(500), Some(3_000), Some(40_000)]);
            return (status, wait, 0);
        }
        if self.chance.happens(self.setting.partial_batch) {
            return (500, None, self.chance.below(count as u64 + 1) as usize);
        }
        (self.chance.pick(&[200, 200, 200, 204]), None, count)
    }

    fn receive(&mut self, id: EventId, flight: usize, is_copy: bool) {
        self.ledger
            .note(id, self.now, "received with flight", flight);
        let event = &mut self.ledger.events[id];
        event.receipts += 1;
        if event.receipts == 1 {
            self.ledger.counts.delivered += 1;
        } else if event.is_acknowledged && event.may_return {
            self.ledger.counts.doubled_unforgotten += 1;
        } else if !is_copy {
            self.ledger.counts.doubled_unanswered += 1;
        }
    }

    /// The events of a request, in their order, and whether its body is no JSON. Each is as it was captured.
    fn events_of(&mut self, page: PageId, request: &Request) -> (Vec<EventId>, bool) {
        let body = &request.body;
        let (batch, _) = body
            .rsplit_once("],\"sent_at\":\"")
            .expect("a batch has an end");
        let (_, batch) = batch
            .split_once("\"batch\":[")
            .expect("a batch has a beginning");
        let mut events = Vec::new();
        let mut is_broken = false;
        let mut rest = batch;
        while !rest.is_empty() {
            let length = uuid(rest)
                .and_then(|uuid| self.ledger.find(uuid))
                .map(|id| self.ledger.events[id].length);
            let is_end = |end: &usize| matches!(rest.as_bytes().get(*end), None | Some(b','));
            // Another length has one that nobody knows yet, or that was torn.
            let next = || {
                rest[1..]
                    .find(",{\"uuid\":\"")
                    .map_or(rest.len(), |at| at + 1)
            };
            let end = length.filter(is_end).unwrap_or_else(next);
            let json = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            let id = self.known(page, json)[0];
            if !self.ledger.is_same(id, json) {
                is_broken |= serde_json::from_str::<serde_json::Value>(json).is_err();
                let story = self.ledger.story(id);
                assert!(is_broken, "an event has changed: {json}\n{story}");
            }
            events.push(id);
        }
        (events, is_broken)
    }

    /// Notes an event that only the client knows of: what it tells of its own work.
    pub(crate) fn note_own(&mut self, page: PageId, text: &str, uuid: u128) -> EventId {
        let digits = format!("{uuid:032x}");
        let hyphened = [
            &digits[..8],
            &digits[8..12],
            &digits[12..16],
            &digits[16..20],
            &digits[20..],
        ]
        .join("-");
        let start = text
            .find(&format!("{{\"uuid\":\"{hyphened}"))
            .expect("it was found there");
        let json = &text[start..];
        let is_named = |name: &str| {
            let name = format!("\"event\":\"{name}\"");
            json[..json.len().min(150)].contains(&name)
        };
        assert!(
            is_named(WARNING) || is_named(RECORD),
            "an event that nobody captured: {json}"
        );
        // In a segment it lacks what it shares with others, and a record ends with its line.
        let own = json.split('\n').next().unwrap_or_default();
        let warned: u64 = dropped_counts(own);
        let shared = if json.len() > own.len() || own.ends_with(',') {
            let before = text[..start]
                .rsplit_once("\nS")
                .map_or("", |(_, shared)| shared);
            before.split('\n').next().unwrap_or_default()
        } else {
            ""
        };
        let whole = if own.ends_with(',') {
            format!("{own}{shared}}}}}")
        } else {
            own.to_owned()
        };
        let epoch = (page, self.pages[page].epoch);
        let id = self.ledger.capture(&whole, epoch, self.now, false);
        self.ledger.events[id].is_unordered = true;
        self.pages[page].warned += warned;
        self.pages[page].task.push(id);
        id
    }

    /// Nobody waits any more for what a page has sent.
    pub(crate) fn forget_flights(&mut self, page: PageId, is_dead: bool) {
        for id in 0..self.flights.len() {
            let flight = &self.flights[id];
            if flight.page != page {
                continue;
            }
            if is_dead && !flight.is_keepalive && flight.is_coming && self.chance.happens(500) {
                self.flights[id].is_coming = false;
            }
            self.close_flight(id);
        }
    }

    pub(crate) fn close_flight(&mut self, id: usize) {
        if std::mem::take(&mut self.flights[id].is_open) {
            for event in self.flights[id].events.clone() {
                self.ledger.events[event].under_way -= 1;
            }
        }
    }
}

/// The sum of the counts that an event tells, if it is a warning.
fn dropped_counts(json: &str) -> u64 {
    let Some((_, counts)) = json.split_once("\"$dropped_events\":{") else {
        return 0;
    };
    let counts = counts.split('}').next().unwrap_or_default();
    let counts = counts.split(',').filter_map(|count| count.rsplit_once(':'));
    counts
        .map(|(_, count)| count.parse::<u64>().expect("a count is a number"))
        .sum()
}
