//! Where events lie: localStorage, the archive in IndexedDB, and the locks that say whose they are. Everything but
//! localStorage answers later, and what the archive has begun goes on when its page is gone.

use hoglet::core::Transaction;
use hoglet::core::id::is_uuid;
use hoglet::core::persistence::{Place, Write};

use crate::ledger::{EventId, uuids};
use crate::page::{Connection, Life, PageId};
use crate::world::{Happening, World, trace};

pub(crate) const OUTBOX: &str = "hoglet_outbox_phc_test_";

/// What a page waits for an answer, in milliseconds.
const PATIENCE: u64 = 5_000;

/// How long ago a killed browser can have written localStorage to disk last, in milliseconds.
pub(crate) const WRITTEN_TO_DISK_AFTER: u64 = 8_000;

/// Something that the archive is asked to do. One is done after the other, and each wholly or not at all.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: u64,
    page: PageId,
    generation: u32,
    kind: Kind,
    will_fail: bool,
    is_answered: bool,
}

#[derive(Debug)]
enum Kind {
    Write(Transaction),
    /// Find keys for a survey, beside those of localStorage.
    Survey(Vec<String>),
    /// Find those of a claimed journal.
    Claim(usize, Vec<String>),
    /// Read what localStorage does not have.
    Retrieve(Vec<(String, Option<String>)>),
    /// Find what is to be removed.
    Purge,
    Remove(Vec<String>),
}

/// What the browser answers a page.
#[derive(Debug)]
pub(crate) enum Reply {
    Archived(u32, bool),
    Surveyed(Vec<String>),
    Claimed(usize, bool, Vec<String>),
    Retrieved(Vec<(String, Option<String>)>),
}

/// A request for a lock.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) page: PageId,
    pub(crate) generation: u32,
    pub(crate) journal: String,
    /// Whether the page has begun the journal itself.
    pub(crate) is_own: bool,
    is_released: bool,
    /// Whether somebody else had the lock.
    pub(crate) is_denied: bool,
}

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

    fn index_local(&mut self, key: &str, ids: Vec<EventId>) {
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

    fn index_archive(&mut self, key: &str, ids: Vec<EventId>) {
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
    fn local_lines(&self, prefix: &str) -> Vec<String> {
        let contents = self.browser.contents();
        let entries = contents
            .local
            .iter()
            .filter(|(key, _)| key.starts_with(prefix));
        entries
            .map(|(key, text)| format!("l{key} {}", text.len()))
            .collect()
    }

    fn archive_lines(&self, prefix: &str) -> Vec<String> {
        let contents = self.browser.contents();
        let keys = contents
            .archive
            .keys()
            .filter(|key| key.starts_with(prefix));
        keys.map(|key| format!("a{key}")).collect()
    }

    // The archive.

    pub(crate) fn archive(&mut self, page: PageId, transaction: Transaction) {
        trace!(
            self,
            "page {page} archives {:?} and removes {:?} in transaction {}",
            transaction
                .puts
                .iter()
                .map(|(key, _)| &key[OUTBOX.len()..])
                .collect::<Vec<_>>(),
            transaction
                .removals
                .iter()
                .map(|key| &key[OUTBOX.len()..])
                .collect::<Vec<_>>(),
            transaction.id
        );
        for (_, text) in &transaction.puts {
            for id in self.known(page, text) {
                self.ledger.events[id].unissued += 1;
                self.ledger
                    .note(id, self.now, "to the archive by page", page);
            }
        }
        self.ask_archive(page, Kind::Write(transaction));
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
    fn note_purged(&mut self, ids: Option<Vec<EventId>>) {
        for id in ids.into_iter().flatten() {
            let event = &mut self.ledger.events[id];
            event.archive_refused |= event.forbidden_at.is_none();
        }
    }

    fn ask_archive(&mut self, page: PageId, kind: Kind) {
        let id = self.next_job();
        let will_fail =
            self.chance.happens(self.setting.failed_transaction) || !self.setting.has_archive;
        let job = Job {
            id,
            page,
            generation: self.pages[page].generation,
            kind,
            will_fail,
            is_answered: false,
        };
        self.after(PATIENCE, Happening::Impatient(id));
        let opening = 1 + self.chance.delay(self.setting.slowest_transaction);
        match self.pages[page].connection {
            Connection::Open => return self.issue(job),
            Connection::Opening => {}
            Connection::Closed => {
                self.pages[page].connection = Connection::Opening;
                self.after(opening, Happening::Opened(page));
            }
        }
        self.pages[page].unissued.push(job);
    }

    fn next_job(&mut self) -> u64 {
        self.server.next_number()
    }

    pub(crate) fn opened(&mut self, page: PageId) {
        if self.pages[page].life == Life::Dead {
            return;
        }
        let jobs = std::mem::take(&mut self.pages[page].unissued);
        if self.pages[page].connection == Connection::Opening {
            self.pages[page].connection = Connection::Open;
        }
        for job in jobs {
            self.issue(job);
        }
    }

    fn issue(&mut self, job: Job) {
        if let Kind::Write(transaction) = &job.kind {
            for uuid in transaction.puts.iter().flat_map(|(_, text)| uuids(text)) {
                if let Some(id) = self.ledger.find(uuid) {
                    self.ledger.events[id].unissued -= 1;
                    self.ledger.events[id].issued += 1;
                }
            }
        }
        self.jobs.push_back(job);
        if self.jobs.len() == 1 {
            self.schedule_service();
        }
    }

    fn schedule_service(&mut self) {
        let Some(job) = self.jobs.front() else {
            return;
        };
        let is_write = matches!(job.kind, Kind::Write(_));
        let mut millis = 1 + self.chance.delay(self.setting.slowest_transaction);
        if is_write && self.chance.happens(self.setting.late_transaction) {
            millis += PATIENCE;
        }
        self.after(millis, Happening::Served);
    }

    /// The archive has come to the end of its first job.
    pub(crate) fn served(&mut self) {
        // The jobs of a browser that was killed are gone.
        if !self.jobs.is_empty() {
            self.serve();
            self.schedule_service();
        }
    }

    fn serve(&mut self) {
        let Some(mut job) = self.jobs.pop_front() else {
            return;
        };
        let (page, generation) = (job.page, job.generation);
        let reply = match &mut job.kind {
            _ if job.will_fail => None,
            Kind::Write(transaction) => {
                let transaction = std::mem::take(transaction);
                self.commit(page, transaction)
            }
            Kind::Survey(lines) => {
                let mut lines = std::mem::take(lines);
                lines.extend(self.archive_lines(OUTBOX));
                Some(Reply::Surveyed(lines))
            }
            Kind::Claim(claim, lines) => {
                let mut lines = std::mem::take(lines);
                let prefix = format!("{OUTBOX}{}", self.claims[*claim].journal);
                lines.extend(self.archive_lines(&prefix));
                Some(Reply::Claimed(*claim, true, lines))
            }
            Kind::Retrieve(found) => {
                let mut found = std::mem::take(found);
                for (key, text) in &mut found {
                    if text.is_none() && !self.chance.happens(self.setting.ungiven_segment) {
                        *text = self.browser.contents().archive.get(key).cloned();
                    }
                }
                Some(Reply::Retrieved(found))
            }
            Kind::Purge => {
                let keys = self.archive_lines(OUTBOX);
                let keys = keys.into_iter().map(|line| line[1..].to_owned()).collect();
                if self.pages[page].life == Life::Dead {
                    self.note_unremoved(&job);
                } else {
                    self.ask_archive(page, Kind::Remove(keys));
                }
                return;
            }
            Kind::Remove(keys) => {
                for key in std::mem::take(keys) {
                    let ids = self.archived_events.get(&key).cloned();
                    self.note_purged(ids);
                    self.browser.contents().archive.remove(&key);
                    self.index_archive(&key, Vec::new());
                }
                return;
            }
        };
        match reply {
            Some(reply) if !job.is_answered => self.reply(page, generation, reply),
            Some(_) => {}
            None => {
                self.abort_write(&job);
                self.fail(job);
            }
        }
    }

    fn commit(&mut self, page: PageId, transaction: Transaction) -> Option<Reply> {
        for key in &transaction.removals {
            self.browser.contents().archive.remove(key);
            self.index_archive(key, Vec::new());
        }
        for (key, text) in transaction.puts {
            let ids = self.known(page, &text);
            for &id in &ids {
                let event = &mut self.ledger.events[id];
                event.issued -= 1;
                event.archive_refused = false;
                event.may_return |= self.unremoved.contains(&key);
                self.ledger.note(id, self.now, "archived by page", page);
            }
            self.index_archive(&key, ids);
            self.browser.contents().archive.insert(key, text);
        }
        trace!(
            self,
            "the archive has done transaction {} of page {page}", transaction.id
        );
        Some(Reply::Archived(transaction.id, true))
    }

    /// A transaction that was issued is not made.
    fn abort_write(&mut self, job: &Job) {
        let Kind::Write(transaction) = &job.kind else {
            return;
        };
        trace!(
            self,
            "transaction {} of page {} fails", transaction.id, job.page
        );
        for uuid in transaction.puts.iter().flat_map(|(_, text)| uuids(text)) {
            if let Some(id) = self.ledger.find(uuid) {
                let event = &mut self.ledger.events[id];
                event.issued -= 1;
                event.archive_refused = true;
                event.may_be_archived = true;
                self.ledger
                    .note(id, self.now, "refused by the archive to page", job.page);
                self.check_kept(id);
            }
        }
        self.note_unforgotten(&transaction.removals.clone());
    }

    fn abort(&mut self, job: Job) {
        self.abort_write(&job);
    }

    /// What was to be removed stays, or comes to be there after all, whatever has become of it.
    fn note_unforgotten(&mut self, keys: &[String]) {
        for key in keys {
            for id in self.archived_events.get(key).into_iter().flatten() {
                self.ledger.events[*id].may_return = true;
            }
            self.unremoved.insert(key.clone());
        }
    }

    /// A job that was not even issued comes to nothing.
    pub(crate) fn forget_unissued(&mut self, job: &Job) {
        self.note_unremoved(job);
        let Kind::Write(transaction) = &job.kind else {
            return;
        };
        for uuid in transaction.puts.iter().flat_map(|(_, text)| uuids(text)) {
            if let Some(id) = self.ledger.find(uuid) {
                self.ledger.events[id].unissued -= 1;
                self.ledger.events[id].archive_refused = true;
                self.ledger.events[id].may_be_archived = true;
                self.ledger
                    .note(id, self.now, "never issued by page", job.page);
            }
        }
        self.note_unforgotten(&transaction.removals.clone());
    }

    /// Whether a page waits for a job.
    pub(crate) fn is_open(&self, id: u64) -> bool {
        let unissued = self.pages.iter().flat_map(|page| &page.unissued);
        let mut jobs = self.jobs.iter().chain(unissued);
        jobs.any(|job| job.id == id && !job.is_answered)
    }

    pub(crate) fn lose_patience(&mut self, id: u64) {
        let issued = self
            .jobs
            .iter_mut()
            .find(|job| job.id == id && !job.is_answered);
        if let Some(job) = issued {
            job.is_answered = true;
            let (page, generation) = (job.page, job.generation);
            let is_claim = match job.kind {
                Kind::Claim(..) => true,
                Kind::Survey(_) => !self.setting.has_locks,
                _ => false,
            };
            let carried: Vec<u128> = match &job.kind {
                Kind::Write(transaction) => transaction
                    .puts
                    .iter()
                    .flat_map(|(_, text)| uuids(text))
                    .collect(),
                _ => Vec::new(),
            };
            self.has_unread_archive |= is_claim || matches!(job.kind, Kind::Survey(_));
            let reply = failure(&job.kind);
            if let Some(reply) = reply {
                trace!(self, "page {page} has no patience any more: {reply:?}");
                self.reply(page, generation, reply);
            }
            for uuid in carried {
                if let Some(id) = self.ledger.find(uuid) {
                    self.ledger.events[id].may_be_archived = true;
                }
            }
            self.pages[page].connection = Connection::Closed;
            for event in self.ledger.events.iter_mut().filter(|_| is_claim) {
                event.may_return |= event.archived > 0 || event.issued > 0;
            }
            return;
        }
        for page in 0..self.pages.len() {
            let at = self.pages[page]
                .unissued
                .iter()
                .position(|job| job.id == id);
            if let Some(at) = at {
                let job = self.pages[page].unissued.remove(at);
                self.forget_unissued(&job);
                self.fail(job);
                return;
            }
        }
    }

    /// A job that should have removed something, or found what is to be removed later, has come to nothing.
    fn note_unremoved(&mut self, job: &Job) {
        let is_meant = match job.kind {
            Kind::Purge | Kind::Remove(_) | Kind::Claim(..) => true,
            // Without locks a survey tells what there is of an adopted journal.
            Kind::Survey(_) => !self.setting.has_locks,
            Kind::Write(_) | Kind::Retrieve(_) => false,
        };
        if !is_meant {
            return;
        }
        for event in &mut self.ledger.events {
            event.may_return |= event.archived > 0 || event.issued > 0 || event.unissued > 0;
        }
    }

    fn fail(&mut self, job: Job) {
        self.note_unremoved(&job);
        if job.is_answered {
            return;
        }
        self.has_unread_archive |= matches!(job.kind, Kind::Survey(_) | Kind::Claim(..));
        if let Some(reply) = failure(&job.kind) {
            self.reply(job.page, job.generation, reply);
        }
    }

    fn reply(&mut self, page: PageId, generation: u32, reply: Reply) {
        // Answers come in the order of what they answer.
        let at = (self.now + self.chance.delay(20)).max(self.pages[page].replied_at);
        self.pages[page].replied_at = at;
        self.after(at - self.now, Happening::Reply(page, generation, reply));
    }

    // Locks.

    pub(crate) fn claim(&mut self, page: PageId, journal: String) {
        trace!(self, "page {page} claims {journal}");
        let id = self.claims.len();
        let generation = self.pages[page].generation;
        let is_known = self.claims.iter().any(|claim| claim.journal == journal);
        let is_own = !is_known && self.local_lines(&format!("{OUTBOX}{journal}")).is_empty();
        self.claims.push(Claim {
            page,
            generation,
            journal: journal.clone(),
            is_own,
            is_released: false,
            is_denied: false,
        });
        self.pages[page].releases.insert(journal, id);
        let millis = self.chance.delay(30);
        self.after(millis, Happening::Decide(id));
    }

    pub(crate) fn decide(&mut self, id: usize) {
        let claim = &self.claims[id];
        let (page, generation, journal) = (claim.page, claim.generation, claim.journal.clone());
        let is_gone =
            self.pages[page].life == Life::Dead || self.pages[page].generation != generation;
        if is_gone {
            return;
        }
        let has_locks = self.setting.has_locks;
        let is_granted = has_locks && !claim.is_released && !self.locks.contains_key(&journal);
        trace!(
            self,
            "the lock of {journal} is {} page {page}",
            if is_granted { "given to" } else { "denied to" }
        );
        if is_granted {
            self.locks.insert(journal.clone(), id);
            let local = self.local_lines(&format!("{OUTBOX}{journal}"));
            self.ask_archive(page, Kind::Claim(id, local));
        } else {
            self.claims[id].is_denied = has_locks && !self.claims[id].is_released;
            self.release(page, &journal);
            self.reply(page, generation, Reply::Claimed(id, false, Vec::new()));
        }
    }

    pub(crate) fn release(&mut self, page: PageId, journal: &str) {
        trace!(self, "page {page} releases {journal}");
        if let Some(id) = self.pages[page].releases.remove(journal) {
            self.give_up(id);
        }
        self.pages[page].connection = match self.pages[page].connection {
            // Whatever waits for it finds it closed.
            Connection::Opening => {
                for job in &mut self.pages[page].unissued {
                    job.will_fail = true;
                }
                Connection::Closed
            }
            _ => Connection::Closed,
        };
    }

    /// A claim comes to its end, whatever has become of it.
    pub(crate) fn give_up(&mut self, id: usize) {
        self.claims[id].is_released = true;
        let journal = self.claims[id].journal.clone();
        if self.locks.get(&journal) == Some(&id) {
            self.locks.remove(&journal);
        }
    }

    /// The journals whose locks are held.
    pub(crate) fn owned(&self) -> String {
        let mut owned: Vec<&str> = self.locks.keys().map(String::as_str).collect();
        owned.sort_unstable();
        owned.join("\n")
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

/// What a page is told of a job that has come to nothing.
fn failure(kind: &Kind) -> Option<Reply> {
    match kind {
        Kind::Write(transaction) => Some(Reply::Archived(transaction.id, false)),
        // What localStorage has is known all the same.
        Kind::Survey(lines) => Some(Reply::Surveyed(lines.clone())),
        Kind::Claim(claim, lines) => Some(Reply::Claimed(*claim, true, lines.clone())),
        Kind::Retrieve(found) => Some(Reply::Retrieved(found.clone())),
        Kind::Purge | Kind::Remove(_) => None,
    }
}
