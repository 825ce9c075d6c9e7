//! Nothing is lost, nothing arrives twice: the real core in worlds that break on purpose.
//!
//! Each world is made from one seed: a visitor with up to five tabs, their browser's stores and locks, the network and a
//! server, all with faults of their own. Time is simulated, and so nothing here waits. When everything has happened, all is
//! made to work again, and then every event has to be delivered or accounted for.
//!
//! | file | what is there |
//! |---|---|
//! | `setting` | what the world of a seed is like and what can go wrong in it |
//! | `world` | time: what happens when |
//! | `visitor` | what the visitor, the app and chance do |
//! | `page`, `task`, `answers` | pages and the clients in them |
//! | `stores`, `archive`, `locks` | localStorage, IndexedDB, Web Locks |
//! | `network` | requests and the server |
//! | `ledger`, `rules` | what has become of each event, and what must be so |
//!
//! `HOGLET_SEEDS` says which seeds are tried, as `first..end`; with `HOGLET_SEED` one is, and tells what happens in it.

#![cfg(not(target_arch = "wasm32"))]

mod answers;
mod archive;
#[expect(dead_code, reason = "the tests of the core need more of it")]
#[path = "../core/browser.rs"]
mod browser;
mod chance;
mod ledger;
mod locks;
mod network;
mod page;
mod rules;
mod setting;
mod stores;
mod task;
mod visitor;
mod world;

use std::cell::RefCell;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ledger::Counts;
use world::World;

/// How many seeds are tried where nothing else is said.
const SEEDS: u64 = 20_000;

/// So many failures are told, the earliest first.
const MOST_FAILURES: usize = 5;

thread_local! {
    /// Where the present world has failed, and why.
    static FAILURE: RefCell<String> = const { RefCell::new(String::new()) };
}

#[test]
fn nothing_is_lost_and_nothing_arrives_twice() {
    if let Some(seed) = variable("HOGLET_SEED") {
        let seed = seed.parse().expect("HOGLET_SEED is a number");
        let mut world = World::new(seed, true);
        let outcome = catch_unwind(AssertUnwindSafe(|| world.run()));
        world.show_clients();
        println!(
            "{:#?}",
            outcome.unwrap_or_else(|failure| resume_unwind(failure))
        );
        return;
    }
    let seeds = variable("HOGLET_SEEDS").map_or(0..SEEDS, |seeds| {
        let (first, end) = seeds.split_once("..").expect("HOGLET_SEEDS is first..end");
        let number = |text: &str| text.parse().expect("HOGLET_SEEDS has numbers");
        number(first)..number(end)
    });
    let (counts, failures) = try_all(seeds);
    println!("{counts:#?}");
    for (seed, failure) in failures.iter().take(MOST_FAILURES) {
        eprintln!(
            "seed {seed}: {failure}\nto see what happens: cargo xtask test sim --seed {seed}\n"
        );
    }
    assert!(failures.is_empty(), "{} worlds failed", failures.len());
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Tries seeds on all processors. Answers what was counted, and the seeds that failed, with their reasons.
fn try_all(seeds: Range<u64>) -> (Counts, Vec<(u64, String)>) {
    std::panic::set_hook(Box::new(|info| {
        FAILURE.with(|failure| *failure.borrow_mut() = info.to_string());
    }));
    let next = AtomicU64::new(seeds.start);
    let results = Mutex::new((Counts::default(), Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut counts = Counts::default();
                let mut failures = Vec::new();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    match catch_unwind(AssertUnwindSafe(|| World::new(seed, false).run())) {
                        Ok(world) => counts.add(&world),
                        Err(_) => failures.push((seed, FAILURE.with(RefCell::take))),
                    }
                }
                let mut results = results.lock().expect("no thread dies with the lock");
                results.0.add(&counts);
                results.1.extend(failures);
            });
        }
    });
    drop(std::panic::take_hook());
    let (counts, mut failures) = results
        .into_inner()
        .expect("no thread has died with the lock");
    failures.sort_unstable();
    (counts, failures)
}
