//! Requests: which of the waiting events go in one, and what is known of those under way.

use super::journal::{Journal, State};
use super::{Outbox, Request, RequestId, UnderWay};
use crate::core::config::{Config, Number, Text};
use crate::core::time::{MonotonicTime, Now};
use crate::core::{json, text};

impl Outbox {
    /// How many events a request carries: more than is set where far more wait, so that a storm becomes fewer requests.
    pub(super) fn batch_size(&self, config: &Config) -> usize {
        let set = config.number(Number::BatchSize) as usize;
        if self.waiting > 10 * set {
            set * 5
        } else {
            set
        }
    }

    /// Takes the first waiting events of a journal into a request, at least one if there is any in memory.
    pub(super) fn request(
        &mut self,
        is_adopted: bool,
        most: usize,
        most_bytes: usize,
        gzip: bool,
        now: Now,
        config: &Config,
    ) -> Option<Request> {
        let journal = if is_adopted {
            self.adopted.as_mut()?
        } else {
            &mut self.own
        };
        let number = self.last_request.wrapping_add(1);
        let mut bytes = 0;
        let mut events = 0;
        let mut body = envelope(&config.token);
        'all: for segment in &mut journal.segments {
            if !segment.is_loaded {
                // Neither journal is sent out of order.
                break;
            }
            for entry in &mut segment.entries {
                if entry.state != State::Waiting {
                    continue;
                }
                let size = entry.record.bytes();
                if events > 0 && (events >= most || bytes + size > most_bytes) {
                    break 'all;
                }
                bytes += size + 1;
                events += 1;
                entry.state = State::UnderWay(number);
                json::push_separator(&mut body);
                entry.record.push_json(&mut body);
            }
        }
        if events == 0 {
            self.load(is_adopted);
            return None;
        }
        if !is_adopted {
            self.waiting = self.waiting.saturating_sub(events);
            self.waiting_bytes = self.waiting_bytes.saturating_sub(bytes - events);
            self.urgent = self.urgent.saturating_sub(events);
            self.waiting_since = (self.waiting > 0).then_some(now.monotonic);
        }
        self.last_request = number;
        let id = RequestId(number);
        body.push_str("],\"sent_at\":\"");
        now.wall.push_iso(&mut body);
        body.push_str("\"}");
        self.under_way.push(UnderWay {
            id,
            events,
            is_adopted,
            made: now.monotonic,
            dispatched: None,
        });
        Some(Request {
            id,
            // Whether the page that is gone has tried already, nobody knows.
            url: url(config, self.backoff.failures().max(u32::from(is_adopted))),
            body,
            gzip,
        })
    }

    /// Says what is done with the events of a request.
    pub(super) fn set_state(&mut self, request: &UnderWay, state: State) {
        let journal = if request.is_adopted {
            self.adopted.as_mut()
        } else {
            Some(&mut self.own)
        };
        let mut bytes = 0;
        for entry in journal.into_iter().flat_map(Journal::entries_mut) {
            if entry.state == State::UnderWay(request.id.0) {
                entry.state = state;
                bytes += entry.record.bytes();
            }
        }
        if !request.is_adopted && state == State::Waiting {
            self.waiting += request.events;
            self.waiting_bytes += bytes;
            self.urgent += request.events;
            // What has waited before goes on waiting for nothing but its turn.
            self.waiting_since
                .get_or_insert(MonotonicTime::from_millis(0));
        }
    }
}

fn envelope(token: &str) -> String {
    let mut body = String::from("{\"api_key\":");
    json::push_string(&mut body, token);
    body.push_str(",\"batch\":[");
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
