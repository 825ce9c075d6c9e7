//! The real server, over real connections, with a real database.

mod faults;
mod files;
mod persons;
mod process;
mod receipts;
mod refusals;
mod shapes;
mod stream;
mod support;
