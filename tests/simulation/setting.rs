//! What the world of a seed is like: how the site is set up, and what can go wrong and how often.
//!
//! Most things go wrong in some worlds only. A world in which everything does is one in which little else happens.

use hoglet::core::config::Value;

use crate::chance::Chance;

/// Times in a thousand that something goes wrong when it can.
type InThousand = u64;

#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) steps: u64,
    pub(crate) most_tabs: usize,
    /// The longest pause between two steps, in milliseconds.
    pub(crate) longest_pause: u64,
    /// The most events that a task captures, and the most bytes that the app gives with one.
    pub(crate) largest_burst: u64,
    pub(crate) largest_event: u64,

    pub(crate) batch_size: u64,
    pub(crate) batch_interval: u64,
    pub(crate) local_share: u64,
    pub(crate) archive_limit: u64,
    pub(crate) is_compressing: bool,
    /// The bytes that localStorage holds altogether.
    pub(crate) local_quota: usize,
    pub(crate) has_archive: bool,
    /// Whether the browser has Web Locks.
    pub(crate) has_locks: bool,
    /// Whether events are numbered.
    pub(crate) has_ledger: bool,

    /// Bytes above which the server refuses a body.
    pub(crate) body_limit: usize,
    /// Events that the server refuses for what they are.
    pub(crate) poisoned: InThousand,

    // Network.
    pub(crate) lost_request: InThousand,
    pub(crate) lost_answer: InThousand,
    pub(crate) doubled_request: InThousand,
    /// The longest that a request takes, in milliseconds.
    pub(crate) slowest: u64,
    // Server: how often it changes for the worse, and what a single request may meet.
    pub(crate) server_trouble: InThousand,
    pub(crate) failed_request: InThousand,
    pub(crate) partial_batch: InThousand,
    /// Successes that say that the server has had enough.
    pub(crate) used_up: InThousand,

    // Browser.
    pub(crate) refused_write: InThousand,
    pub(crate) failed_transaction: InThousand,
    /// Transactions that are made only after everybody has given them up.
    pub(crate) late_transaction: InThousand,
    pub(crate) ungiven_segment: InThousand,
    pub(crate) slowest_transaction: u64,

    // Pages; of tasks.
    pub(crate) killed_task: InThousand,
    pub(crate) torn_write: InThousand,
    pub(crate) trapped_task: InThousand,

    /// Whether events of the client's own can be lost before anybody knows of them.
    pub(crate) loses_tasks: bool,

    // Of steps.
    pub(crate) killed_tab: InThousand,
    pub(crate) killed_browser: InThousand,
    pub(crate) clock_jump: InThousand,
    pub(crate) leaving: InThousand,
    pub(crate) hiding: InThousand,
    pub(crate) suspending: InThousand,
    pub(crate) opening: InThousand,
    pub(crate) refusing_visitor: InThousand,
}

impl Setting {
    pub(crate) fn of(chance: &mut Chance) -> Self {
        // In half of the worlds, where nothing else is said, a thing does not go wrong at all.
        fn sometimes(chance: &mut Chance, most: InThousand) -> InThousand {
            if chance.happens(500) {
                chance.between(1, most)
            } else {
                0
            }
        }
        let is_small = chance.happens(300);
        let has_archive = !chance.happens(60);
        let mut setting = Self {
            steps: chance.between(5, 50),
            most_tabs: chance.pick(&[1, 1, 2, 2, 3, 5]),
            longest_pause: chance.pick(&[50, 1_000, 5_000, 30_000, 300_000]),
            largest_burst: chance.pick(&[1, 3, 3, 8, 30]),
            largest_event: chance.pick(&[10, 100, 1_000, 6_000]),
            batch_size: chance.pick(&[1, 2, 4, 10, 100]),
            batch_interval: chance.pick(&[50, 500, 3_000, 3_000]),
            local_share: if is_small {
                chance.pick(&[0, 3_000, 10_000, 30_000])
            } else {
                262_144
            },
            archive_limit: if chance.happens(100) {
                chance.between(5_000, 60_000)
            } else {
                25_000_000
            },
            is_compressing: chance.happens(700),
            local_quota: if chance.happens(150) {
                chance.between(6_000, 60_000) as usize
            } else {
                5_000_000
            },
            has_archive,
            has_locks: true,
            has_ledger: chance.happens(100),
            body_limit: if chance.happens(150) {
                chance.between(2_500, 20_000) as usize
            } else {
                usize::MAX
            },
            poisoned: if chance.happens(200) {
                chance.between(10, 300)
            } else {
                0
            },
            lost_request: sometimes(chance, 300),
            lost_answer: sometimes(chance, 300),
            doubled_request: sometimes(chance, 200),
            slowest: chance.pick(&[20, 300, 300, 5_000, 40_000]),
            server_trouble: sometimes(chance, 150),
            failed_request: sometimes(chance, 300),
            partial_batch: sometimes(chance, 200),
            used_up: if chance.happens(50) {
                chance.between(10, 200)
            } else {
                0
            },
            refused_write: if chance.happens(200) {
                chance.between(1, 200)
            } else {
                0
            },
            failed_transaction: if chance.happens(200) {
                chance.between(1, 300)
            } else {
                0
            },
            late_transaction: 0,
            ungiven_segment: if chance.happens(100) {
                chance.between(1, 300)
            } else {
                0
            },
            slowest_transaction: chance.pick(&[5, 50, 50, 1_500]),
            killed_task: sometimes(chance, 40),
            torn_write: if chance.happens(100) { 300 } else { 0 },
            trapped_task: if chance.happens(300) {
                chance.between(1, 50)
            } else {
                0
            },
            loses_tasks: false,
            killed_tab: sometimes(chance, 80),
            killed_browser: 0,
            clock_jump: sometimes(chance, 100),
            leaving: sometimes(chance, 200),
            hiding: sometimes(chance, 200),
            suspending: if chance.happens(200) {
                chance.between(1, 100)
            } else {
                0
            },
            opening: sometimes(chance, 200),
            refusing_visitor: 0,
        };
        if chance.happens(100) {
            setting.late_transaction = chance.between(1, 200);
        }
        if chance.happens(60) {
            setting.has_locks = false;
            // Leases are told by the wall clock, and one that cannot be written is seen by nobody: with either, two pages may
            // take themselves for a journal's owner.
            setting.clock_jump = 0;
            setting.refused_write = 0;
            setting.local_quota = 5_000_000;
        }
        // A killed browser takes the visitor's choice of the last seconds with it.
        match chance.below(10) {
            0 => setting.killed_browser = chance.between(5, 60),
            1 => {
                setting.refusing_visitor = chance.between(5, 100);
                setting.local_quota = 5_000_000;
            }
            _ => {}
        }
        let stores_all = setting.has_archive
            && setting.refused_write + setting.failed_transaction + setting.late_transaction == 0;
        let Self {
            killed_task,
            trapped_task,
            killed_browser,
            refusing_visitor,
            ..
        } = setting;
        setting.loses_tasks =
            !stores_all || killed_task + trapped_task + killed_browser + refusing_visitor > 0;
        setting
    }

    /// What the app sets.
    pub(crate) fn settings(&self) -> Vec<(&'static str, Value<'static>)> {
        let number = |value: u64| Value::Number(value as f64);
        vec![
            ("persistence", Value::Text("localStorage")),
            ("batch_size", number(self.batch_size)),
            ("batch_interval", number(self.batch_interval)),
            ("outbox_local_bytes", number(self.local_share)),
            ("outbox_archive_bytes", number(self.archive_limit)),
            ("delivery_ledger", Value::Boolean(self.has_ledger)),
            ("disable_compression", Value::Boolean(!self.is_compressing)),
        ]
    }

    /// Nothing goes wrong any more. What the server refuses for its own sake, it goes on to refuse.
    pub(crate) fn heal(&mut self) {
        self.lost_request = 0;
        self.lost_answer = 0;
        self.doubled_request = 0;
        self.slowest = self.slowest.min(300);
        self.server_trouble = 0;
        self.failed_request = 0;
        self.partial_batch = 0;
        self.used_up = 0;
        self.refused_write = 0;
        self.failed_transaction = 0;
        self.late_transaction = 0;
        self.ungiven_segment = 0;
        self.slowest_transaction = self.slowest_transaction.min(50);
        self.killed_task = 0;
        self.torn_write = 0;
        self.trapped_task = 0;
    }
}
