//! Web Locks: whose a journal is.

use crate::archive::{Kind, Reply};
use crate::page::{Connection, Life, PageId};
use crate::stores::OUTBOX;
use crate::world::{Happening, World, trace};

/// A request for a lock.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) page: PageId,
    pub(crate) generation: u32,
    pub(crate) journal: String,
    /// Whether the page has begun the journal itself.
    pub(crate) is_own: bool,
    pub(crate) is_released: bool,
    /// Whether somebody else had the lock.
    pub(crate) is_denied: bool,
}

impl World {
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
