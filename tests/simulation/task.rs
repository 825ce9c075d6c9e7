//! What a page does in a task: it calls its client, and does what comes out.

use hoglet::core::event::Capture;
use hoglet::core::persistence::{Place, Stored};
use hoglet::core::time::Now;
use hoglet::core::{Client, News, Output};

use crate::page::{Life, PageId, REFUSED};
use crate::world::{Fate, Happening, World, trace};

/// So many rounds of outputs, and a task does not end.
const MOST_ROUNDS: u32 = 200;

impl World {
    // What runs in them.

    /// Something happens on a page, if it still can.
    pub(crate) fn happen_on(&mut self, id: PageId, generation: u32, what: Happening) {
        match self.pages[id].life {
            Life::Dead => return,
            _ if self.pages[id].generation != generation => return,
            Life::Frozen | Life::Suspended => return self.pages[id].waiting.push(what),
            Life::Running => {}
        }
        match what {
            Happening::Wake(_, _, deadline) => {
                if self.pages[id].deadline == Some(deadline) {
                    trace!(self, "page {id} wakes");
                    self.pages[id].deadline = None;
                    self.settle(id);
                }
            }
            Happening::Ready(_, _, request) => {
                let at = self.pages[id]
                    .compressing
                    .iter()
                    .position(|other| other.id == request);
                if let Some(at) = at {
                    let request = self.pages[id].compressing.remove(at);
                    self.refresh(id);
                    self.post(id, request);
                    self.pages[id].has_looked = false;
                }
            }
            Happening::Answer(flight, status, retry_after) => {
                self.answer(id, flight, status, retry_after)
            }
            Happening::Reply(_, _, reply) => self.take_reply(id, reply),
            Happening::Stored(..) => self.settle(id),
            other => unreachable!("{other:?} does not happen on a page"),
        }
    }

    pub(crate) fn take_waiting(&mut self, id: PageId) {
        let generation = self.pages[id].generation;
        for what in std::mem::take(&mut self.pages[id].waiting) {
            self.happen_on(id, generation, what);
        }
    }

    /// A task of the app's or the page's: calls the client, then lets it settle.
    pub(crate) fn task(&mut self, id: PageId, ask: impl FnOnce(&mut Client, Now)) {
        if self.pages[id].life != Life::Running {
            return;
        }
        self.refresh(id);
        self.call(id, ask);
        self.settle(id);
    }

    pub(crate) fn call(&mut self, id: PageId, ask: impl FnOnce(&mut Client, Now)) {
        let now = self.now_on(id);
        if let Some(client) = &mut self.pages[id].client {
            ask(client, now);
        }
    }

    /// A task that captures events.
    pub(crate) fn capture(&mut self, id: PageId, events: u64, instantly: bool) {
        if self.pages[id].life != Life::Running {
            return;
        }
        self.refresh(id);
        for _ in 0..events {
            let is_poisoned = self.chance.happens(self.setting.poisoned);
            let size = self.chance.below(self.setting.largest_event + 1) as usize;
            let properties = format!("{{\"text\":\"{}\"}}", "x".repeat(size));
            let capture = Capture {
                name: if is_poisoned { "poison" } else { "event" },
                properties: &properties,
                send_instantly: instantly,
                ..Capture::default()
            };
            let now = self.now_on(id);
            let Some(client) = &mut self.pages[id].client else {
                return;
            };
            let Some(text) = client.capture(now, &capture) else {
                continue;
            };
            let page = &mut self.pages[id];
            let own = match text.split_once('\n') {
                Some((own, shared)) => {
                    shared.clone_into(&mut page.shared);
                    own
                }
                None => &text,
            };
            let json = format!("{own}{}}}}}", page.shared);
            let event = self
                .ledger
                .capture(&json, (id, page.epoch), self.now, is_poisoned);
            trace!(self, "page {id} captures event {event}");
            let page = &mut self.pages[id];
            page.task.push(event);
            page.unsettled.push(json);
        }
        self.settle(id);
    }

    /// Takes over what other tabs have stored, once a task.
    pub(crate) fn refresh(&mut self, id: PageId) {
        if std::mem::replace(&mut self.pages[id].has_looked, true) {
            return;
        }
        let names = &self.pages[id].names;
        let seen = self.browser.shared(names);
        if seen[1].as_deref() == Some(REFUSED) {
            self.pages[id].refused_at = Some(self.now);
        }
        if seen == self.pages[id].seen {
            return;
        }
        self.pages[id].seen = seen.clone();
        let stored = Stored::shared(seen, self.browser.cookies());
        self.call(id, |client, now| client.handle_stored(now, &stored));
    }

    /// Ends a task, which may end the page or its core.
    pub(crate) fn settle(&mut self, id: PageId) {
        self.fuse = None;
        if self.chance.happens(self.setting.killed_task) {
            self.fuse = Some((self.chance.below(8) as u32, Fate::Kill));
        } else if self.chance.happens(self.setting.trapped_task) {
            self.fuse = Some((0, Fate::Trap));
        }
        self.settle_once(id);
    }

    pub(crate) fn settle_once(&mut self, id: PageId) {
        self.refresh(id);
        let is_done = self.do_outputs(id);
        self.pages[id].has_looked = false;
        if is_done {
            self.end_task(id);
        }
    }

    /// Does everything that the client wants done; false if it came to an end before.
    pub(crate) fn do_outputs(&mut self, id: PageId) -> bool {
        for _ in 0..MOST_ROUNDS {
            if self.burns() == Some(Fate::Trap) {
                self.trap(id);
                return false;
            }
            let now = self.now_on(id);
            let Some(client) = &mut self.pages[id].client else {
                return false;
            };
            client.settle(now);
            let outputs = client.poll_outputs();
            if outputs.is_empty() {
                return true;
            }
            for output in outputs {
                if self.burns() == Some(Fate::Kill) {
                    if let Output::Store(write) = &output
                        && write.place == Place::Outbox
                        && self.chance.happens(self.setting.torn_write)
                    {
                        self.tear(id, write);
                    }
                    self.ledger.counts.kills += 1;
                    self.kill(id);
                    return false;
                }
                self.carry_out(id, output);
            }
        }
        panic!("the task of page {id} does not end");
    }

    /// Whether the moment has come that ends the present task.
    pub(crate) fn burns(&mut self) -> Option<Fate> {
        let (left, fate) = self.fuse?;
        if left == 0 {
            self.fuse = None;
            return Some(fate);
        }
        self.fuse = Some((left - 1, fate));
        None
    }

    pub(crate) fn carry_out(&mut self, id: PageId, output: Output) {
        match output {
            Output::Send(request) => {
                self.check_request(id, &request);
                if request.gzip {
                    let millis = self.chance.delay(30);
                    let generation = self.pages[id].generation;
                    self.after(millis, Happening::Ready(id, generation, request.id));
                    self.pages[id].compressing.push(request);
                } else {
                    self.post(id, request);
                }
            }
            Output::Store(write) => {
                let is_written = self.write(id, &write);
                if write.place == Place::LocalStorage {
                    let page = &mut self.pages[id];
                    for (name, seen) in page.names.shared().into_iter().zip(&mut page.seen) {
                        if *name == write.name {
                            *seen = self.browser.local(name);
                        }
                    }
                    if write.name == self.pages[id].names.consent {
                        self.note_choice(id, write.value.as_deref());
                    }
                }
                if !is_written {
                    self.call(id, |client, now| client.handle_unstored(now, &write));
                }
            }
            Output::Archive(transaction) => self.archive(id, transaction),
            Output::Survey => self.survey(id),
            Output::Claim(journal) => self.claim(id, journal),
            Output::Release(journal) => self.release(id, &journal),
            Output::Retrieve(keys) => self.retrieve(id, &keys),
            Output::Purge => {
                trace!(self, "page {id} removes everything");
                self.purge(id);
            }
            Output::News(news) => self.hear(id, news),
            Output::Captured(_) | Output::Session(_) | Output::Flags(..) => {}
            Output::CallOff(_) | Output::FlagsReloading | Output::Log(..) => {}
        }
    }

    pub(crate) fn hear(&mut self, id: PageId, news: News) {
        trace!(self, "page {id} hears {news:?}");
        if let News::Dropped(count, _) = news {
            self.pages[id].dropped += count as u64;
        }
        match news {
            News::Settled => self.pages[id].unsettled.clear(),
            News::Dropped(count, "refused") => self.ledger.counts.refused += count as u64,
            News::Dropped(count, _) => {
                self.ledger.given_up += count;
                self.ledger.counts.dropped += count as u64;
            }
            _ => {}
        }
    }

    pub(crate) fn end_task(&mut self, id: PageId) {
        let page = &mut self.pages[id];
        page.is_hiding = false;
        for event in std::mem::take(&mut page.task) {
            self.ledger.events[event].is_settled = true;
        }
        for event in std::mem::take(&mut self.pages[id].acknowledged) {
            self.ledger.events[event].is_acknowledged = true;
            self.ledger
                .note(event, self.now, "acknowledged to page", id);
            self.check_forgotten(id, event);
        }
        for event in std::mem::take(&mut self.pages[id].refused) {
            let event_state = &mut self.ledger.events[event];
            event_state.is_refused = true;
            // The warning of it may have no room beside it, so that it stays until the archive has the segment.
            event_state.may_return |= event_state.local > 0 || event_state.may_be_archived;
            self.ledger
                .note(event, self.now, "refused, as page hears,", id);
        }
        self.check_stored(id);
        let Some(client) = &self.pages[id].client else {
            return;
        };
        let deadline = client.poll_timeout().map(|deadline| {
            // One more, as the adapter has it.
            deadline.until(self.now_on(id).monotonic) + 1 + self.now
        });
        if deadline != self.pages[id].deadline {
            self.pages[id].deadline = deadline;
            if let Some(deadline) = deadline {
                let generation = self.pages[id].generation;
                let late = if self.pages[id].is_hidden {
                    self.chance.below(1_000)
                } else {
                    0
                };
                self.after(
                    deadline - self.now + late,
                    Happening::Wake(id, generation, deadline),
                );
            }
        }
    }
}
