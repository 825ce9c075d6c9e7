//! The core: what an analytics client decides, without a clock, a network, a store or a page of its own.
//!
//! [`Client`] is driven from outside. Its contract is one sentence: *when a task that called it ends, call
//! [`Client::settle`], do everything that [`Client::poll_outputs`] gives, and set a timer for
//! [`Client::poll_timeout`].* Time comes in with every input; randomness is one seed; what is to be done comes out
//! as values.
//!
//! Methods are of four kinds: getters take `&self`; commands are what the app asks for; `handle_…` takes what
//! happened in the world; `poll_…` tells what is to be done.

#![forbid(unsafe_code)]

mod address;
mod advertising;
mod autocapture;
mod bots;
mod client;
pub mod config;
mod consent;
mod dead_click;
pub mod environment;
pub mod event;
mod exception;
pub mod flags;
mod heatmap;
pub mod id;
mod identity;
pub mod json;
mod media;
mod outbox;
mod page;
mod percent;
pub mod persistence;
mod properties;
mod redact;
mod session;
pub(crate) mod text;
pub mod time;
mod user_agent;
mod vitals;
mod webview;

pub use client::{Client, FlagsOutcome, Level, News, Output, SessionChange, Start};
pub use consent::Choice;
pub use identity::Bootstrap;
pub use outbox::{Dispatch, KeepaliveLedger, Request, RequestId, Response, Transaction};
pub use session::Reason;
