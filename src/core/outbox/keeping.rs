//! Where waiting events are stored, so that they outlive the page.
//!
//! At the end of the task that captured them they go to localStorage, which the page's death does not harm; a second
//! later, if they are still there, to the archive in IndexedDB, which the browser's death does not harm either, and out of
//! localStorage, which belongs to the app first. What does not fit our share of localStorage goes to the archive at once.
//!
//! Neither is enough alone, as measured on two busy cores (medians; Chromium 156, Firefox ESR 153, WebKitGTK 2.50):
//!
//! | | Chromium | Firefox | WebKitGTK |
//! |---|--:|--:|--:|
//! | `setItem` of 2 KB, ms | 0.045 | 0.02 | 0.02 |
//! | IndexedDB: putting 2 KB and committing, until the call returns, ms | 0.07 | 0.06 | 0.02 |
//! | … until it is complete, ms | 0.5 | 0.3 | 0.5 |
//! | … opening the database, ms | 0.6 | 1.4 | 0.3 |
//! | the page's process killed after the task: localStorage | stays | stays | stays |
//! | … a transaction that was committed and is not complete | stays | stays | may be lost |
//! | the browser killed: a transaction that was complete | stays | stays | stays |
//! | … localStorage | lost after 3 s, there after 10 s | the same | lost at once, there after 1 s |
//!
//! A transaction needs a connection, which a page does not have in its first task; localStorage has none to wait for, and
//! all three engines keep it when a tab dies. But only IndexedDB has room, and survives the browser.

use super::super::client::Output;
use super::super::config::{Config, Number};
use super::super::id::IdSource;
use super::super::persistence::{Place, Write};
use super::super::time::{MonotonicTime, Now};
use super::archiving::{ARCHIVE_MILLIS, RETRY_MILLIS, Transaction, put};
use super::journal::{Journal, Segment, State};
use super::{Entry, Outbox, segment};

#[derive(Debug)]
pub(super) struct Keeping {
    /// What the project's keys begin with.
    pub(super) prefix: String,
    /// Whether anything may be stored.
    is_on: bool,
    /// Whether there may be something stored that is to go.
    has_stored: bool,
    /// The bytes of localStorage that this page uses, and other pages do.
    local_bytes: usize,
    pub(super) others_local_bytes: usize,
    /// The bytes of the archive that others use.
    pub(super) others_archive_bytes: usize,
    /// When what is not archived yet is to be.
    pub(super) due: Option<MonotonicTime>,
    pub(super) last_transaction: u32,
    pub(super) failures: u32,
    /// The keys that transactions under way remove, and those that could not be removed yet.
    pub(super) removing: Vec<(u32, Vec<String>)>,
    pub(super) unremoved: Vec<String>,
    /// Segments of a journal that is not this page's any more, on their way to the archive.
    pub(super) limbo: Vec<Segment>,
    /// Whether something else than the end of the own journal has changed.
    pub(super) has_holes: bool,
}

impl Keeping {
    pub(super) fn new(token: &str) -> Self {
        Self {
            prefix: segment::prefix(token),
            is_on: false,
            has_stored: true,
            local_bytes: 0,
            others_local_bytes: 0,
            others_archive_bytes: 0,
            due: None,
            last_transaction: 0,
            failures: 0,
            removing: Vec::new(),
            unremoved: Vec::new(),
            limbo: Vec::new(),
            has_holes: false,
        }
    }

    /// Whether events are stored.
    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    pub(super) fn timeout(&self) -> Option<MonotonicTime> {
        self.due
    }

    /// Something else than the end of the own journal has changed.
    pub(super) fn note_hole(&mut self) {
        self.has_holes = true;
    }

    /// What this page had in localStorage is others' now.
    pub(super) fn forget_local(&mut self) {
        self.others_local_bytes += self.local_bytes;
        self.local_bytes = 0;
        self.due = None;
    }

    pub(super) fn take_off(&mut self, segment: &mut Segment) {
        self.local_bytes = self.local_bytes.saturating_sub(segment.local_bytes);
        segment.local_bytes = 0;
    }
}

impl Outbox {
    /// Whether events may be stored from now on; if not, what is stored is removed.
    pub(in crate::core) fn set_stored(&mut self, is_on: bool) {
        if !is_on {
            self.purge();
        }
        if is_on && !self.keeping.is_on {
            for segment in &mut self.own.segments {
                segment.is_dirty = true;
            }
            self.keeping.has_stored = true;
        }
        self.keeping.is_on = is_on;
    }

    /// Removes everything of this project that is stored, by whatever page. What is in memory is kept.
    fn unstore(&mut self) {
        for segment in &mut self.own.segments {
            segment.forget_places();
        }
        self.own.segments.retain(|segment| segment.is_loaded);
        self.end_leases();
        let keeping = &mut self.keeping;
        keeping.local_bytes = 0;
        keeping.due = None;
        keeping.removing.clear();
        keeping.unremoved.clear();
        keeping.limbo.clear();
        if std::mem::take(&mut self.keeping.has_stored) {
            self.outputs.push(Output::Purge);
        }
    }

    /// Removes what is stored, and forgets what other pages have left.
    pub(super) fn purge(&mut self) {
        self.give_back();
        self.unstore();
        self.forget_orphans();
    }

    /// Stores what has changed. To be called at the end of every task, and when the moment of the timeout has come.
    pub(in crate::core) fn store(&mut self, now: Now, config: &Config, ids: &mut IdSource) {
        if !self.keeping.is_on {
            self.keeping.due = None;
            self.bound_memory(config);
            return;
        }
        if self.leases.has_lost(now) {
            self.abandon();
        }
        if !self.own.segments.is_empty() || self.leases.are_needed {
            self.name_journal(now, ids);
        }
        self.prolong(now);
        let is_due = self.keeping.due.is_some_and(|due| due <= now.monotonic);
        let is_changed = self.own.segments.last().is_some_and(|last| last.is_dirty);
        if !is_changed && !is_due && !self.keeping.has_holes {
            return;
        }
        self.keeping.has_stored = true;
        let mut transaction = Transaction::default();
        let has_holes = std::mem::take(&mut self.keeping.has_holes);
        self.store_local(has_holes, config, now.monotonic, &mut transaction);
        if is_due || !transaction.puts.is_empty() {
            self.archive_rest(now.monotonic, &mut transaction);
        }
        self.issue(transaction, is_due);
        self.bound_memory(config);
    }

    /// Gives the own journal up when it is empty: a page that owns nothing can be kept by every browser when it is left.
    pub(in crate::core) fn end_empty_journal(&mut self) {
        let own = &self.own;
        let is_empty = own.segments.is_empty()
            && own.emptied.is_empty()
            && own.emptied_archive.is_empty()
            && !self.leases.are_needed
            && self.keeping.has_removed(&own.id);
        if is_empty && !own.id.is_empty() {
            let former = std::mem::replace(&mut self.own, Journal::new(String::new()));
            self.outputs.push(Output::Release(former.id));
        }
    }

    /// Whether a journal is the own one.
    pub(in crate::core) fn has_begun(&self, journal: &str) -> bool {
        self.own.id == journal
    }

    /// Gives the own journal its id, when it needs one.
    fn name_journal(&mut self, now: Now, ids: &mut IdSource) {
        if self.own.id.is_empty() {
            self.own.id = ids.uuid(now.wall);
            // A page that has been left must not own anything: its browser could not keep it.
            if self.keeping.is_on && !self.has_left {
                self.outputs.push(Output::Claim(self.own.id.clone()));
            }
        }
    }

    /// Writes what has changed to localStorage, and what does not fit there or lies in the archive to the transaction.
    fn store_local(
        &mut self,
        has_holes: bool,
        config: &Config,
        now: MonotonicTime,
        transaction: &mut Transaction,
    ) {
        let keeping = &mut self.keeping;
        let share = config.number(Number::OutboxLocalBytes) as usize;
        let archives = keeping.archives();
        let next = keeping.last_transaction + 1;
        for journal in [Some(&mut self.own), self.adopted.as_mut()]
            .into_iter()
            .flatten()
        {
            for key in journal.emptied.drain(..) {
                self.outputs.push(local(key, None));
            }
            transaction.removals.append(&mut journal.emptied_archive);
            let Journal { id, segments, .. } = journal;
            for segment in segments.iter_mut().rev() {
                if !segment.is_dirty {
                    if has_holes {
                        continue;
                    }
                    break;
                }
                segment.is_dirty = false;
                let has_grown = std::mem::take(&mut segment.has_grown);
                let was_archived = segment.archived.is_some();
                if was_archived {
                    // A part of it is done.
                    put(transaction, &keeping.prefix, id, segment, next);
                    if segment.local.is_none() {
                        continue;
                    }
                }
                let text = segment.text();
                let former_bytes = segment.local_bytes;
                keeping.take_off(segment);
                let used = keeping.local_bytes + keeping.others_local_bytes;
                let is_there = segment.local.is_some() && (!has_grown || !archives);
                if used + text.len() > share && !is_there {
                    segment.local_is_stale = segment.local.is_some();
                    segment.local_bytes = former_bytes;
                    keeping.local_bytes += former_bytes;
                    if archives && !was_archived {
                        put(transaction, &keeping.prefix, id, segment, next);
                    }
                    continue;
                }
                keeping.local_bytes += text.len();
                segment.local_bytes = text.len();
                segment.local_is_stale = false;
                let key = segment::local_key(&keeping.prefix, id, segment.number);
                segment.local = Some(key.clone());
                self.outputs.push(local(key, Some(text)));
                if archives && !was_archived {
                    keeping.due.get_or_insert_with(|| now.after(ARCHIVE_MILLIS));
                }
            }
        }
    }

    /// A segment could not be written to localStorage: its place is in the archive. False if the write was none of ours.
    pub(in crate::core) fn handle_unstored(&mut self, write: &Write, now: MonotonicTime) -> bool {
        if write.place != Place::Outbox {
            return false;
        }
        let journals = [Some(&mut self.own), self.adopted.as_mut()];
        for segment in journals
            .into_iter()
            .flatten()
            .flat_map(|journal| &mut journal.segments)
        {
            if segment.local.as_ref() == Some(&write.name) {
                // What was there before is there still, and goes when the archive has all of it.
                segment.local_is_stale = true;
                // Where the archive does nothing either, it is left alone for a while.
                if self.keeping.archives() {
                    self.keeping.due = Some(now);
                } else {
                    let later = now.after(RETRY_MILLIS);
                    self.keeping.due.get_or_insert(later);
                }
            }
        }
        true
    }

    /// What is done leaves the journals.
    pub(super) fn remove_done(&mut self) {
        let journals = [Some(&mut self.own), self.adopted.as_mut()];
        for journal in journals.into_iter().flatten() {
            for segment in &mut journal.segments {
                let is_done = |entry: &Entry| entry.state == State::Done;
                if segment.entries.iter().all(is_done) {
                    self.keeping.take_off(segment);
                }
            }
            journal.remove_done();
        }
        let is_archived = |segment: &Segment| segment.archived.is_some();
        if self.own.segments.iter().all(is_archived) && self.keeping.unremoved.is_empty() {
            self.keeping.due = None;
        }
        self.keeping.has_holes = true;
    }
}

pub(super) fn local(name: String, value: Option<String>) -> Output {
    Output::Store(Write {
        place: Place::Outbox,
        name,
        value,
    })
}
