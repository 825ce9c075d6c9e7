//! Where events lie: localStorage, and behind it the archive.

use hoglet::core::id::is_uuid;
use hoglet::core::persistence::{Place, Write};

use crate::archive::{Kind, Reply};
use crate::ledger::{EventId, uuids};
use crate::page::PageId;
use crate::world::{World, trace};

pub(crate) const OUTBOX: &str = "hoglet_outbox_phc_test_";

/// How long ago a killed browser can have written localStorage to disk last, in milliseconds.
pub(crate) const WRITTEN_TO_DISK_AFTER: u64 = 8_000;

impl World {
    // localStorage.

    /// Writes a value as the adapter does; false if it is refused.
    pub(crate) fn write(&mut self, page: PageId, write: &Write) -> bool {
        let is_ours = write.place == Place::Outbox && is_segment(&write.name);
        if matches!(write.place, Place::LocalStorage | Place::Outbox) {
            let former = self.browser.local(&write.name);
            self.undo.push_back((self.now, write.name.clone(), former));
            while self
                .undo
                .front()
                .is_some_and(|(at, ..)| at + WRITTEN_TO_DISK_AFTER < self.now)
            {
                self.undo.pop_front();
            }
        }
        let is_refused = write.place == Place::Outbox
            && write.value.is_some()
            && self.chance.happens(self.setting.refused_write);
        let is_written = !is_refused && self.tabs[self.pages[page].tab].storage.write(write);
        if is_ours {
            let is_there = is_written && write.value.is_some();
            let what = match (is_written, is_there) {
                (true, true) => "stores",
                (true, false) => "removes",
                (false, _) => "cannot store",
            };
            trace!(self, "page {page} {what} {}", &write.name[OUTBOX.len()..]);
            let text = if is_there {
                write.value.as_deref()
            } else {
                None
            };
            let ids = self.known(page, text.unwrap_or_default());
            if is_written {
                self.index_local(&write.name, ids);
            } else {
                // What is done stays there.
                for id in self.local_events.get(&write.name).into_iter().flatten() {
                    self.ledger.events[*id].may_return = true;
                }
            }
            let value = write.value.as_deref().unwrap_or_default();
            for id in self.known(page, value) {
                self.ledger.events[id].local_refused = !is_written;
                self.ledger.note(
                    id,
                    self.now,
                    if is_written {
                        "in localStorage by page"
                    } else {
                        "refused by localStorage to page"
                    },
                    page,
                );
            }
        }
        is_written
    }

    /// Cuts a value off while it is written.
    pub(crate) fn tear(&mut self, page: PageId, write: &Write) {
        let Some(value) = write
            .value
            .as_ref()
            .filter(|_| write.name.starts_with(OUTBOX))
        else {
            return;
        };
        let end = self.chance.below(value.len() as u64) as usize;
        let end = (0..=end)
            .rev()
            .find(|end| value.is_char_boundary(*end))
            .unwrap_or(0);
        trace!(
            self,
            "page {page} tears {} at {end} of {}",
            &write.name[OUTBOX.len()..],
            value.len()
        );
        let (there, gone) = value.split_at(end);
        // The last record that is there is whole only if the next begins where it ends.
        let whole = if gone.starts_with('\n') {
            there
        } else {
            there.rsplit_once('\n').map_or("", |(whole, _)| whole)
        };
        let cut = Write {
            value: Some(there.to_owned()),
            ..write.clone()
        };
        self.write(page, &cut);
        let whole = self.known(page, whole);
        for id in self.known(page, value) {
            if !whole.contains(&id) {
                self.ledger.note(id, self.now, "torn on page", page);
                let event = &mut self.ledger.events[id];
                event.excuse = Some("torn");
            }
        }
        self.index_local(&write.name, whole);
    }

    /// The events of a text. One that nobody has told of is the client's own.
    pub(crate) fn known(&mut self, page: PageId, text: &str) -> Vec<EventId> {
        let mut ids = Vec::new();
        for uuid in uuids(text) {
            match self.ledger.find(uuid) {
                Some(id) => ids.push(id),
                None => ids.push(self.note_own(page, text, uuid)),
            }
        }
        ids
    }

    pub(crate) fn index_local(&mut self, key: &str, ids: Vec<EventId>) {
        for &id in &ids {
            self.ledger.events[id].local += 1;
        }
        for id in self
            .local_events
            .insert(key.to_owned(), ids)
            .into_iter()
            .flatten()
        {
            self.ledger.events[id].local -= 1;
        }
    }

    pub(crate) fn index_archive(&mut self, key: &str, ids: Vec<EventId>) {
        for &id in &ids {
            self.ledger.events[id].archived += 1;
            self.ledger.events[id].was_archived = true;
        }
        for id in self
            .archived_events
            .insert(key.to_owned(), ids)
            .into_iter()
            .flatten()
        {
            self.ledger.events[id].archived -= 1;
        }
    }

    /// The whole browser dies: what it had not written to disk yet is as if it had never been.
    pub(crate) fn lose_latest(&mut self) {
        let since = self
            .now
            .saturating_sub(self.chance.below(WRITTEN_TO_DISK_AFTER));
        trace!(self, "localStorage is as it was at {since} ms");
        while self.undo.back().is_some_and(|(at, ..)| *at > since) {
            let Some((_, key, former)) = self.undo.pop_back() else {
                break;
            };
            let ids = uuids(former.as_deref().unwrap_or_default())
                .filter_map(|uuid| self.ledger.find(uuid))
                .collect();
            {
                let mut contents = self.browser.contents();
                match former {
                    Some(value) => contents.local.insert(key.clone(), value),
                    None => contents.local.remove(&key),
                };
            }
            if key.starts_with(OUTBOX) {
                self.index_local(&key, ids);
            }
        }
        let done = self.chance.below(self.jobs.len() as u64 + 1);
        for _ in 0..done {
            self.serve();
        }
        while let Some(job) = self.jobs.pop_front() {
            self.abort(job);
        }
    }

    /// The keys of localStorage that begin so, as the adapter tells them.
    pub(crate) fn local_lines(&self, prefix: &str) -> Vec<String> {
        let contents = self.browser.contents();
        let entries = contents
            .local
            .iter()
            .filter(|(key, _)| key.starts_with(prefix));
        entries
            .map(|(key, text)| format!("l{key} {}", text.len()))
            .collect()
    }

    pub(crate) fn archive_lines(&self, prefix: &str) -> Vec<String> {
        let contents = self.browser.contents();
        let keys = contents
            .archive
            .keys()
            .filter(|key| key.starts_with(prefix));
        keys.map(|key| format!("a{key}")).collect()
    }

    pub(crate) fn survey(&mut self, page: PageId) {
        let local = self.local_lines(OUTBOX);
        self.ask_archive(page, Kind::Survey(local));
    }

    pub(crate) fn retrieve(&mut self, page: PageId, keys: &[String]) {
        let is_given = |_: &String, chance: &mut crate::chance::Chance, in_thousand| {
            !chance.happens(in_thousand)
        };
        let mut found = Vec::new();
        for key in keys {
            let text = self.browser.local(key);
            found.push((
                key.clone(),
                text.filter(|_| is_given(key, &mut self.chance, self.setting.ungiven_segment)),
            ));
        }
        if found.iter().all(|(_, text)| text.is_some()) {
            self.reply(page, self.pages[page].generation, Reply::Retrieved(found));
        } else {
            self.ask_archive(page, Kind::Retrieve(found));
        }
    }

    pub(crate) fn purge(&mut self, page: PageId) {
        let keys: Vec<String> = {
            let contents = self.browser.contents();
            contents
                .local
                .keys()
                .filter(|key| key.starts_with(OUTBOX))
                .cloned()
                .collect()
        };
        for name in keys {
            let ids = self.local_events.get(&name).cloned();
            self.note_purged(ids);
            self.write(
                page,
                &Write {
                    place: Place::LocalStorage,
                    name,
                    value: None,
                },
            );
        }
        self.ask_archive(page, Kind::Purge);
    }

    /// What was captured after the visitor had agreed again can be removed by a page that only now does what followed from the
    /// refusal before. It is as if the browser had not stored it.
    pub(crate) fn note_purged(&mut self, ids: Option<Vec<EventId>>) {
        for id in ids.into_iter().flatten() {
            let event = &mut self.ledger.events[id];
            event.archive_refused |= event.forbidden_at.is_none();
        }
    }
}

/// Whether a key is that of a segment of events.
pub(crate) fn is_segment(key: &str) -> bool {
    key.strip_prefix(OUTBOX).is_some_and(|rest| {
        rest.len() > 36
            && is_uuid(&rest[..36])
            && rest.as_bytes().get(37).is_some_and(u8::is_ascii_digit)
    })
}
