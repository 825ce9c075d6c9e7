//! Everything that is left to chance in a world comes from here, and so from its seed.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

pub(crate) struct Chance(Xoshiro256PlusPlus);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A number from 0 up to, not including, `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The high half of the product: as even as is needed here, and faster than a remainder.
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// Whether something happens that happens so many times in a thousand.
    pub(crate) fn happens(&mut self, in_thousand: u64) -> bool {
        in_thousand > 0 && self.below(1_000) < in_thousand
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A span in milliseconds: mostly short, sometimes up to `most`.
    pub(crate) fn delay(&mut self, most: u64) -> u64 {
        let magnitude = self.below(64 - u64::from(most.leading_zeros()) + 1);
        self.below((1 << magnitude) + 1).min(most)
    }
}
