//! A journal: what one page load has captured and not delivered, in the order of capture.
//!
//! It consists of segments, which are what is written, read and removed. A record leaves it when the server has
//! acknowledged it, or when it is given up and counted. Appending costs the same however long the journal is.

use std::rc::Rc;

use super::super::event::Record;
use super::segment;

/// A segment that has been stored takes more records up to this many bytes: each of them writes it anew.
const MAX_GROWING_BYTES: usize = 4_096;

/// The bytes of a segment that a burst fills, unless a single record is larger: so many are written or read at a time.
pub(super) const MAX_SEGMENT_BYTES: usize = 32_768;

/// What is being done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It waits for its turn.
    Waiting,
    /// The request of this number carries it.
    UnderWay(u32),
    /// The server takes nothing for now: it is kept for the next visit.
    Withheld,
    /// It is done: delivered, or given up.
    Done,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) record: Record,
    pub(super) state: State,
}

/// A part of a journal.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u32,
    /// What is not done, if it is loaded.
    pub(super) entries: Vec<Entry>,
    /// Whether the entries are in memory; else they are stored only.
    pub(super) is_loaded: bool,
    /// How many records there are, and the bytes that they take where they are stored.
    pub(super) records: usize,
    pub(super) bytes: usize,
    /// The key in localStorage, if it lies there.
    pub(super) local: Option<String>,
    /// The bytes that lie there.
    pub(super) local_bytes: usize,
    /// Whether what lies there is not what is here, for the browser has refused the last write.
    pub(super) local_is_stale: bool,
    /// The key in the archive, if it lies there or is on its way.
    pub(super) archived: Option<String>,
    /// Keys in the archive under which it may lie too, until a transaction has removed them.
    pub(super) former: Vec<String>,
    /// The transaction that brings it to the archive; 0 for none.
    pub(super) archiving: u32,
    /// Whether it has changed since it was stored.
    pub(super) is_dirty: bool,
    /// Whether it has become larger since.
    pub(super) has_grown: bool,
}

impl Segment {
    fn new(number: u32) -> Self {
        Self {
            number,
            entries: Vec::new(),
            is_loaded: true,
            records: 0,
            bytes: 0,
            local: None,
            local_bytes: 0,
            local_is_stale: false,
            archived: None,
            former: Vec::new(),
            archiving: 0,
            is_dirty: false,
            has_grown: false,
        }
    }

    /// The bytes that one more record would take: what it shares with the last one is stored already.
    fn weight(&self, record: &Record) -> usize {
        let is_shared = |last: &Entry| Rc::ptr_eq(last.record.shared(), record.shared());
        let shared = match self.entries.last() {
            Some(last) if is_shared(last) => 0,
            _ => record.shared().len(),
        };
        record.own().len() + shared
    }

    fn add(&mut self, record: Record) {
        self.records += 1;
        self.bytes += self.weight(&record);
        self.is_dirty = true;
        self.has_grown = true;
        self.entries.push(Entry {
            record,
            state: State::Waiting,
        });
    }

    /// Takes what it holds from now on.
    pub(super) fn fill(&mut self, entries: Vec<Entry>) {
        self.is_loaded = true;
        self.records = 0;
        self.bytes = 0;
        for entry in entries {
            self.records += 1;
            self.bytes += self.weight(&entry.record);
            self.entries.push(entry);
        }
    }

    /// Gives up what is in it, but for what tells that others were given up. Answers how many records that were; of one
    /// in localStorage, which nobody has read, one.
    pub(super) fn give_up(&mut self) -> usize {
        let before = self.records.max(1);
        let mut entries = std::mem::take(&mut self.entries);
        entries.retain(|entry| entry.record.is_warning());
        self.fill(entries);
        let given_up = before - self.records;
        self.is_dirty |= given_up > 0;
        given_up
    }

    /// Whether all that is in it outlives the page, for certain.
    pub(super) fn is_stored(&self) -> bool {
        self.local.is_some() && !self.local_is_stale || self.is_safe()
    }

    /// It lies nowhere any more.
    pub(super) fn forget_places(&mut self) {
        self.local = None;
        self.local_bytes = 0;
        self.local_is_stale = false;
        self.archived = None;
        self.former.clear();
        self.archiving = 0;
    }

    /// Whether it lies in the archive for certain.
    pub(super) fn is_safe(&self) -> bool {
        self.archived.is_some() && self.archiving == 0
    }

    /// Its text.
    pub(super) fn text(&self) -> String {
        segment::write(self.entries.iter().map(|entry| &entry.record))
    }
}

#[derive(Debug)]
pub(super) struct Journal {
    /// A uuid of version 7, which tells when it began.
    pub(super) id: String,
    pub(super) segments: Vec<Segment>,
    next_number: u32,
    /// Keys of what is done, to be removed from localStorage and from the archive.
    pub(super) emptied: Vec<String>,
    pub(super) emptied_archive: Vec<String>,
}

impl Journal {
    pub(super) fn new(id: String) -> Self {
        Self {
            id,
            segments: Vec::new(),
            next_number: 0,
            emptied: Vec::new(),
            emptied_archive: Vec::new(),
        }
    }

    /// Another page's journal, from the keys of what it has stored.
    pub(super) fn adopted(id: String, keys: Vec<segment::Key>) -> Self {
        let mut this = Self::new(id);
        for key in keys {
            // Keys come in order for each place, so that most belong at the end.
            let before = |segment: &Segment| segment.number < key.number;
            let at = this
                .segments
                .iter()
                .rposition(before)
                .map_or(0, |at| at + 1);
            if this
                .segments
                .get(at)
                .is_none_or(|found| found.number != key.number)
            {
                let mut segment = Segment::new(key.number);
                segment.is_loaded = false;
                this.segments.insert(at, segment);
            }
            let segment = &mut this.segments[at];
            if key.shelf == segment::Shelf::Archive {
                // A page whose archive failed while a part was done has left the whole beside the rest.
                if let Some(other) = &segment.archived {
                    let is_whole = key.records > segment.records;
                    let whole = if is_whole {
                        key.text.clone()
                    } else {
                        other.clone()
                    };
                    this.emptied_archive.push(whole);
                    if is_whole {
                        continue;
                    }
                }
                segment.records = key.records;
                segment.bytes = key.bytes;
            }
            match key.shelf {
                segment::Shelf::Local => segment.local = Some(key.text),
                segment::Shelf::Archive => segment.archived = Some(key.text),
            }
        }
        this
    }

    /// Takes a record.
    pub(super) fn push(&mut self, record: Record) {
        let has_room = |segment: &Segment| {
            segment.is_loaded
                && segment.archived.is_none()
                // What may be in the archive all the same must not be less than what is in localStorage.
                && segment.former.is_empty()
                && segment.local_bytes < MAX_GROWING_BYTES
                && segment.bytes + segment.weight(&record) <= MAX_SEGMENT_BYTES
        };
        if !self.segments.last().is_some_and(has_room) {
            self.segments.push(Segment::new(self.next_number));
            self.next_number += 1;
        }
        if let Some(last) = self.segments.last_mut() {
            last.add(record);
        }
    }

    /// The entries that are in memory.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.segments.iter().flat_map(|segment| &segment.entries)
    }

    pub(super) fn entries_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.segments
            .iter_mut()
            .flat_map(|segment| &mut segment.entries)
    }

    /// How many records it holds, as far as that is known without reading them.
    pub(super) fn len(&self) -> usize {
        self.segments.iter().map(|segment| segment.records).sum()
    }

    /// Takes out what is done.
    pub(super) fn remove_done(&mut self) {
        for segment in &mut self.segments {
            let before = segment.entries.len();
            segment.entries.retain(|entry| entry.state != State::Done);
            if segment.entries.len() < before {
                let entries = std::mem::take(&mut segment.entries);
                segment.fill(entries);
                segment.is_dirty = true;
            }
        }
        self.drop_empty();
    }

    /// Drops the segments that hold nothing any more; their keys are to be removed.
    pub(super) fn drop_empty(&mut self) {
        let (emptied, emptied_archive) = (&mut self.emptied, &mut self.emptied_archive);
        self.segments.retain_mut(|segment| {
            let is_empty = segment.is_loaded && segment.entries.is_empty();
            if is_empty {
                emptied.extend(segment.local.take());
                emptied_archive.extend(segment.archived.take());
                emptied_archive.append(&mut segment.former);
            }
            !is_empty
        });
    }
}
