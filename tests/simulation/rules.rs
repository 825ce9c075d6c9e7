//! The rules: nothing lost, nothing twice, in order, within bounds.

use std::collections::HashMap;

use hoglet::core::Request;

use crate::answers::MOST_ARCHIVE_FAILURES;
use crate::ledger::EventId;
use crate::page::PageId;
use crate::stores::{OUTBOX, is_segment};
use crate::world::{World, trace};

/// So many refusals in a row, and nothing is sent until the next page load.
const MOST_REFUSALS: u32 = 10;

/// By so much a segment that lies in localStorage may exceed the share: it is written anew when a part of it is done.
const SEGMENT_BYTES: u64 = 40_000;

impl World {
    /// A client wants a request sent.
    pub(crate) fn check_request(&self, page: PageId, request: &Request) {
        let mut sent_at = String::from("\"sent_at\":\"");
        self.now_on(page).wall.push_iso(&mut sent_at);
        assert!(
            request.body.ends_with(&format!("{sent_at}\"}}")),
            "it is not {sent_at}: {}",
            request.body
        );
        let state = &self.pages[page];
        assert!(
            state.rest.until <= self.now,
            "page {page} asks a failing server again at {} ms, and not after {} ms",
            self.now,
            state.rest.until
        );
        assert!(
            state.rest.refusals < MOST_REFUSALS,
            "page {page} asks a server that has refused it so often"
        );
        let is_alone = state.is_hiding
            || !self
                .flights
                .iter()
                .any(|flight| flight.page == page && flight.is_open);
        assert!(is_alone, "page {page} has two requests under way");
    }

    /// A request goes out.
    pub(crate) fn check_sending(&mut self, page: PageId, flight: usize, events: &[EventId]) {
        for (at, &id) in events.iter().enumerate() {
            self.ledger.note(id, self.now, "sent with flight", flight);
            let event = &self.ledger.events[id];
            let why = if (event.is_ending || event.is_acknowledged || event.is_refused)
                && !event.may_return
            {
                "sent after its end"
            } else if event
                .forbidden_at
                .is_some_and(|at| self.knows_refusal(page, at))
                && !event.may_return
            {
                "sent against the visitor's will"
            } else if event.under_way > 0 {
                "sent by two at once"
            } else if events[..at].contains(&id) {
                "twice in one request"
            } else {
                continue;
            };
            panic!("{why}: {}", self.ledger.story(id));
        }
        self.check_order(page, events);
    }

    /// No event overtakes another of its page load, unless that has had its turn.
    fn check_order(&self, page: PageId, events: &[EventId]) {
        // A page that may have lost its journal while it was asleep finds out later.
        if !self.setting.has_locks {
            return;
        }
        for (at, &id) in events.iter().enumerate() {
            let epoch = self.ledger.events[id].epoch;
            for &earlier in self.ledger.of_epoch(epoch) {
                if earlier == id {
                    break;
                }
                let event = &self.ledger.events[earlier];
                let is_missing = !event.is_held() && page != epoch.0 || self.gives_up();
                let had_its_turn = event.is_over()
                    || event.is_unordered
                    || self.ledger.events[id].is_unordered
                    || event.may_return
                    || event.under_way > 0
                    || event.withheld_by.is_some()
                    || event.is_ungiven
                    || is_missing
                    || self.has_unread_archive;
                if !had_its_turn && !events[..at].contains(&earlier) {
                    panic!("overtaken by event {id}: {}", self.ledger.story(earlier));
                }
            }
        }
    }

    /// Whether events may be missing for want of room: which ones, clients do not say, and that they do, they say late.
    fn gives_up(&self) -> bool {
        self.ledger.given_up > 0 || self.setting.archive_limit < 1_000_000
    }

    /// At the end of every task, whatever has been captured is stored.
    pub(crate) fn check_stored(&self, page: PageId) {
        for (id, event) in self.ledger.events.iter().enumerate() {
            let is_lost = event.is_settled
                && !event.is_held()
                && event.unissued == 0
                && !event.archive_refused
                && !self.has_no_archive(event.epoch.0)
                && !event.is_over()
                && self.ledger.given_up == 0;
            if is_lost {
                panic!(
                    "stored nowhere at the end of a task of page {page}: {}",
                    self.ledger.story(id)
                );
            }
        }
    }

    /// A page is dead, or its core has trapped. What it had captured is stored, unless the browser would not have it, or
    /// taken along.
    pub(crate) fn check_abandoned(&mut self, page: PageId, restored: &[EventId]) {
        if self.is_dying {
            return;
        }
        let task = std::mem::take(&mut self.pages[page].task);
        for id in 0..self.ledger.events.len() {
            let event = &mut self.ledger.events[id];
            if event.epoch.0 != page || restored.contains(&id) {
                continue;
            }
            event.is_abandoned = true;
            if task.contains(&id) && !event.is_held() && !event.is_over() {
                event.excuse = Some("lost in its task");
                self.ledger.counts.lost_in_task += 1;
            }
            self.check_kept(id);
        }
    }

    /// An event that no client has in memory is stored, unless the browser would not have it.
    pub(crate) fn check_kept(&mut self, id: EventId) {
        let event = &self.ledger.events[id];
        if !event.is_abandoned || event.is_held() || event.unissued > 0 || event.is_over() {
            return;
        }
        if !event.archive_refused
            && !self.has_no_archive(event.epoch.0)
            && self.ledger.given_up == 0
        {
            panic!("lost with its page: {}", self.ledger.story(id));
        }
        trace!(self, "the browser has lost event {id}");
        self.ledger.events[id].excuse = Some("lost by the browser");
        self.ledger.counts.lost_by_browser += 1;
    }

    /// Whether the archive has failed a page so that it is not asked, or has not been until a moment ago.
    fn has_no_archive(&self, page: PageId) -> bool {
        let page = &self.pages[page];
        page.archive_failures >= MOST_ARCHIVE_FAILURES || self.now < page.archive_rests_until
    }

    /// The browser was killed; what the archive had is there again.
    pub(crate) fn check_after_restart(&mut self) {
        for id in 0..self.ledger.events.len() {
            let event = &mut self.ledger.events[id];
            if event.is_held() {
                // Its acknowledgement is among what was not on disk yet.
                event.may_return |= event.is_acknowledged || event.is_refused;
                if event.excuse == Some("lost in its task") {
                    event.excuse = None;
                }
                continue;
            }
            if event.is_over() {
                continue;
            }
            if event.was_archived && self.ledger.given_up == 0 {
                panic!(
                    "lost with the browser, although it was archived: {}",
                    self.ledger.story(id)
                );
            }
            event.excuse = Some("lost with the browser");
            self.ledger.counts.lost_by_browser += 1;
        }
    }

    /// A page does not get the lock of its own journal. Only where the clock was set can another have taken it for an
    /// orphan; then both may send what the first has under way.
    pub(crate) fn check_denied(&mut self, page: PageId, journal: &str) {
        assert!(
            self.setting.clock_jump > 0,
            "page {page} is denied its own journal {journal}"
        );
        self.pages[page].epoch += 1;
        self.move_unheld(page);
        for flight in 0..self.flights.len() {
            if self.flights[flight].page == page {
                self.close_flight(flight);
            }
        }
    }

    /// What is acknowledged is not stored any more.
    pub(crate) fn check_forgotten(&mut self, page: PageId, id: EventId) {
        let has_no_archive = self.has_no_archive(page);
        let event = &mut self.ledger.events[id];
        // Of an archive that fails nobody knows what it has.
        event.may_return |= has_no_archive || event.may_be_archived;
        if event.local > 0 && !event.may_return {
            panic!(
                "acknowledged and still in localStorage: {}",
                self.ledger.story(id)
            );
        }
    }

    /// A page that is left owns nothing.
    pub(crate) fn check_left(&self, page: PageId) {
        let held = self
            .locks
            .iter()
            .find(|(_, claim)| self.claims[**claim].page == page);
        if let Some((journal, _)) = held {
            panic!("page {page} is left and keeps the lock of {journal}");
        }
    }

    /// What clients store is bounded.
    pub(crate) fn check_bounds(&self) {
        let contents = self.browser.contents();
        let mut journals: HashMap<&str, usize> = HashMap::new();
        for (key, text) in contents.local.iter().filter(|(key, _)| is_segment(key)) {
            *journals.entry(&key[OUTBOX.len()..][..36]).or_default() += text.len();
        }
        for (journal, bytes) in journals {
            assert!(
                bytes as u64 <= self.setting.local_share + SEGMENT_BYTES,
                "the journal {journal} has {bytes} bytes in localStorage"
            );
        }
    }

    /// Everything has arrived that a page can deliver; with no page, that any can.
    pub(crate) fn check_delivered(&self, page: Option<PageId>) {
        // A page that the server has refused so often leaves all to the next.
        if page.is_some_and(|page| self.pages[page].rest.refusals >= MOST_REFUSALS) {
            return;
        }
        let mut missing = 0;
        for (id, event) in self.ledger.events.iter().enumerate() {
            let waits = page.is_some_and(|page| event.is_ungiven || self.is_withheld(page, id));
            if event.receipts > 0
                || event.is_refused
                || event.forbidden_at.is_some()
                || event.excuse.is_some()
                || waits
            {
                continue;
            }
            missing += 1;
            if missing > self.ledger.given_up {
                panic!("never delivered: {}", self.ledger.story(id));
            }
        }
        if let Some(page) = page
            && self.pages[page].generation == 0
            && self.setting.refusing_visitor == 0
        {
            let state = &self.pages[page];
            assert_eq!(
                state.dropped, state.warned,
                "dropped on page {page}, and told to the server"
            );
        }
    }

    /// Whether an event lies in a journal of which the server would not have something from this page, which leaves it
    /// alone then.
    fn is_withheld(&self, page: PageId, id: EventId) -> bool {
        let places = || self.local_events.iter().chain(&self.archived_events);
        let mut journals = places()
            .filter(|(_, ids)| ids.contains(&id))
            .map(|(key, _)| &key[..OUTBOX.len() + 36]);
        let withheld = &self.pages[page].withheld;
        let is_withheld = |journal: &str| {
            let mut others = places().filter(|(key, _)| key.starts_with(journal));
            others.any(|(_, ids)| ids.iter().any(|id| withheld.contains(id)))
        };
        withheld.contains(&id) || journals.any(is_withheld)
    }

    /// Nothing is left.
    pub(crate) fn check_end(&self, page: PageId) {
        let contents = self.browser.contents();
        let left = contents
            .local
            .keys()
            .chain(contents.archive.keys())
            .find(|key| is_segment(key));
        if let Some(key) = left {
            let lists = [self.local_events.get(key), self.archived_events.get(key)];
            let stories: Vec<String> = lists
                .into_iter()
                .flatten()
                .flatten()
                .map(|id| self.ledger.story(*id))
                .collect();
            panic!("{key} is left with {}", stories.join("\n"));
        }
        assert!(self.locks.len() <= 1, "locks are held: {:?}", self.locks);
        let client = self.pages[page].client.as_ref();
        assert_eq!(
            client.map(|client| client.events_queue()).as_deref(),
            Some("[]")
        );
    }
}
