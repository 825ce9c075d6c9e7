//! The collector: a small server for development and tests that takes what a PostHog SDK sends, judges it as
//! strictly as PostHog does, and keeps all of it in SQLite so that lost and doubled events can be counted.
//! It is not meant for production.
//!
//! A request to a PostHog route passes through these modules in this order:
//!
//! | module | does |
//! |---|---|
//! | [`server`], [`connection`] | accept loop; a connection that a handler can cut |
//! | [`routes`] | which path is answered by what; [`routes::exchange`] takes one request from head to answer |
//! | [`faults`] | the rules by which tests make the server fail |
//! | [`head`] | what is recorded of a request's head |
//! | [`payload`] | bytes to JSON text: gzip, base64, forms, size caps |
//! | [`validate`], [`token`], [`time`] | JSON text to events, or one refusal for the whole request |
//! | [`store`], [`rows`] | one SQLite transaction for each request; what is read back |
//! | [`persons`], [`stream`] | views on the stored events: who is who, and server-sent events |
//! | [`flags`] | feature flags: their definitions, and what they are for whom |
//! | [`files`], [`args`] | static files and the command line |

pub mod args;
pub mod connection;
pub mod faults;
pub mod files;
pub mod flags;
pub mod head;
pub mod payload;
pub mod persons;
pub mod routes;
pub mod rows;
pub mod server;
pub mod store;
pub mod stream;
pub mod time;
pub mod token;
pub mod validate;
