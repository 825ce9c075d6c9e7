//! The two clocks of a page, and its source of entropy.

use js_sys::Date;
use web_sys::Window;

use crate::core::id::SEED_BYTES;
use crate::core::time::{MonotonicTime, Now, WallTime};

/// The present.
pub(super) fn now(window: &Window) -> Now {
    let monotonic = window
        .performance()
        .map_or_else(Date::now, |performance| performance.now());
    Now {
        wall: WallTime::from_millis(Date::now() as u64),
        monotonic: MonotonicTime::from_millis(monotonic as u64),
    }
}

/// The present, but with the wall clock's moment of a call that was made earlier, unless that is NaN.
pub(super) fn now_for_call_at(window: &Window, call: f64) -> Now {
    let now = now(window);
    if call.is_nan() {
        return now;
    }
    Now {
        wall: WallTime::from_millis(call as u64),
        ..now
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
