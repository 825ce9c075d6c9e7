//! Whatever the visitor, the app and the network do in however many tabs: the rules hold.
//!
//! Random steps are done with real clients in a browser of the test's own; beside them a [`Scope`](scope::Scope) says what
//! is to be expected, in far fewer words than the client needs. After every step the two are compared.

mod network;
mod rules;
mod scope;
mod steps;
mod world;

use std::cell::Cell;

use proptest::test_runner::{Config, RngAlgorithm, TestRunner};

use steps::{Step, What, setup, steps};
use world::World;

/// The fewest steps that a run makes.
const LEAST_STEPS: usize = 100_000;

/// Runs so many cases of a model.
pub(crate) fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        // The usual one, good enough for keys, takes a third of the time.
        rng_algorithm: RngAlgorithm::XorShift,
        ..Config::default()
    })
}

#[test]
fn the_rules_hold_whatever_happens() {
    let made = Cell::new(0);
    let mut runner = runner(2_200);
    let outcome = runner.run(&(setup(), steps()), |(setup, steps)| {
        let mut world = World::new(setup);
        for step in steps {
            made.set(made.get() + 1);
            world.step(step);
        }
        world.end();
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    println!("{} steps", made.get());
    assert!(made.get() >= LEAST_STEPS);
}

/// A tab that has missed a refusal takes up the session of whom another tab has remembered since and identified.
#[test]
fn the_rules_hold_where_they_did_not() {
    let setup = steps::Setup {
        persistence: "localStorage+cookie",
        cookie_wins: false,
        person_profiles: "identified_only",
        opted_out_by_default: true,
        cookieless_mode: "",
        consent_store: "localStorage",
        holds: false,
    };
    let mut world = World::new(setup);
    for (tab, what) in [
        (0, What::OptIn),
        (0, What::Open),
        (0, What::Open),
        (0, What::OptOut),
        (1, What::OptIn),
        (2, What::Capture),
        (1, What::OptOut),
        (0, What::OptIn),
        (0, What::Identify("user-a")),
        (2, What::Capture),
    ] {
        world.step(Step { tab, what });
    }
    world.end();
}
