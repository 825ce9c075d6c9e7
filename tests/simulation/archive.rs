//! The archive in IndexedDB: it does one thing after the other, and goes on when the page is gone.

use hoglet::core::Transaction;

use crate::ledger::uuids;
use crate::page::{Connection, Life, PageId};
use crate::stores::OUTBOX;
use crate::world::{Happening, World, trace};

/// What a page waits for an answer, in milliseconds.
const PATIENCE: u64 = 5_000;

/// Something that the archive is asked to do. One is done after the other, and each wholly or not at all.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: u64,
    pub(crate) page: PageId,
    pub(crate) generation: u32,
    pub(crate) kind: Kind,
    pub(crate) will_fail: bool,
    pub(crate) is_answered: bool,
}

#[derive(Debug)]
pub(crate) enum Kind {
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

impl World {
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

    pub(crate) fn ask_archive(&mut self, page: PageId, kind: Kind) {
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

    pub(crate) fn next_job(&mut self) -> u64 {
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

    pub(crate) fn issue(&mut self, job: Job) {
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

    pub(crate) fn schedule_service(&mut self) {
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

    pub(crate) fn serve(&mut self) {
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

    pub(crate) fn commit(&mut self, page: PageId, transaction: Transaction) -> Option<Reply> {
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
    pub(crate) fn abort_write(&mut self, job: &Job) {
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

    pub(crate) fn abort(&mut self, job: Job) {
        self.abort_write(&job);
    }

    /// What was to be removed stays, or comes to be there after all, whatever has become of it.
    pub(crate) fn note_unforgotten(&mut self, keys: &[String]) {
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
    pub(crate) fn note_unremoved(&mut self, job: &Job) {
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

    pub(crate) fn fail(&mut self, job: Job) {
        self.note_unremoved(&job);
        if job.is_answered {
            return;
        }
        self.has_unread_archive |= matches!(job.kind, Kind::Survey(_) | Kind::Claim(..));
        if let Some(reply) = failure(&job.kind) {
            self.reply(job.page, job.generation, reply);
        }
    }

    pub(crate) fn reply(&mut self, page: PageId, generation: u32, reply: Reply) {
        // Answers come in the order of what they answer.
        let at = (self.now + self.chance.delay(20)).max(self.pages[page].replied_at);
        self.pages[page].replied_at = at;
        self.after(at - self.now, Happening::Reply(page, generation, reply));
    }
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
