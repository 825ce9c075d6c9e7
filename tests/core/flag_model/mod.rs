//! Whatever the visitor, the app, the network and the server do in however many tabs: what is known of flags is the present
//! visitor's, and in the end it is what the server says now.

mod rules;
mod server;
mod steps;
mod world;

use steps::{setup, steps};
use world::World;

#[test]
fn the_rules_of_flags_hold_whatever_happens() {
    let mut runner = crate::model::runner(800);
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
