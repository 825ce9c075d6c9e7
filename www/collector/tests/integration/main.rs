//! The real server, over real connections, with a real database.

mod definitions;
mod early_access;
mod faults;
mod files;
mod flags;
mod persons;
mod process;
mod receipts;
mod refusals;
mod shapes;
mod stream;
mod support;
