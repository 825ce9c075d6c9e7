//! Whatever the visitor, the app, the network and the server do in however many tabs: what is known of flags is the present
//! visitor's, and in the end it is what the server says now.

mod rules;
mod server;
mod steps;
mod world;

use proptest::test_runner::{Config, RngAlgorithm, TestRunner};

use steps::{setup, steps};
use world::World;

#[test]
fn the_rules_of_flags_hold_whatever_happens() {
    let mut runner = TestRunner::new(Config {
        cases: 800,
        failure_persistence: None,
        // The usual one, good enough for keys, takes a third of the time.
        rng_algorithm: RngAlgorithm::XorShift,
        ..Config::default()
    });
    let outcome = runner.run(&(setup(), steps()), |(setup, steps)| {
        let mut world = World::new(setup);
        for step in steps {
            world.step(step);
        }
        world.heal();
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
