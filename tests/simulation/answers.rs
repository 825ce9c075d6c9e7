//! What a page is told: by the server, and by its stores.

use hoglet::core::Response;

use crate::archive::Reply;
use crate::ledger::EventId;
use crate::locks::Claim;
use crate::page::{Life, PageId};
use crate::stores::OUTBOX;
use crate::world::{World, trace};

/// How long the archive is not asked after a failure, and after so many in a row, in milliseconds.
const ARCHIVE_REST: u64 = 1_500;
pub(crate) const MOST_ARCHIVE_FAILURES: u32 = 3;
const LONG_ARCHIVE_REST: u64 = 61_000;

/// What a server says that has had enough, and how long it is then left alone, in milliseconds.
const USED_UP: &str = r#"{"status":1,"quota_limited":["recordings","events"]}"#;
const USED_UP_REST: u64 = 60_000;

impl World {
    pub(crate) fn answer(
        &mut self,
        id: PageId,
        flight: usize,
        status: u16,
        retry_after: Option<u64>,
    ) {
        trace!(self, "page {id} hears {status} to flight {flight}");
        let request = self.flights[flight].request.id;
        let events = self.flights[flight].events.clone();
        let is_awaited = self.flights[flight].is_open;
        self.close_flight(flight);
        if is_awaited || matches!(status, 200..=299) {
            self.pages[id].rest.note(status, retry_after, self.now);
        }
        match status {
            // Whether the page that was asleep has lost its journal, only its client knows.
            200..=299 | 400 | 413 if !is_awaited && !self.setting.has_locks => {
                if status < 400 || events.len() == 1 {
                    self.note_ending(&events);
                    for &event in &events {
                        self.ledger.events[event].may_return = true;
                    }
                    let page = &mut self.pages[id];
                    let ended = if status < 400 {
                        &mut page.acknowledged
                    } else {
                        &mut page.refused
                    };
                    ended.extend(events);
                }
            }
            // It comes too late to mean anything.
            _ if !is_awaited => {}
            200..=299 => {
                self.note_ending(&events);
                self.pages[id].acknowledged.extend(events);
            }
            400 | 413 if events.len() == 1 => {
                self.note_ending(&events);
                self.pages[id].refused.extend(events);
            }
            401 | 403 | 404 => {
                let by = (id, self.pages[id].generation);
                for event in events {
                    self.pages[id].withheld.insert(event);
                    self.ledger.events[event].withheld_by = Some(by);
                    self.ledger.note(event, self.now, "withheld by page", id);
                }
            }
            _ => {}
        }
        let response = Response {
            status,
            retry_after,
        };
        self.call(id, |client, now| {
            client.handle_response(now, request, response)
        });
        let generation = self.pages[id].generation;
        self.settle(id);
        let runs = self.pages[id].life == Life::Running && self.pages[id].generation == generation;
        if runs && status == 200 && self.chance.happens(self.setting.used_up) {
            trace!(self, "page {id} reads that the server has had enough");
            self.pages[id].rest.until = self.now + USED_UP_REST;
            self.call(id, |client, now| {
                client.handle_answer_text(now, request, USED_UP)
            });
            self.settle(id);
        }
    }

    pub(crate) fn note_ending(&mut self, events: &[EventId]) {
        for &event in events {
            self.ledger.events[event].is_ending = true;
        }
    }

    pub(crate) fn take_reply(&mut self, id: PageId, reply: Reply) {
        trace!(self, "page {id} is told {}", brief(&reply));
        match reply {
            Reply::Archived(transaction, is_done) => {
                let failures = &mut self.pages[id].archive_failures;
                *failures = if is_done { 0 } else { *failures + 1 };
                let rest = if *failures < MOST_ARCHIVE_FAILURES {
                    ARCHIVE_REST
                } else {
                    LONG_ARCHIVE_REST
                };
                if !is_done {
                    self.pages[id].archive_rests_until = self.now + rest;
                }
                self.call(id, |client, now| {
                    client.handle_archived(now, transaction, is_done)
                });
            }
            Reply::Surveyed(lines) => {
                let owned = self.owned();
                let has_locks = self.setting.has_locks;
                self.call(id, |client, now| {
                    client.handle_surveyed(now, &lines.join("\n"), &owned, has_locks)
                });
            }
            Reply::Claimed(claim, is_granted, lines) => {
                let journal = self.claims[claim].journal.clone();
                let Claim {
                    is_own, is_denied, ..
                } = self.claims[claim];
                self.ledger.counts.adopted += u64::from(is_granted && !is_own);
                let lines = if is_own { Vec::new() } else { lines };
                if is_own && is_denied {
                    self.check_denied(id, &journal);
                }
                self.call(id, |client, now| {
                    client.handle_claimed(now, &journal, is_granted, &lines.join("\n"))
                });
            }
            Reply::Retrieved(found) => {
                for (key, text) in found {
                    let Some(text) = text else {
                        self.note_ungiven(&key);
                        continue;
                    };
                    self.call(id, |client, _| client.handle_segment(&key, &text));
                }
                self.call(id, |client, now| client.handle_retrieved(now));
            }
        }
        self.settle(id);
    }

    pub(crate) fn note_ungiven(&mut self, key: &str) {
        let lists = [self.local_events.get(key), self.archived_events.get(key)];
        for id in lists.into_iter().flatten().flatten() {
            self.ledger.events[*id].is_ungiven = true;
        }
    }
}

/// What a page is told, without the texts.
fn brief(reply: &Reply) -> String {
    let short = |line: &str| line.replace(OUTBOX, "");
    match reply {
        Reply::Archived(transaction, is_done) => format!("archived {transaction}: {is_done}"),
        Reply::Surveyed(lines) => format!(
            "surveyed {:?}",
            lines.iter().map(|line| short(line)).collect::<Vec<_>>()
        ),
        Reply::Claimed(claim, is_granted, lines) => {
            format!(
                "claim {claim} is {is_granted} {:?}",
                lines.iter().map(|line| short(line)).collect::<Vec<_>>()
            )
        }
        Reply::Retrieved(found) => {
            let found = found
                .iter()
                .map(|(key, text)| (short(key), text.as_ref().map_or(0, String::len)));
            format!("retrieved {:?}", found.collect::<Vec<_>>())
        }
    }
}
