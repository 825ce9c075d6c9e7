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

use steps::{setup, steps};
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
