//! Pages and what runs in them: a client, driven task by task as the adapter of the browser drives it.

use std::collections::{HashMap, HashSet};

use hoglet::core::config::{Config, Value};
use hoglet::core::environment::{Environment, Size};
use hoglet::core::persistence::Names;
use hoglet::core::{Bootstrap, Client, KeepaliveLedger, Request, Start};

use crate::archive::Job;
use crate::browser;
use crate::ledger::{Epoch, EventId, uuid};
use crate::world::{Happening, World, trace};

const TOKEN: &str = "phc_test";

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
    pub(crate) waiting: Vec<Happening>,
    pub(crate) opened_at: u64,
    pub(crate) names: Names,
    /// What other tabs can change, as this page has seen it last: main entry, consent and what concerns flags.
    pub(crate) seen: [Option<String>; 4],
    /// When it has last seen that the visitor has refused.
    pub(crate) refused_at: Option<u64>,
    pub(crate) has_looked: bool,
    /// Whether the present task hides the page.
    pub(crate) is_hiding: bool,
    /// What the present task has captured, and of that the texts that the client has not stored.
    pub(crate) task: Vec<EventId>,
    pub(crate) unsettled: Vec<String>,
    pub(crate) shared: String,
    /// Events that the present task is told the end of.
    pub(crate) acknowledged: Vec<EventId>,
    pub(crate) refused: Vec<EventId>,
    pub(crate) compressing: Vec<Request>,
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
    pub(crate) deadline: Option<u64>,
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
    pub(crate) fn note(&mut self, status: u16, retry_after: Option<u64>, now: u64) {
        match status {
            200..=299 => *self = Self::default(),
            400 | 413 => {}
            401 | 403 | 404 => self.refusals += 1,
            _ => {
                let rest = (1_000 << self.failures.min(20)).min(60_000) * 3 / 4;
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
            seen: [const { None }; 4],
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

    pub(crate) fn config(&self) -> Config {
        let mut config = Config::new(TOKEN).expect("the token is not empty");
        // What is told here is what becomes of events.
        let off = Value::Boolean(true);
        config
            .set("advanced_disable_flags", off)
            .expect("it is a switch");
        for (key, value) in self.setting.settings() {
            config.set(key, value).expect("the setting is allowed");
        }
        config
    }

    pub(crate) fn begin_client(&mut self, id: PageId) {
        let config = self.config();
        let page = &self.pages[id];
        let stored = self.tabs[page.tab].storage.stored(&page.names);
        let seen = self.browser.shared(&page.names);
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
            keepalive: KeepaliveLedger::default(),
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
    pub(crate) fn end_client(&mut self, id: PageId) {
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

    /// The browser lets a page run again.
    pub(crate) fn resume(&mut self, id: PageId) {
        if self.pages[id].life != Life::Suspended {
            return;
        }
        trace!(self, "page {id} runs again");
        self.pages[id].life = Life::Running;
        self.take_waiting(id);
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
        self.task(id, |client, now| client.handle_return(now, true));
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
        self.task(id, |client, now| {
            client.mark_window(true);
            client.handle_return(now, true);
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
