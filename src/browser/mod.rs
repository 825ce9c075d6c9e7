//! The browser's facilities, one file each. Nothing is decided here.

mod clock;
mod console;
mod listener;
mod page;
pub(crate) mod property;
mod runtime;
mod storage;
mod transport;

pub(crate) use clock::uuid;
pub(crate) use console::log;
pub(crate) use runtime::Runtime;
