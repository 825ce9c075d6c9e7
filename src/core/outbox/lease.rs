//! Whose a journal is where the browser has no Web Locks: its owner's for a while, which the owner prolongs.
//!
//! A lease is a key beside the segments that tells until when it lasts and whose it is. A page that finds its own to have
//! run out, for it was asleep, has lost its journal. A page that takes another's journal over writes a lease of its own and
//! looks once more before it sends: of two that do so, the later lease counts.

use super::super::id::uuid_time;
use super::super::json;
use super::super::text;
use super::super::time::{MonotonicTime, Now, WallTime};
use super::Outbox;
use super::keeping::local;
use super::segment::digits;

/// How long a lease lasts, in milliseconds; after half of it, it is prolonged.
const LEASE_MILLIS: u64 = 60_000;

/// How long after its end a journal is nobody's: timers of hidden pages ring late, and clocks are read at different times.
const GRACE_MILLIS: u64 = 15_000;

/// How long two pages that take over the same journal have to see it.
const CONFIRM_MILLIS: u64 = 1_500;

const MARK: &str = "_lease_";

/// The leases that this page holds.
#[derive(Debug, Default)]
pub(super) struct Leases {
    /// Whether pages need them; false while that is not known.
    pub(super) are_needed: bool,
    /// Until when this page's last, and when they are to be prolonged.
    until: Option<WallTime>,
    prolong_at: Option<MonotonicTime>,
    /// Their keys.
    keys: Vec<String>,
}

impl Leases {
    pub(super) fn timeout(&self) -> Option<MonotonicTime> {
        self.prolong_at
    }

    /// Whether they ran out while this page was asleep.
    pub(super) fn has_lost(&self, now: Now) -> bool {
        self.until.is_some_and(|until| until < now.wall)
    }
}

/// A lease, as it is found: the journal, until when, and whose.
fn read<'a>(line: &'a str, prefix: &str) -> Option<(&'a str, WallTime, &'a str)> {
    let rest = text::before(line.strip_prefix('l')?, " ").strip_prefix(prefix)?;
    let end = text::after(rest, MARK)?;
    let until = digits(text::before(end, "_"))?;
    Some((
        text::before(rest, MARK),
        WallTime::from_millis(until),
        text::after(end, "_")?,
    ))
}

impl Outbox {
    /// Prolongs the leases that are needed, and gives the others up.
    pub(super) fn prolong(&mut self, now: Now) {
        if !self.leases.are_needed || self.has_left {
            return;
        }
        let adopted = self.adopted.as_ref().map(|journal| &*journal.id);
        let own = (!self.own.segments.is_empty()).then_some(&*self.own.id);
        let journals = [own, adopted, self.adoption.claiming()];
        let wanted: Vec<&str> = journals.into_iter().flatten().collect();
        let is_due = self.leases.prolong_at.is_none_or(|at| at <= now.monotonic);
        if !is_due && wanted.len() == self.leases.keys.len() {
            return;
        }
        let until = WallTime::from_millis(now.wall.as_millis() + LEASE_MILLIS);
        let keys: Vec<String> = wanted
            .into_iter()
            .map(|journal| {
                let until = json::integer(until.as_millis());
                text::concat(&[
                    &self.keeping.prefix,
                    journal,
                    MARK,
                    &until,
                    "_",
                    &self.own.id,
                ])
            })
            .collect();
        for key in &keys {
            self.outputs.push(local(key.clone(), Some("1".to_owned())));
        }
        for key in std::mem::replace(&mut self.leases.keys, keys) {
            if !self.leases.keys.contains(&key) {
                self.outputs.push(local(key, None));
            }
        }
        let holds = !self.leases.keys.is_empty();
        self.leases.until = holds.then_some(until);
        self.leases.prolong_at = holds.then(|| now.monotonic.after(LEASE_MILLIS / 2));
    }

    /// Gives all leases up.
    pub(super) fn end_leases(&mut self) {
        for key in self.leases.keys.drain(..) {
            self.outputs.push(local(key, None));
        }
        self.leases.until = None;
        self.leases.prolong_at = None;
    }

    /// Whether a journal is somebody's, going by the leases that a survey has found.
    pub(super) fn is_leased(&self, journal: &str, keys: &str, now: Now) -> bool {
        match self.lease_of(journal, keys) {
            Some((until, _)) => {
                let rest = until.as_millis() + GRACE_MILLIS;
                let now = now.wall.as_millis();
                // One that lasts too long was written before the clock was set back.
                rest > now && rest - now < 2 * LEASE_MILLIS
            }
            // Its page writes one as soon as it knows that there are no locks.
            None => uuid_time(journal).is_some_and(|began| began.distance(now.wall) < LEASE_MILLIS),
        }
    }

    /// Whether the last lease of a journal is this page's, so that it was faster than others.
    pub(super) fn has_leased(&self, journal: &str, keys: &str) -> bool {
        self.lease_of(journal, keys)
            .is_some_and(|(_, owner)| owner == self.own.id)
    }

    /// Removes the leases that others have left of a journal.
    pub(super) fn end_former_leases(&mut self, journal: &str, keys: &str) {
        for line in text::parts(keys, "\n") {
            let key = text::before(text::slice(line, 1, line.len()), " ");
            let is_its = read(line, &self.keeping.prefix).is_some_and(|(of, ..)| of == journal);
            if is_its && !self.leases.keys.iter().any(|own| own == key) {
                self.outputs.push(local(key.to_owned(), None));
            }
        }
    }

    /// Until when the last lease of a journal lasts, and whose it is.
    fn lease_of<'a>(&self, journal: &str, keys: &'a str) -> Option<(WallTime, &'a str)> {
        text::parts(keys, "\n")
            .filter_map(|line| read(line, &self.keeping.prefix))
            .filter(|(of, ..)| *of == journal)
            .map(|(_, until, owner)| (until, owner))
            .max()
    }

    /// Has the next survey come soon enough to confirm what was claimed.
    pub(super) fn confirm_soon(&mut self, now: Now) {
        self.adoption.survey_at(now.monotonic.after(CONFIRM_MILLIS));
    }
}
