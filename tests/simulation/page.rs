//! Pages and what runs in them: a client, driven task by task as the adapter of the browser drives it.

use std::collections::{HashMap, HashSet};

use hoglet::core::config::Config;
use hoglet::core::environment::{Environment, Size};
use hoglet::core::event::Capture;
use hoglet::core::persistence::{Names, Place, Stored};
use hoglet::core::time::Now;
use hoglet::core::{Bootstrap, Client, News, Output, Request, Response, Start};

use crate::browser;
use crate::ledger::{Epoch, EventId, uuid};
use crate::stores::{Claim, Job, OUTBOX, Reply};
use crate::world::{Fate, Happening, World, trace};

const TOKEN: &str = "phc_test";

/// So many rounds of outputs, and a task does not end.
const MOST_ROUNDS: u32 = 200;

/// How long the archive is not asked after a failure, and after so many in a row, in milliseconds.
const ARCHIVE_REST: u64 = 1_500;
pub(crate) const MOST_ARCHIVE_FAILURES: u32 = 3;
const LONG_ARCHIVE_REST: u64 = 61_000;

/// What a server says that has had enough, and how long it is then left alone, in milliseconds.
const USED_UP: &str = r#"{"status":1,"quota_limited":["recordings","events"]}"#;
const USED_UP_REST: u64 = 60_000;

/// The stored choice of a visitor who has refused.
pub(crate) const REFUSED: &str = "0";

/// Names a page: its place in [`World::pages`].
pub(crate) type PageId = usize;

pub(crate) struct Tab {
    pub(crate) storage: browser::Tab,
    /// The page that is shown, and those that can be gone back to.
    pub(crate) page: Option<PageId>,
    pub(crate) cached: Vec<PageId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    /// It was left, and can be brought back.
    Frozen,
    /// The browser lets it rest without a word, as it does with what nobody looks at.
    Suspended,
    Dead,
}

/// Its connection to the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    Closed,
    Opening,
    Open,
}

pub(crate) struct Page {
    pub(crate) tab: usize,
    pub(crate) client: Option<Client>,
    /// How many clients have trapped here.
    pub(crate) generation: u32,
    pub(crate) epoch: u32,
    pub(crate) life: Life,
    pub(crate) is_hidden: bool,
    /// What is to happen when it runs again.
    waiting: Vec<Happening>,
    pub(crate) opened_at: u64,
    names: Names,
    /// What other tabs can change, as this page has seen it last: main entry and consent.
    seen: [Option<String>; 2],
    /// When it has last seen that the visitor has refused.
    pub(crate) refused_at: Option<u64>,
    has_looked: bool,
    /// Whether the present task hides the page.
    pub(crate) is_hiding: bool,
    /// What the present task has captured, and of that the texts that the client has not stored.
    pub(crate) task: Vec<EventId>,
    unsettled: Vec<String>,
    shared: String,
    /// Events that the present task is told the end of.
    acknowledged: Vec<EventId>,
    refused: Vec<EventId>,
    compressing: Vec<Request>,
    pub(crate) connection: Connection,
    /// Jobs of the archive that wait for it.
    pub(crate) unissued: Vec<Job>,
    pub(crate) replied_at: u64,
    /// How often in a row the archive has failed it.
    pub(crate) archive_failures: u32,
    /// Until when it is not asked for that.
    pub(crate) archive_rests_until: u64,
    /// Events that the server would not have from this page.
    pub(crate) withheld: HashSet<EventId>,
    /// What gives the lock of a journal up.
    pub(crate) releases: HashMap<String, usize>,
    deadline: Option<u64>,
    /// What the server may be asked.
    pub(crate) rest: Rest,
    /// Events that its client said it had dropped, and those that it has told the server of.
    pub(crate) dropped: u64,
    pub(crate) warned: u64,
}

impl Page {
    /// Whether its timer is set for that moment.
    pub(crate) fn rings_at(&self, deadline: u64) -> bool {
        self.life == Life::Running && self.deadline == Some(deadline)
    }
}

/// What is promised of a server that fails.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rest {
    failures: u32,
    /// Before that nothing is sent.
    pub(crate) until: u64,
    pub(crate) refusals: u32,
}

impl Rest {
    fn note(&mut self, status: u16, retry_after: Option<u64>, now: u64) {
        match status {
            200..=299 => *self = Self::default(),
            400 | 413 => {}
            401 | 403 | 404 => self.refusals += 1,
            _ => {
                let rest = (1_000 << self.failures.min(20)).min(300_000) * 3 / 4;
                let asked = retry_after.unwrap_or(0).min(3_600_000);
                self.until = now + rest.max(asked);
                self.failures += 1;
            }
        }
    }
}

impl World {
    // Their coming and going.

    /// Opens a tab with a page.
    pub(crate) fn open_tab(&mut self) -> PageId {
        let storage = self.browser.tab();
        self.tabs.push(Tab {
            storage,
            page: None,
            cached: Vec::new(),
        });
        self.open_page(self.tabs.len() - 1)
    }

    /// Opens a page in a tab that shows none.
    pub(crate) fn open_page(&mut self, tab: usize) -> PageId {
        let id = self.pages.len();
        trace!(self, "page {id} opens in tab {tab}");
        let config = self.config();
        self.pages.push(Page {
            tab,
            client: None,
            generation: 0,
            epoch: 0,
            life: Life::Running,
            is_hidden: false,
            waiting: Vec::new(),
            opened_at: self.now,
            names: Names::new(&config),
            seen: [None, None],
            refused_at: None,
            has_looked: true,
            is_hiding: false,
            task: Vec::new(),
            unsettled: Vec::new(),
            shared: String::new(),
            acknowledged: Vec::new(),
            refused: Vec::new(),
            compressing: Vec::new(),
            connection: Connection::Closed,
            unissued: Vec::new(),
            replied_at: 0,
            archive_failures: 0,
            archive_rests_until: 0,
            withheld: HashSet::new(),
            releases: HashMap::new(),
            deadline: None,
            rest: Rest::default(),
            dropped: 0,
            warned: 0,
        });
        self.tabs[tab].page = Some(id);
        self.begin_client(id);
        self.settle(id);
        id
    }

    fn config(&self) -> Config {
        let mut config = Config::new(TOKEN).expect("the token is not empty");
        for (key, value) in self.setting.settings() {
            config.set(key, value).expect("the setting is allowed");
        }
        config
    }

    fn begin_client(&mut self, id: PageId) {
        let config = self.config();
        let page = &self.pages[id];
        let stored = self.tabs[page.tab].storage.stored(&page.names);
        let seen = [stored.local.clone(), stored.consent.clone()];
        let start = Start {
            seed: self.browser.entropy(),
            stored,
            do_not_track: false,
            bootstrap: Bootstrap::default(),
            device_id: String::new(),
            environment: Environment::default(),
            viewport: Size {
                width: 800,
                height: 600,
            },
            url: "https://shop.example/".to_owned(),
            referrer: String::new(),
        };
        let now = self.now_on(id);
        let mut client = Client::new(config, &start, now);
        client.begin(now);
        let page = &mut self.pages[id];
        page.seen = seen;
        page.has_looked = true;
        page.client = Some(client);
        page.shared.clear();
        page.deadline = None;
    }

    /// The page's process is killed, or the page is given up by the browser.
    pub(crate) fn kill(&mut self, id: PageId) {
        if self.pages[id].life == Life::Dead {
            return;
        }
        trace!(self, "page {id} dies");
        self.end_client(id);
        let page = &mut self.pages[id];
        page.life = Life::Dead;
        page.waiting.clear();
        let (tab, jobs) = (page.tab, std::mem::take(&mut page.unissued));
        for job in &jobs {
            self.forget_unissued(job);
        }
        self.tabs[tab].cached.retain(|cached| *cached != id);
        if self.tabs[tab].page == Some(id) {
            self.tabs[tab].page = None;
        }
        self.forget_flights(id, true);
        self.check_abandoned(id, &[]);
    }

    /// What a client had is gone with it.
    fn end_client(&mut self, id: PageId) {
        let page = &mut self.pages[id];
        page.client = None;
        page.compressing.clear();
        page.rest = Rest::default();
        // What follows from an answer was not done, or not all of it.
        let refused = std::mem::take(&mut page.refused);
        for event in std::mem::take(&mut page.acknowledged) {
            self.ledger.events[event].is_acknowledged = true;
            self.ledger.events[event].may_return = true;
        }
        for event in refused {
            self.ledger.events[event].is_refused = true;
            self.ledger.events[event].may_return = true;
        }
        let page = &mut self.pages[id];
        let mut releases: Vec<usize> = std::mem::take(&mut page.releases).into_values().collect();
        releases.sort_unstable();
        for claim in releases {
            self.give_up(claim);
        }
        // Those that were overwritten go too.
        let held: Vec<usize> = self
            .locks
            .values()
            .copied()
            .filter(|claim| self.claims[*claim].page == id)
            .collect();
        for claim in held {
            self.give_up(claim);
        }
    }

    /// The core traps: another takes its place, with what the former had not stored yet.
    pub(crate) fn trap(&mut self, id: PageId) {
        trace!(self, "the core of page {id} traps");
        self.ledger.counts.traps += 1;
        self.end_client(id);
        self.forget_flights(id, false);
        self.forget_withheld(id);
        let task = self.pages[id].task.clone();
        let restored: Vec<String> = std::mem::take(&mut self.pages[id].unsettled);
        let uuids = restored.iter().filter_map(|json| uuid(json));
        let events: Vec<EventId> = uuids.filter_map(|uuid| self.ledger.find(uuid)).collect();
        self.check_abandoned(id, &events);
        let page = &mut self.pages[id];
        page.generation += 1;
        page.archive_failures = 0;
        page.archive_rests_until = 0;
        page.epoch += 1;
        page.connection = match page.connection {
            Connection::Open => Connection::Closed,
            other => other,
        };
        self.begin_client(id);
        let epoch = (id, self.pages[id].epoch);
        for json in &restored {
            self.call(id, |client, now| client.restore(now, json));
        }
        for &event in &events {
            self.ledger.note(event, self.now, "restored on page", id);
        }
        self.ledger.move_to(&events, epoch);
        self.pages[id].unsettled = restored;
        self.pages[id].task = task;
        self.pages[id].is_hiding = false;
        self.settle_once(id);
    }

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

    /// The browser lets a page run again.
    pub(crate) fn resume(&mut self, id: PageId) {
        if self.pages[id].life != Life::Suspended {
            return;
        }
        trace!(self, "page {id} runs again");
        self.pages[id].life = Life::Running;
        self.take_waiting(id);
    }

    fn take_waiting(&mut self, id: PageId) {
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

    fn call(&mut self, id: PageId, ask: impl FnOnce(&mut Client, Now)) {
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
    fn refresh(&mut self, id: PageId) {
        if std::mem::replace(&mut self.pages[id].has_looked, true) {
            return;
        }
        let names = &self.pages[id].names;
        let seen = [
            self.browser.local(&names.main),
            self.browser.local(&names.consent),
        ];
        if seen[1].as_deref() == Some(REFUSED) {
            self.pages[id].refused_at = Some(self.now);
        }
        if seen == self.pages[id].seen {
            return;
        }
        self.pages[id].seen = seen.clone();
        let [local, consent] = seen;
        let cookies = self.browser.cookies();
        let stored = Stored {
            local,
            consent,
            cookies,
            ..Stored::default()
        };
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

    fn settle_once(&mut self, id: PageId) {
        self.refresh(id);
        let is_done = self.do_outputs(id);
        self.pages[id].has_looked = false;
        if is_done {
            self.end_task(id);
        }
    }

    /// Does everything that the client wants done; false if it came to an end before.
    fn do_outputs(&mut self, id: PageId) -> bool {
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
    fn burns(&mut self) -> Option<Fate> {
        let (left, fate) = self.fuse?;
        if left == 0 {
            self.fuse = None;
            return Some(fate);
        }
        self.fuse = Some((left - 1, fate));
        None
    }

    fn carry_out(&mut self, id: PageId, output: Output) {
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
                    for (name, seen) in [&page.names.main, &page.names.consent]
                        .into_iter()
                        .zip(&mut page.seen)
                    {
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
            Output::Session(_) => {}
            Output::Log(..) => {}
        }
    }

    fn hear(&mut self, id: PageId, news: News) {
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

    fn end_task(&mut self, id: PageId) {
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

    fn answer(&mut self, id: PageId, flight: usize, status: u16, retry_after: Option<u64>) {
        trace!(self, "page {id} hears {status} to flight {flight}");
        let request = self.flights[flight].request.id;
        let events = self.flights[flight].events.clone();
        let is_awaited = self.flights[flight].is_open;
        self.close_flight(flight);
        if is_awaited || matches!(status, 200..=299) {
            self.pages[id].rest.note(status, retry_after, self.now);
        }
        match status {
            // Whether the page that was asleep has lost its journal, only its client knows.
            200..=299 | 400 | 413 if !is_awaited && !self.setting.has_locks => {
                if status < 400 || events.len() == 1 {
                    self.note_ending(&events);
                    for &event in &events {
                        self.ledger.events[event].may_return = true;
                    }
                    let page = &mut self.pages[id];
                    let ended = if status < 400 {
                        &mut page.acknowledged
                    } else {
                        &mut page.refused
                    };
                    ended.extend(events);
                }
            }
            // It comes too late to mean anything.
            _ if !is_awaited => {}
            200..=299 => {
                self.note_ending(&events);
                self.pages[id].acknowledged.extend(events);
            }
            400 | 413 if events.len() == 1 => {
                self.note_ending(&events);
                self.pages[id].refused.extend(events);
            }
            401 | 403 | 404 => {
                let by = (id, self.pages[id].generation);
                for event in events {
                    self.pages[id].withheld.insert(event);
                    self.ledger.events[event].withheld_by = Some(by);
                    self.ledger.note(event, self.now, "withheld by page", id);
                }
            }
            _ => {}
        }
        let response = Response {
            status,
            retry_after,
        };
        self.call(id, |client, now| {
            client.handle_response(now, request, response)
        });
        let generation = self.pages[id].generation;
        self.settle(id);
        let runs = self.pages[id].life == Life::Running && self.pages[id].generation == generation;
        if runs && status == 200 && self.chance.happens(self.setting.used_up) {
            trace!(self, "page {id} reads that the server has had enough");
            self.pages[id].rest.until = self.now + USED_UP_REST;
            self.call(id, |client, now| client.handle_answer_text(now, USED_UP));
            self.settle(id);
        }
    }

    fn note_ending(&mut self, events: &[EventId]) {
        for &event in events {
            self.ledger.events[event].is_ending = true;
        }
    }

    fn take_reply(&mut self, id: PageId, reply: Reply) {
        trace!(self, "page {id} is told {}", brief(&reply));
        match reply {
            Reply::Archived(transaction, is_done) => {
                let failures = &mut self.pages[id].archive_failures;
                *failures = if is_done { 0 } else { *failures + 1 };
                let rest = if *failures < MOST_ARCHIVE_FAILURES {
                    ARCHIVE_REST
                } else {
                    LONG_ARCHIVE_REST
                };
                if !is_done {
                    self.pages[id].archive_rests_until = self.now + rest;
                }
                self.call(id, |client, now| {
                    client.handle_archived(now, transaction, is_done)
                });
            }
            Reply::Surveyed(lines) => {
                let owned = self.owned();
                let has_locks = self.setting.has_locks;
                self.call(id, |client, now| {
                    client.handle_surveyed(now, &lines.join("\n"), &owned, has_locks)
                });
            }
            Reply::Claimed(claim, is_granted, lines) => {
                let journal = self.claims[claim].journal.clone();
                let Claim {
                    is_own, is_denied, ..
                } = self.claims[claim];
                self.ledger.counts.adopted += u64::from(is_granted && !is_own);
                let lines = if is_own { Vec::new() } else { lines };
                if is_own && is_denied {
                    self.check_denied(id, &journal);
                }
                self.call(id, |client, now| {
                    client.handle_claimed(now, &journal, is_granted, &lines.join("\n"))
                });
            }
            Reply::Retrieved(found) => {
                for (key, text) in found {
                    let Some(text) = text else {
                        self.note_ungiven(&key);
                        continue;
                    };
                    self.call(id, |client, _| client.handle_segment(&key, &text));
                }
                self.call(id, |client, now| client.handle_retrieved(now));
            }
        }
        self.settle(id);
    }

    fn note_ungiven(&mut self, key: &str) {
        let lists = [self.local_events.get(key), self.archived_events.get(key)];
        for id in lists.into_iter().flatten().flatten() {
            self.ledger.events[*id].is_ungiven = true;
        }
    }

    pub(crate) fn forget_withheld(&mut self, id: PageId) {
        for event in &mut self.ledger.events {
            if event.withheld_by.is_some_and(|(page, _)| page == id) {
                event.withheld_by = None;
            }
        }
    }

    // What the visitor does with them.

    pub(crate) fn hide(&mut self, id: PageId) {
        trace!(self, "page {id} is hidden");
        self.pages[id].is_hidden = true;
        self.pages[id].is_hiding = true;
        self.task(id, |client, now| client.handle_hide(now));
    }

    /// The visitor looks at a page again, or the network is back.
    pub(crate) fn come_back(&mut self, id: PageId) {
        trace!(self, "the visitor is back on page {id}");
        self.pages[id].is_hidden = false;
        self.pages[id].rest.until = 0;
        self.task(id, |client, _| client.handle_return());
    }

    pub(crate) fn flush(&mut self, id: PageId) {
        trace!(self, "page {id} flushes");
        self.pages[id].rest.until = 0;
        self.task(id, |client, _| client.flush());
    }

    /// The page is left: it is frozen, to be brought back or not.
    pub(crate) fn leave(&mut self, id: PageId) {
        trace!(self, "page {id} is left");
        self.pages[id].is_hiding = true;
        self.task(id, |client, now| client.handle_leave(now));
        if self.pages[id].life != Life::Running {
            return;
        }
        if self.chance.happens(300) {
            // The app has a last word, of which the page hears after it was left.
            self.pages[id].is_hiding = true;
            self.capture(id, 1, false);
        }
        if self.pages[id].life != Life::Running {
            return;
        }
        self.check_left(id);
        self.forget_flights_at_leave(id);
        let page = &mut self.pages[id];
        page.life = Life::Frozen;
        let tab = page.tab;
        self.tabs[tab].page = None;
        self.tabs[tab].cached.push(id);
    }

    /// Whatever was under way may be sent by somebody else now.
    pub(crate) fn forget_flights_at_leave(&mut self, id: PageId) {
        for flight in 0..self.flights.len() {
            if self.flights[flight].page == id && self.flights[flight].is_open {
                self.close_flight(flight);
            }
        }
    }

    /// A page that was left is brought back into its tab, which shows none.
    pub(crate) fn bring_back(&mut self, id: PageId) {
        trace!(self, "page {id} is brought back");
        let tab = self.pages[id].tab;
        self.tabs[tab].cached.retain(|cached| *cached != id);
        self.tabs[tab].page = Some(id);
        let page = &mut self.pages[id];
        page.life = Life::Running;
        page.is_hidden = false;
        page.rest.until = 0;
        page.epoch += 1;
        self.forget_withheld(id);
        self.move_unheld(id);
        self.task(id, |client, _| {
            client.mark_window(true);
            client.handle_return();
        });
        if self.pages[id].life == Life::Running {
            self.take_waiting(id);
        }
    }

    /// What a page that is back has stored nowhere, it takes along.
    pub(crate) fn move_unheld(&mut self, id: PageId) {
        let epoch: Epoch = (id, self.pages[id].epoch);
        let former = (0..epoch.1).flat_map(|former| self.ledger.of_epoch((id, former)).to_vec());
        let mut unheld = Vec::new();
        for event in former.collect::<Vec<EventId>>() {
            let state = &mut self.ledger.events[event];
            if !state.is_over() && !state.is_held() && state.unissued == 0 {
                unheld.push(event);
            }
            state.is_unordered |= state.local + state.archived == 0;
        }
        self.ledger.move_to(&unheld, epoch);
    }

    /// The tab or the page in it is closed for good.
    pub(crate) fn close_page(&mut self, id: PageId) {
        if self.pages[id].life == Life::Running {
            self.leave(id);
        }
        self.kill(id);
    }
}

/// What a page is told, without the texts.
fn brief(reply: &Reply) -> String {
    let short = |line: &str| line.replace(OUTBOX, "");
    match reply {
        Reply::Archived(transaction, is_done) => format!("archived {transaction}: {is_done}"),
        Reply::Surveyed(lines) => format!(
            "surveyed {:?}",
            lines.iter().map(|line| short(line)).collect::<Vec<_>>()
        ),
        Reply::Claimed(claim, is_granted, lines) => {
            format!(
                "claim {claim} is {is_granted} {:?}",
                lines.iter().map(|line| short(line)).collect::<Vec<_>>()
            )
        }
        Reply::Retrieved(found) => {
            let found = found
                .iter()
                .map(|(key, text)| (short(key), text.as_ref().map_or(0, String::len)));
            format!("retrieved {:?}", found.collect::<Vec<_>>())
        }
    }
}
