//! How events of pages that are gone come to be sent by this one.
//!
//! Each page owns its journal by a lock that ends with the page. A survey finds the journals that nobody owns; one of them
//! at a time is claimed, read piece by piece, sent, and given back when it is empty. Only what was not owned at the survey
//! is claimed: to ask for a lock that a frozen page holds would end that page.

use super::super::client::Output;
use super::super::config::Config;
use super::super::id::uuid_time;
use super::super::text;
use super::super::time::{MonotonicTime, Now};
use super::journal::{Entry, Journal, Segment, State};
use super::keeping::local;
use super::segment::{self, Key, Shelf};
use super::{Outbox, has_waiting};

/// How old a journal must be before it counts as nobody's, in milliseconds: its page may not have its lock yet.
const MIN_AGE_MILLIS: u64 = 2_000;

/// How long after a survey the next is worth its while, in milliseconds.
const SURVEY_MILLIS: u64 = 60_000;

/// How long after the first look of a page that the visitor or the network has come back to there is a second, in
/// milliseconds: a page that is being closed meanwhile still owns what it has for a moment.
const SECOND_LOOK_MILLIS: u64 = 3_000;

/// How many segments are read at a time.
const SEGMENTS_AT_ONCE: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Adoption {
    /// Whether a survey is under way.
    is_surveying: bool,
    /// Before this no survey is made.
    rests_until: Option<MonotonicTime>,
    /// Whether a survey is to be made then, whatever else happens.
    is_wanted: bool,
    /// Whether the next survey is followed by another.
    looks_twice: bool,
    /// Journals that nobody owns.
    orphans: Vec<String>,
    /// Journals that the server takes nothing of for now.
    withheld: Vec<String>,
    /// The one that is being claimed; empty for none.
    claiming: String,
    /// Whether it is known that the browser has locks.
    knows_locks: bool,
    /// Whether the own journal's lock was not granted.
    is_refused: bool,
    /// Whether segments are being read.
    is_reading: bool,
}

impl Adoption {
    /// The journal that is being claimed.
    pub(super) fn claiming(&self) -> Option<&str> {
        (!self.claiming.is_empty()).then_some(&*self.claiming)
    }

    /// Whether segments are being read.
    pub(super) fn is_reading(&self) -> bool {
        self.is_reading
    }

    /// Has a survey made at a moment, whatever else happens.
    pub(super) fn survey_at(&mut self, at: MonotonicTime) {
        self.is_wanted = true;
        self.rests_until = Some(at);
    }
}

impl Outbox {
    /// Forgets what other pages have left.
    pub(super) fn forget_orphans(&mut self) {
        let adoption = &mut self.adoption;
        adoption.orphans.clear();
        adoption.rests_until = None;
        adoption.is_wanted = false;
        let claiming = std::mem::take(&mut adoption.claiming);
        if !claiming.is_empty() {
            self.outputs.push(Output::Release(claiming));
        }
    }

    /// Whether a survey would lead to anything.
    fn can_survey(&self) -> bool {
        let adoption = &self.adoption;
        self.keeping.is_on()
            && !adoption.is_surveying
            && (adoption.claiming().is_none() || self.leases.are_needed)
            && self.adopted.is_none()
            && !self.has_left
    }

    /// When a survey is to be made, whatever else happens.
    pub(super) fn survey_timeout(&self) -> Option<MonotonicTime> {
        let adoption = &self.adoption;
        adoption
            .rests_until
            .filter(|_| adoption.is_wanted && self.can_survey())
    }

    /// Looks for what pages that are gone have left, if it is time to. To be called at the end of every task.
    pub(in crate::core) fn look_around(&mut self, now: MonotonicTime) {
        let is_resting = self.adoption.rests_until.is_some_and(|until| until > now);
        if is_resting || !self.can_survey() {
            return;
        }
        let adoption = &mut self.adoption;
        adoption.is_surveying = true;
        adoption.is_wanted = std::mem::take(&mut adoption.looks_twice);
        let rest = match adoption.is_wanted {
            true => SECOND_LOOK_MILLIS,
            false => SURVEY_MILLIS,
        };
        adoption.rests_until = Some(now.after(rest));
        self.outputs.push(Output::Survey);
    }

    /// The visitor has come back to the page: other pages may have gone, and this one's journal with them.
    pub(in crate::core) fn handle_return(&mut self) {
        self.backoff.wake();
        self.adoption.rests_until = None;
        self.adoption.looks_twice = true;
        if self.has_left {
            self.abandon();
        }
    }

    /// Takes what a survey has found: a line for each stored segment, and the journals that are owned.
    pub(in crate::core) fn handle_surveyed(
        &mut self,
        now: Now,
        keys: &str,
        owned: &str,
        has_locks: bool,
        config: &Config,
    ) {
        self.adoption.is_surveying = false;
        if !self.keeping.is_on() {
            return;
        }
        self.leases.are_needed = !has_locks;
        self.adoption.knows_locks = has_locks;
        if has_locks && std::mem::take(&mut self.adoption.is_refused) {
            self.abandon();
        }
        let claiming = std::mem::take(&mut self.adoption.claiming);
        if !claiming.is_empty() && self.has_leased(&claiming, keys) {
            self.end_former_leases(&claiming, keys);
            self.adopt(&claiming, keys, now, config);
        }
        self.keeping.others_local_bytes = 0;
        self.keeping.others_archive_bytes = 0;
        for line in text::parts(keys, "\n") {
            let Some(key) = Key::read(line, &self.keeping.prefix) else {
                self.blocked.note(line);
                continue;
            };
            if key.journal == self.own.id {
                continue;
            }
            match key.shelf {
                Shelf::Local => self.keeping.others_local_bytes += key.bytes,
                Shelf::Archive => self.keeping.others_archive_bytes += key.bytes,
            }
            let is_known = |journals: &[String]| journals.contains(&key.journal);
            if is_known(&self.adoption.orphans)
                || is_known(&self.adoption.withheld)
                || key.journal == claiming
            {
                continue;
            }
            let age = uuid_time(&key.journal).map(|began| began.distance(now.wall));
            let is_owned = if has_locks {
                text::parts(owned, "\n").any(|journal| journal == key.journal)
            } else {
                self.is_leased(&key.journal, keys, now)
            };
            if is_owned {
                continue;
            }
            if age.is_some_and(|age| age < MIN_AGE_MILLIS) {
                self.adoption.survey_at(now.monotonic.after(MIN_AGE_MILLIS));
            } else {
                self.adoption.orphans.push(key.journal);
            }
        }
        self.blocked.end_survey();
        self.claim_next(now);
    }

    fn claim_next(&mut self, now: Now) {
        if self.adopted.is_some() || self.adoption.claiming().is_some() || self.has_left {
            return;
        }
        let orphans = &mut self.adoption.orphans;
        // The oldest first; ids sort as their journals began.
        let Some(journal) = orphans.iter().min().cloned() else {
            return;
        };
        orphans.retain(|orphan| *orphan != journal);
        self.adoption.claiming.clone_from(&journal);
        if self.leases.are_needed {
            self.confirm_soon(now);
        } else {
            self.outputs.push(Output::Claim(journal));
        }
    }

    /// A journal is this page's now, with what is stored of it, or somebody else's.
    pub(in crate::core) fn handle_claimed(
        &mut self,
        now: Now,
        journal: &str,
        is_granted: bool,
        keys: &str,
        config: &Config,
    ) {
        if journal == self.own.id {
            // Where there are no locks none is granted, which a survey tells.
            if !is_granted && self.adoption.knows_locks {
                self.abandon();
            } else {
                self.adoption.is_refused = !is_granted;
            }
            return;
        }
        if journal != self.adoption.claiming {
            if is_granted {
                self.outputs.push(Output::Release(journal.to_owned()));
            }
            return;
        }
        self.adoption.claiming.clear();
        if is_granted {
            self.adopt(journal, keys, now, config);
        }
        self.settle_adopted(now);
    }

    /// Takes over a journal that is this page's now.
    pub(super) fn adopt(&mut self, journal: &str, keys: &str, now: Now, config: &Config) {
        let prefix = &self.keeping.prefix;
        let keys = text::parts(keys, "\n")
            .filter_map(|line| Key::read(line, prefix))
            .filter(|key| key.journal == journal);
        self.adopted = Some(Journal::adopted(journal.to_owned(), keys.collect()));
        self.bound_adopted(now, config);
        self.load(true);
    }

    /// Gives the adopted journal back once it is empty, and goes on to the next.
    pub(in crate::core) fn settle_adopted(&mut self, now: Now) {
        let Some(journal) = &self.adopted else {
            return self.claim_next(now);
        };
        let has_emptied = journal.emptied.is_empty() && journal.emptied_archive.is_empty();
        let is_withheld = |segment: &Segment| {
            let mut entries = segment.entries.iter();
            segment.is_loaded && entries.all(|entry| entry.state == State::Withheld)
        };
        let has_removed = has_emptied && self.keeping.has_removed(&journal.id);
        if has_removed && journal.segments.iter().all(is_withheld) {
            if !journal.segments.is_empty() {
                self.adoption.withheld.push(journal.id.clone());
            }
            self.give_back();
        }
        self.claim_next(now);
    }

    /// Gives the adopted journal up, with what is left in it.
    pub(super) fn give_back(&mut self) {
        if let Some(journal) = self.adopted.take() {
            self.under_way.retain(|request| !request.is_adopted);
            self.outputs.push(Output::Release(journal.id));
        }
        self.adoption.is_reading = false;
    }

    /// Reads the next segments of a journal, if the first that are not done are not in memory.
    pub(super) fn load(&mut self, is_adopted: bool) {
        let journal = if is_adopted {
            self.adopted.as_ref()
        } else {
            Some(&self.own)
        };
        if self.adoption.is_reading || !journal.is_some_and(has_waiting) {
            return;
        }
        let keys: Vec<String> = journal
            .into_iter()
            .flat_map(|journal| &journal.segments)
            .filter(|segment| !segment.is_loaded)
            .filter_map(|segment| segment.archived.clone().or_else(|| segment.local.clone()))
            .take(SEGMENTS_AT_ONCE)
            .collect();
        if !keys.is_empty() {
            self.adoption.is_reading = true;
            self.outputs.push(Output::Retrieve(keys));
        }
    }

    /// A segment was read.
    pub(in crate::core) fn handle_segment(&mut self, key: &str, text: &str) {
        let journals = [Some(&mut self.own), self.adopted.as_mut()];
        let segments = journals
            .into_iter()
            .flatten()
            .flat_map(|journal| &mut journal.segments);
        for segment in segments {
            let is_meant = [&segment.archived, &segment.local]
                .iter()
                .any(|known| known.as_deref() == Some(key));
            if is_meant && !segment.is_loaded {
                segment.fill(waiting(text));
            }
        }
    }

    /// All segments were read that could be. One that the browser does not give is left to a later visit.
    pub(in crate::core) fn handle_retrieved(&mut self, now: MonotonicTime) {
        if !std::mem::take(&mut self.adoption.is_reading) {
            return;
        }
        let is_stuck = |journal: &Journal| {
            journal
                .segments
                .first()
                .is_some_and(|first| !first.is_loaded)
        };
        self.keeping.note_hole();
        self.own.drop_empty();
        if is_stuck(&self.own) {
            let left = self.own.segments.remove(0);
            self.waiting = self.waiting.saturating_sub(left.records);
        }
        if let Some(journal) = &mut self.adopted {
            journal.drop_empty();
            if is_stuck(journal) {
                self.give_back();
                self.adoption.rests_until = Some(now.after(SURVEY_MILLIS));
            }
        }
    }

    /// The page is left: whoever comes next may send what it has stored.
    pub(in crate::core) fn leave(&mut self) {
        self.has_left = true;
        self.give_back();
        self.forget_orphans();
        self.end_leases();
        if !self.own.id.is_empty() {
            self.outputs.push(Output::Release(self.own.id.clone()));
        }
    }

    /// The page is back, or has lost its journal: what it had stored belongs to whoever finds it, which may be this page.
    pub(in crate::core) fn abandon(&mut self) {
        self.has_left = false;
        self.give_back();
        self.forget_orphans();
        self.end_leases();
        let former = std::mem::replace(&mut self.own, Journal::new(String::new()));
        if !former.id.is_empty() {
            self.outputs.push(Output::Release(former.id.clone()));
        }
        self.reset_waiting();
        self.keeping.forget_local();
        for segment in former.segments {
            if segment.is_stored() {
                continue;
            }
            if let Some(key) = segment.local.clone() {
                self.outputs.push(local(key, None));
            }
            if segment.archiving != 0 {
                self.keeping.watch(segment);
                continue;
            }
            for entry in segment.entries {
                self.take_along(entry);
            }
        }
        let own = &self.own;
        self.under_way.retain_mut(|request| {
            let is_its = |entry: &&Entry| entry.state == State::UnderWay(request.id.0);
            let events = own.entries().filter(is_its).count();
            request.events = events;
            events > 0
        });
    }

    /// Takes an event along into a new journal; if it is under way, its request still counts.
    fn take_along(&mut self, Entry { record, state }: Entry) {
        let bytes = record.bytes();
        self.push(record, true, MonotonicTime::from_millis(0));
        let last = self.own.segments.last_mut();
        if state != State::Waiting
            && let Some(entry) = last.and_then(|segment| segment.entries.last_mut())
        {
            entry.state = state;
            self.waiting -= 1;
            self.waiting_bytes -= bytes;
            self.urgent = self.waiting;
            if self.waiting == 0 {
                self.waiting_since = None;
            }
        }
    }
}

fn waiting(text: &str) -> Vec<Entry> {
    let records = segment::read(text).into_iter();
    let entry = |record| Entry {
        record,
        state: State::Waiting,
    };
    records.map(entry).collect()
}
