//! The console.

use web_sys::console;

use crate::core::Level;
use crate::core::text::concat;

/// Says something to the developer.
pub(crate) fn log(level: Level, message: &str) {
    let message = (&concat(&["[hoglet] ", message])).into();
    match level {
        Level::Debug => console::debug_1(&message),
        Level::Error => console::error_1(&message),
    }
}
