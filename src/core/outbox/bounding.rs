//! How much waits at most: in memory, in the archive, and for how long. Beyond that the oldest events go, and are counted.

use super::super::config::{Config, Number};
use super::super::id::uuid_time;
use super::super::time::Now;
use super::journal::{Segment, State};
use super::{Outbox, blocked};

/// The bytes of this page's events that stay in memory while they are in the archive too.
const MAX_MEMORY_BYTES: usize = 2_000_000;

/// The most bytes of this page's events that are held in memory while they can be stored nowhere.
const MAX_UNSTORED_BYTES: usize = 8_000_000;

const DAY_MILLIS: u64 = 24 * 60 * 60 * 1_000;

/// Events that were given up since this was asked last.
#[derive(Debug, Default)]
pub(super) struct GivenUp {
    too_old: usize,
    no_room: usize,
}

impl Outbox {
    /// Lets go of the texts of the latest events that are safe in the archive, if there are too many.
    pub(super) fn unload(&mut self) {
        let loaded = |segment: &&mut Segment| segment.is_loaded;
        let bytes = |segment: &Segment| segment.bytes;
        let segments = self.own.segments.iter().filter(|segment| segment.is_loaded);
        let mut left: usize = segments.map(bytes).sum();
        for segment in self.own.segments.iter_mut().rev().filter(loaded) {
            let waits = segment
                .entries
                .iter()
                .all(|entry| entry.state == State::Waiting);
            if left <= MAX_MEMORY_BYTES {
                break;
            }
            if segment.is_safe() && waits {
                left -= segment.bytes;
                segment.entries = Vec::new();
                segment.is_loaded = false;
            }
        }
    }

    /// Gives up the oldest events that are stored nowhere, or for which the archive has no room.
    pub(super) fn bound_memory(&mut self, config: &Config) {
        let limit = self.archive_limit(config);
        let mut unstored = 0;
        let mut archived = self.keeping.others_archive_bytes;
        // Most pages hold little, and counting it would cost more than capturing.
        if self.waiting_bytes < MAX_UNSTORED_BYTES.min(limit.saturating_sub(archived)) {
            return;
        }
        for segment in &self.own.segments {
            if segment.archived.is_some() {
                archived += segment.bytes;
            } else if segment.local.is_none() {
                unstored += segment.bytes;
            }
        }
        let mut dropped = 0;
        for segment in &mut self.own.segments {
            let is_over = if segment.archived.is_some() {
                archived > limit
            } else {
                segment.local.is_none() && unstored > MAX_UNSTORED_BYTES
            };
            let waits = segment
                .entries
                .iter()
                .all(|entry| !matches!(entry.state, State::UnderWay(_)));
            if !is_over || !waits {
                continue;
            }
            if segment.archived.is_some() {
                archived -= segment.bytes;
            } else {
                unstored -= segment.bytes;
            }
            dropped += segment.give_up();
            self.keeping.take_off(segment);
        }
        if dropped > 0 {
            self.waiting = self.waiting.saturating_sub(dropped);
            let waiting = self.own.entries();
            let waiting = waiting.filter(|entry| entry.state == State::Waiting);
            self.waiting_bytes = waiting.map(|entry| entry.record.bytes()).sum();
            self.urgent = self.urgent.min(self.waiting);
            if self.waiting == 0 {
                self.waiting_since = None;
            }
            self.given_up.no_room += dropped;
            self.keeping.note_hole();
            self.own.drop_empty();
        }
    }

    /// Gives up what an adopted journal holds beyond the limits of age and room.
    pub(super) fn bound_adopted(&mut self, now: Now, config: &Config) {
        let limit = self.archive_limit(config);
        let Some(journal) = &mut self.adopted else {
            return;
        };
        let oldest = config.number(Number::OutboxDays) * DAY_MILLIS;
        let began = uuid_time(&journal.id);
        let is_old =
            began.is_some_and(|began| began < now.wall && began.distance(now.wall) > oldest);
        let mut total = self.keeping.others_archive_bytes;
        for segment in &mut journal.segments {
            let is_over = total > limit && segment.archived.is_some();
            if is_over || is_old {
                total = total.saturating_sub(segment.bytes);
                let count = segment.give_up();
                if is_old {
                    self.given_up.too_old += count;
                } else {
                    self.given_up.no_room += count;
                }
                self.keeping.note_hole();
            }
        }
        self.keeping.others_archive_bytes = total;
        journal.drop_empty();
    }

    /// The bytes that the archive may hold.
    fn archive_limit(&self, config: &Config) -> usize {
        let limit = config.number(Number::OutboxArchiveBytes) as usize;
        if self.blocked.is_known() {
            limit.min(blocked::MAX_BYTES)
        } else {
            limit
        }
    }

    /// How many events were given up for their age and for want of room, since this was asked last.
    pub(in crate::core) fn take_given_up(&mut self) -> [(&'static str, usize); 2] {
        let GivenUp { too_old, no_room } = std::mem::take(&mut self.given_up);
        [("too_old", too_old), ("no_room", no_room)]
    }
}
