//! What goes to the archive and what leaves it, in transactions; and what is done where the archive does nothing.

use super::super::client::Output;
use super::super::text;
use super::super::time::MonotonicTime;
use super::journal::{Journal, Segment};
use super::keeping::{Keeping, local};
use super::{Outbox, segment};

/// How long events wait for the archive: most are delivered before, and a transaction costs more than a write.
pub(super) const ARCHIVE_MILLIS: u64 = 1_000;

/// How long an archive that does nothing is left alone, in milliseconds.
pub(super) const RETRY_MILLIS: u64 = 60_000;

/// So many failures in a row, and the archive is left alone for a while.
const MAX_FAILURES: u32 = 3;

/// Changes of the archive that are made together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// To be named in [`super::super::Client::handle_archived`].
    pub id: u32,
    /// Keys and texts to store.
    pub puts: Vec<(String, String)>,
    /// Keys to remove.
    pub removals: Vec<String>,
}

impl Keeping {
    /// Whether all that is to be removed of a journal has been, or cannot be.
    pub(super) fn has_removed(&self, journal: &str) -> bool {
        let removing = self.removing.iter().flat_map(|(_, keys)| keys);
        let mut keys = removing.chain(&self.unremoved);
        !self.archives() || !keys.any(|key| text::contains(key, journal))
    }

    /// Watches over a segment that its journal lets go of before it is safe.
    pub(super) fn watch(&mut self, segment: Segment) {
        self.limbo.push(segment);
    }

    /// Has keys removed by a later transaction.
    fn remove_later(&mut self, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            if !self.unremoved.contains(&key) {
                self.unremoved.push(key);
            }
        }
    }

    pub(super) fn archives(&self) -> bool {
        self.failures < MAX_FAILURES
    }
}

impl Outbox {
    /// Has a transaction made; at the time for it, with what could not be removed before.
    pub(super) fn issue(&mut self, mut transaction: Transaction, is_due: bool) {
        let keeping = &mut self.keeping;
        let is_put = |key: &String| transaction.puts.iter().any(|(put, _)| put == key);
        keeping.unremoved.retain(|key| !is_put(key));
        if is_due {
            transaction.removals.append(&mut keeping.unremoved);
        }
        if transaction.puts.is_empty() && transaction.removals.is_empty() {
            return;
        }
        keeping.last_transaction += 1;
        transaction.id = keeping.last_transaction;
        if !transaction.removals.is_empty() {
            let removals = transaction.removals.clone();
            keeping.removing.push((transaction.id, removals));
        }
        self.outputs.push(Output::Archive(transaction));
    }

    /// Brings to the archive what is not there yet; of an adopted journal, what is stored nowhere.
    pub(super) fn archive_rest(&mut self, now: MonotonicTime, transaction: &mut Transaction) {
        let keeping = &mut self.keeping;
        let is_due = keeping.due.take_if(|due| *due <= now).is_some();
        if is_due && !keeping.archives() {
            // It may have come back.
            keeping.failures = MAX_FAILURES - 1;
        }
        if !keeping.archives() {
            return;
        }
        let next = keeping.last_transaction + 1;
        for (journal, is_own) in [(Some(&mut self.own), true), (self.adopted.as_mut(), false)] {
            let Some(Journal { id, segments, .. }) = journal else {
                continue;
            };
            for segment in segments {
                let is_wanted = is_own || !segment.is_stored();
                if is_wanted && segment.archived.is_none() && segment.is_loaded {
                    put(transaction, &keeping.prefix, id, segment, next);
                }
            }
        }
    }

    /// A transaction has been made, or has failed; it may be made all the same, if it only took its time.
    pub(in crate::core) fn handle_archived(&mut self, id: u32, is_done: bool, now: MonotonicTime) {
        let keeping = &mut self.keeping;
        keeping.failures = if is_done { 0 } else { keeping.failures + 1 };
        let told = |(transaction, _): &mut (u32, _)| *transaction == id;
        let removed = keeping
            .removing
            .extract_if(.., told)
            .flat_map(|(_, keys)| keys);
        let removed: Vec<String> = removed.collect();
        let is_told = |segment: &mut Segment| segment.archiving == id;
        let in_limbo: Vec<Segment> = keeping.limbo.extract_if(.., is_told).collect();
        if !is_done {
            keeping.remove_later(removed);
            let rest = if keeping.archives() {
                ARCHIVE_MILLIS
            } else {
                RETRY_MILLIS
            };
            keeping.due.get_or_insert_with(|| now.after(rest));
        }
        for journal in [Some(&mut self.own), self.adopted.as_mut()]
            .into_iter()
            .flatten()
        {
            for segment in &mut journal.segments {
                if segment.archiving != id {
                    continue;
                }
                segment.archiving = 0;
                if !is_done {
                    segment.former.extend(segment.archived.take());
                    segment.is_dirty = !segment.is_stored();
                    keeping.has_holes |= segment.is_dirty;
                    continue;
                }
                segment.former.clear();
                segment.local_is_stale = false;
                if let Some(key) = segment.local.take() {
                    keeping.take_off(segment);
                    self.outputs.push(local(key, None));
                }
            }
        }
        if !is_done {
            for segment in in_limbo {
                self.keeping.remove_later(segment.archived);
                for entry in segment.entries {
                    self.push(entry.record, true, now);
                }
            }
        }
        self.unload();
    }
}

/// Puts what is left of a segment in the archive, and removes what was there of it.
pub(super) fn put(
    transaction: &mut Transaction,
    prefix: &str,
    journal: &str,
    segment: &mut Segment,
    id: u32,
) {
    let key = segment::archive_key(
        prefix,
        journal,
        segment.number,
        segment.records,
        segment.bytes,
    );
    segment.former.extend(segment.archived.replace(key.clone()));
    segment.former.retain(|former| *former != key);
    transaction.removals.extend_from_slice(&segment.former);
    segment.archiving = id;
    segment.is_dirty = false;
    transaction.puts.push((key, segment.text()));
}
