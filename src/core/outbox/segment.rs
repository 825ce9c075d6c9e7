//! The form in which waiting events are stored: segments of a journal, each a text of lines under a key of its own.
//!
//! A line that begins with `E` is a record: the event's own part. One that begins with `S` is what the records behind it
//! share, so that neighbours of one page store their common properties once. A key tells the journal, the segment's number
//! within it, and, in the archive, how many records and bytes there are, so that nobody has to read a segment to know
//! what dropping it would cost.

use std::rc::Rc;

use super::super::event::Record;
use super::super::id::is_uuid;
use super::super::json;
use super::super::text;

/// What every key begins with; the project's token follows.
const PREFIX: &str = "hoglet_outbox_";

/// Where a segment lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shelf {
    /// localStorage: at once, but the browser writes it to disk seconds later.
    Local,
    /// IndexedDB: later, but on disk when it is done.
    Archive,
}

/// A key of a stored segment, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The whole key.
    pub(super) text: String,
    pub(super) shelf: Shelf,
    pub(super) journal: String,
    pub(super) number: u32,
    pub(super) records: usize,
    pub(super) bytes: usize,
}

/// What the keys of a project's segments begin with.
pub(super) fn prefix(token: &str) -> String {
    text::concat(&[PREFIX, token, "_"])
}

/// The key of a segment in localStorage, which does not change while the segment grows.
pub(super) fn local_key(prefix: &str, journal: &str, number: u32) -> String {
    let mut key = text::concat(&[prefix, journal, "_"]);
    // Keys sort as the segments do.
    json::push_padded(&mut key, u64::from(number), 8);
    key
}

/// The key of a segment in the archive.
pub(super) fn archive_key(
    prefix: &str,
    journal: &str,
    number: u32,
    records: usize,
    bytes: usize,
) -> String {
    let mut key = local_key(prefix, journal, number);
    for count in [records, bytes] {
        json::push_byte(&mut key, b'_');
        json::push_integer(&mut key, count as u64);
    }
    key
}

impl Key {
    /// Reads a line of what the adapter found: `l` or `a` for the shelf, the key, and for localStorage a space and the
    /// bytes.
    pub(super) fn read(line: &str, prefix: &str) -> Option<Self> {
        let shelf = match line.as_bytes().first()? {
            b'l' => Shelf::Local,
            b'a' => Shelf::Archive,
            _ => return None,
        };
        let whole = text::before(text::slice(line, 1, line.len()), " ");
        let rest = whole.strip_prefix(prefix)?;
        let mut parts = text::parts(rest, "_");
        let journal = parts.next().filter(|id| is_uuid(id))?.to_owned();
        let mut next = || parts.next().and_then(digits);
        let number = next()?;
        let records = next().unwrap_or(0) as usize;
        let told = text::after(line, " ").and_then(digits);
        let bytes = next().or(told).unwrap_or(0) as usize;
        Some(Self {
            text: whole.to_owned(),
            shelf,
            journal,
            number: u32::try_from(number).ok()?,
            records,
            bytes,
        })
    }
}

/// A whole number, which may have zeros in front.
pub(super) fn digits(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 15 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = bytes.iter().map(|byte| u64::from(byte - b'0'));
    Some(digits.fold(0, |number, digit| number * 10 + digit))
}

/// The text of records.
pub(super) fn write<'a>(records: impl Iterator<Item = &'a Record>) -> String {
    let mut text = String::new();
    let mut shared: Option<&Rc<str>> = None;
    for record in records {
        let is_shared = shared.map_or(record.shared().is_empty(), |shared| {
            Rc::ptr_eq(shared, record.shared()) || **shared == **record.shared()
        });
        if !is_shared {
            text.push_str("\nS");
            text.push_str(record.shared());
        }
        shared = Some(record.shared());
        text.push_str("\nE");
        text.push_str(record.own());
    }
    text
}

/// The records of a text. What is no record, for the text was damaged, is left out.
pub(super) fn read(text: &str) -> Vec<Record> {
    let mut records = Vec::new();
    let mut shared: Rc<str> = "".into();
    for line in text::parts(text, "\n") {
        let rest = text::slice(line, 1, line.len());
        match line.as_bytes().first() {
            Some(b'S') => shared = rest.into(),
            Some(b'E') => records.extend(Record::stored(rest, &shared)),
            _ => {}
        }
    }
    records
}
