//! What JavaScript sees: convert, call, return.

mod client;
mod config;

pub use client::{Core, uuid};
