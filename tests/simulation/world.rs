//! A world of one seed: a visitor with a browser, the network and a server. Time passes from one happening to the next.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use hoglet::core::RequestId;
use hoglet::core::time::{MonotonicTime, Now, WallTime};

use crate::archive::{Job, Reply};
use crate::browser::{Browser, STARTED};
use crate::chance::Chance;
use crate::ledger::{Counts, EventId, Ledger};
use crate::locks::Claim;
use crate::network::{Flight, Server};
use crate::page::{Page, PageId, Tab};
use crate::setting::Setting;

/// More happenings than any world needs: a client that causes them goes round in circles.
const MOST_HAPPENINGS: u32 = 60_000;

/// Milliseconds after which it is looked whether all steps are made.
const WHILE: u64 = 1_000;

/// Milliseconds within which a healed world is to come to rest.
const LONGEST_HEALING: u64 = 6 * 60 * 60 * 1_000;

pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) setting: Setting,
    /// Milliseconds since the beginning.
    pub(crate) now: u64,
    /// How far the wall clock has been set forward or back, in milliseconds.
    pub(crate) wall_shift: i64,
    queue: BTreeMap<(u64, u64), Happening>,
    queued: u64,
    happened: u32,
    pub(crate) browser: Browser,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) pages: Vec<Page>,
    pub(crate) jobs: VecDeque<Job>,
    pub(crate) claims: Vec<Claim>,
    /// Who holds the lock of a journal.
    pub(crate) locks: HashMap<String, usize>,
    /// Which events lie under which key.
    pub(crate) local_events: HashMap<String, Vec<EventId>>,
    pub(crate) archived_events: HashMap<String, Vec<EventId>>,
    /// Keys of the archive whose removal has failed.
    pub(crate) unremoved: HashSet<String>,
    /// What localStorage held before each of the latest writes.
    pub(crate) undo: VecDeque<(u64, String, Option<String>)>,
    pub(crate) flights: Vec<Flight>,
    pub(crate) server: Server,
    pub(crate) ledger: Ledger,
    /// What is to end the present task, and after how many outputs.
    pub(crate) fuse: Option<(u32, Fate)>,
    /// Whether the whole browser is being killed.
    pub(crate) is_dying: bool,
    /// Whether somebody was not told of all that the archive has.
    pub(crate) has_unread_archive: bool,
    is_traced: bool,
}

/// What can happen to a page in the middle of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its process is killed.
    Kill,
    /// The core traps.
    Trap,
}

/// Something that happens at its time.
#[derive(Debug)]
pub(crate) enum Happening {
    /// The visitor or the app does something.
    Step,
    /// A page's timer rings.
    Wake(PageId, u32, u64),
    /// A request's body is ready.
    Ready(PageId, u32, RequestId),
    /// A request arrives at the server; perhaps a second time.
    Arrive(usize, bool),
    /// A request's answer arrives, or it is known that none will.
    Answer(usize, u16, Option<u64>),
    /// A page's connection to the archive is open.
    Opened(PageId),
    /// The first of the archive's jobs is done.
    Served,
    /// A page has waited for a job of the archive for long enough.
    Impatient(u64),
    /// The browser decides on a claim to a lock.
    Decide(usize),
    /// The browser answers a page.
    Reply(PageId, u32, Reply),
    /// A page is told that another has stored something.
    Stored(PageId, u32),
    /// A page that the browser had stopped runs again.
    Resume(PageId),
}

/// Says what happens, where somebody wants to read it.
macro_rules! trace {
    ($world:expr, $($what:tt)*) => {
        if $world.is_traced() {
            println!("{:>9} ms  {}", $world.now, format_args!($($what)*));
        }
    };
}
pub(crate) use trace;

impl World {
    pub(crate) fn new(seed: u64, is_traced: bool) -> Self {
        let mut chance = Chance::new(seed);
        let setting = Setting::of(&mut chance);
        let has_numbers = setting.has_ledger;
        let browser = Browser::another(seed);
        browser.contents().local_quota = setting.local_quota;
        Self {
            chance,
            setting,
            now: 0,
            wall_shift: 0,
            queue: BTreeMap::new(),
            queued: 0,
            happened: 0,
            browser,
            tabs: Vec::new(),
            pages: Vec::new(),
            jobs: VecDeque::new(),
            claims: Vec::new(),
            locks: HashMap::new(),
            local_events: HashMap::new(),
            archived_events: HashMap::new(),
            unremoved: HashSet::new(),
            undo: VecDeque::new(),
            flights: Vec::new(),
            server: Server::default(),
            ledger: Ledger::new(has_numbers),
            fuse: None,
            is_dying: false,
            has_unread_archive: false,
            is_traced,
        }
    }

    /// Lets everything happen. Panics if a rule is broken.
    pub(crate) fn run(&mut self) -> Counts {
        trace!(self, "{:#?}", self.setting);
        self.open_tab();
        self.after(0, Happening::Step);
        while self.setting.steps > 0 {
            self.pass(WHILE);
        }
        let last = self.chance.delay(self.setting.longest_pause);
        self.pass(last);
        self.heal();
        self.ledger.counts
    }

    /// Shows what the living clients have in mind.
    pub(crate) fn show_clients(&self) {
        for (page, state) in self.pages.iter().enumerate() {
            if let Some(client) = &state.client {
                trace!(self, "the client of page {page} is {client:#?}");
            }
        }
    }

    pub(crate) fn is_traced(&self) -> bool {
        self.is_traced
    }

    /// Has something happen later.
    pub(crate) fn after(&mut self, millis: u64, what: Happening) {
        self.queued += 1;
        self.queue.insert((self.now + millis, self.queued), what);
    }

    /// What a page's clocks say.
    pub(crate) fn now_on(&self, page: PageId) -> Now {
        let wall = (STARTED + self.now).saturating_add_signed(self.wall_shift);
        Now {
            wall: WallTime::from_millis(wall),
            monotonic: MonotonicTime::from_millis(self.now - self.pages[page].opened_at),
        }
    }

    fn pass(&mut self, millis: u64) {
        let until = self.now + millis;
        self.pass_until(until);
        self.now = until;
    }

    /// Lets happen what happens until then. Answers whether nothing is left to happen.
    fn pass_until(&mut self, until: u64) -> bool {
        while let Some(((at, _), _)) = self.queue.first_key_value() {
            if *at > until {
                return false;
            }
            let ((at, _), what) = self.queue.pop_first().expect("it was there just now");
            self.now = at;
            self.browser.contents().clock = at;
            self.happened += 1;
            if self.happened > MOST_HAPPENINGS {
                panic!("it does not come to rest");
            }
            self.happen(what);
        }
        true
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Step => self.step(),
            Happening::Arrive(flight, is_copy) => self.arrive(flight, is_copy),
            Happening::Served => self.served(),
            Happening::Impatient(job) => self.lose_patience(job),
            Happening::Decide(claim) => self.decide(claim),
            Happening::Opened(page) => self.opened(page),
            Happening::Resume(page) => self.resume(page),
            Happening::Answer(flight, ..) => {
                let Flight {
                    page, generation, ..
                } = self.flights[flight];
                self.happen_on(page, generation, what);
            }
            Happening::Wake(page, generation, _)
            | Happening::Ready(page, generation, _)
            | Happening::Stored(page, generation)
            | Happening::Reply(page, generation, _) => self.happen_on(page, generation, what),
        }
    }

    /// All is well again; at the end, nothing is lost, and nothing is left.
    fn heal(&mut self) {
        trace!(self, "--- everything works again");
        self.setting.heal();
        self.server.heal();
        {
            let mut contents = self.browser.contents();
            contents.local_quota = 5_000_000;
            contents.local.remove(crate::visitor::HOST_KEY);
        }
        let kept = self.keep_one_page();
        let page = kept.unwrap_or_else(|| self.open_tab());
        self.come_back(page);
        self.rest();
        // What could not be read, or was claimed too early, is looked for again.
        for _ in 0..3 {
            self.now += 61_000;
            self.come_back(page);
            self.rest();
        }
        self.check_delivered(Some(page));
        self.close_page(page);
        let page = self.open_tab();
        self.rest();
        for _ in 0..2 {
            self.now += 61_000;
            self.come_back(page);
            self.rest();
        }
        self.check_delivered(None);
        self.check_end(page);
        let setting = &self.setting;
        self.ledger.check_numbers(setting.loses_tasks);
    }

    fn rest(&mut self) {
        self.pass_until(self.now + LONGEST_HEALING);
        let is_stale = |what: &Happening| match what {
            // Where there is no archive it is tried now and then, and where there are no locks a lease is prolonged.
            Happening::Wake(page, _, deadline) => {
                !self.pages[*page].rings_at(*deadline)
                    || !self.setting.has_archive
                    || !self.setting.has_locks
            }
            Happening::Impatient(job) => !self.is_open(*job),
            _ => false,
        };
        let is_quiet = self.queue.values().all(is_stale);
        assert!(
            is_quiet,
            "after {LONGEST_HEALING} ms there is still something to do: {:?}",
            self.queue
        );
    }
}
