//! What a client wants done.

use crate::core::outbox::{Request, RequestId, Transaction};
use crate::core::persistence::Write;
use crate::core::session::Reason;

/// Something to be done by the adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Make the body ready, ask [`super::Client::dispatch`], send, and give the answer to [`super::Client::handle_response`].
    Send(Request),
    /// Nobody waits for the answer to a request any more.
    CallOff(RequestId),
    /// Store a value, or remove it. If that fails, tell [`super::Client::handle_unstored`].
    Store(Write),
    /// Make a transaction of the archive in IndexedDB, in this task if its connection is open, and tell
    /// [`super::Client::handle_archived`].
    Archive(Transaction),
    /// Find what is stored of events, and tell [`super::Client::handle_surveyed`].
    Survey,
    /// Get the lock of a journal if nobody has it, and tell [`super::Client::handle_claimed`].
    Claim(String),
    /// Give the lock of a journal up.
    Release(String),
    /// Read segments, tell [`super::Client::handle_segment`] of each that is there, then [`super::Client::handle_retrieved`].
    Retrieve(Vec<String>),
    /// Remove every segment of the project.
    Purge,
    /// Tell the app that another session has begun.
    Session(SessionChange),
    /// Tell the app of an event that the page gave rise to, and have its hooks look at it: the event's text and what it has
    /// in common with others, as [`super::Client::capture`] answers them.
    Captured(String),
    /// Tell the app that feature flags are asked for.
    FlagsReloading,
    /// What is known of feature flags may have changed: whether the app's listeners are to be called, and what came of asking.
    Flags(bool, FlagsOutcome),
    /// Tell the app of delivery.
    News(News),
    /// Say something to the developer.
    Log(Level, String),
}

/// A session that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionChange {
    /// The session's id.
    pub session_id: String,
    /// The window's id.
    pub window_id: String,
    /// Why it began.
    pub reason: Reason,
}

/// What the app can hear of delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Everything that was captured so far is stored, as far as the browser lets us.
    Settled,
    /// So many events were delivered.
    Delivered(usize),
    /// So many events will never be, for this reason: `refused`, `too_old`, `no_room`, `too_many`.
    Dropped(usize, &'static str),
    /// So many events are tried again in so many milliseconds.
    Retrying(usize, u64),
    /// What was to be flushed has been tried: so many events were delivered, and so many wait.
    Flushed(usize, usize),
}

/// What came of a request for feature flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagsOutcome {
    /// No request has ended.
    None,
    /// The server has answered.
    Loaded,
    /// It has not, or nothing that could be taken.
    Failed,
    /// The request was for somebody who is not the visitor any more.
    Cancelled,
}

/// How much a message matters. Only errors are said without `debug`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What is being done.
    Debug,
    /// Something was not done as asked.
    Error,
}
