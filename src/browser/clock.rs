//! The two clocks of a page, and its source of entropy.

use js_sys::Date;
use web_sys::{Performance, Window};

use crate::core::id::{IdSource, SEED_BYTES};
use crate::core::time::{MonotonicTime, Now, WallTime};

/// The page's clocks.
pub(super) struct Clock {
    performance: Option<Performance>,
}

impl Clock {
    /// The clocks of a window.
    pub(super) fn new(window: &Window) -> Self {
        Self {
            performance: window.performance(),
        }
    }

    /// The present.
    pub(super) fn now(&self) -> Now {
        self.now_for_call_at(Date::now())
    }

    /// The present, but with the wall clock's moment of a call that was made earlier, unless that is NaN.
    pub(super) fn now_for_call_at(&self, call: f64) -> Now {
        let wall = if call.is_nan() { Date::now() } else { call };
        let monotonic = self
            .performance
            .as_ref()
            .map_or_else(Date::now, Performance::now);
        Now {
            wall: WallTime::from_millis(wall as u64),
            monotonic: MonotonicTime::from_millis(monotonic as u64),
        }
    }
}

/// Entropy for the ids of one page. Where the browser offers no cryptographic source, the clock and `Math.random`
/// must do: ids name things, they guard nothing.
pub(super) fn seed(window: &Window) -> [u8; SEED_BYTES] {
    let mut seed = [0; SEED_BYTES];
    let filled = window
        .crypto()
        .is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut seed).is_ok());
    if !filled {
        seed[..8].copy_from_slice(&Date::now().to_bits().to_le_bytes());
        for chunk in seed[8..].chunks_exact_mut(8) {
            chunk.copy_from_slice(&js_sys::Math::random().to_bits().to_le_bytes());
        }
    }
    seed
}

/// A fresh uuid of version 7.
pub(crate) fn uuid(window: &Window) -> String {
    let now = WallTime::from_millis(Date::now() as u64);
    IdSource::new(seed(window)).uuid(now)
}
