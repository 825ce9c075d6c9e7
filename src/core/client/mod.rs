//! The client: wires the small machines together.
//!
//! Here is what it holds, what happens to it and what it wants done; what the app asks of it stands in files of their own.

mod allowing;
mod capturing;
mod delivering;
mod failing;
mod flag_requests;
mod flagging;
mod identifying;
mod interacting;
mod ledger;
mod observing;
mod registering;
mod viewing;

use std::rc::Rc;

use super::address;
use super::autocapture::Autocapture;
use super::bots;
use super::config::{Config, ConfigError, List, Switch, Value};
use super::consent::{Choice, Consent};
use super::environment::{Environment, Size};
use super::event::{Record, SharedProperties};
use super::exception::Exceptions;
use super::flags::Flags;
use super::id::{IdSource, SEED_BYTES};
use super::identity::{self, Bootstrap};
use super::json;
use super::outbox::{KeepaliveLedger, Outbox, Request, RequestId, Runaway, Transaction};
use super::page::{Navigation, View};
use super::persistence::{Persistence, Place, Stored, Write};
use super::properties::Properties;
use super::session::{Reason, Session};
use super::text;
use super::time::{MonotonicTime, Now, WallTime};
use delivering::Report;
use ledger::Ledger;
use observing::Observers;

/// What a client begins with.
#[derive(Clone, Debug)]
pub struct Start {
    /// Entropy that no other page shares.
    pub seed: [u8; SEED_BYTES],
    /// What earlier pages left behind.
    pub stored: Stored,
    /// Whether the browser asks for its user not to be tracked.
    pub do_not_track: bool,
    /// Who the app says the visitor is.
    pub bootstrap: Bootstrap,
    /// The id that the app gives to a device that has none; empty to have one minted.
    pub device_id: String,
    /// Browser and device.
    pub environment: Environment,
    /// The size of the window's inside.
    pub viewport: Size,
    /// The page's address.
    pub url: String,
    /// Where the visitor came from, as `document.referrer` has it.
    pub referrer: String,
    /// What all clients of the page have under way.
    pub keepalive: KeepaliveLedger,
}

/// Something to be done by the adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Make the body ready, ask [`Client::dispatch`], send, and give the answer to [`Client::handle_response`].
    Send(Request),
    /// Nobody waits for the answer to a request any more.
    CallOff(RequestId),
    /// Store a value, or remove it. If that fails, tell [`Client::handle_unstored`].
    Store(Write),
    /// Make a transaction of the archive in IndexedDB, in this task if its connection is open, and tell
    /// [`Client::handle_archived`].
    Archive(Transaction),
    /// Find what is stored of events, and tell [`Client::handle_surveyed`].
    Survey,
    /// Get the lock of a journal if nobody has it, and tell [`Client::handle_claimed`].
    Claim(String),
    /// Give the lock of a journal up.
    Release(String),
    /// Read segments, tell [`Client::handle_segment`] of each that is there, then [`Client::handle_retrieved`].
    Retrieve(Vec<String>),
    /// Remove every segment of the project.
    Purge,
    /// Tell the app that another session has begun.
    Session(SessionChange),
    /// Tell the app of an event that the page gave rise to, and have its hooks look at it: the event's text and what it has
    /// in common with others, as [`Client::capture`] answers them.
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

/// An analytics client of one project on one page.
#[derive(Debug)]
pub struct Client {
    config: Config,
    ids: IdSource,
    persistence: Persistence,
    consent: Consent,
    session: Session,
    environment: Environment,
    /// What events tell of it, as the settings have it.
    told_environment: Properties,
    viewport: Size,
    is_bot: bool,
    bot_told: bool,
    navigation: Navigation,
    view: View,
    /// Whether the page could be seen yet.
    is_seen: bool,
    autocapture: Autocapture,
    exceptions: Exceptions,
    observers: Observers,
    flags: Flags,
    /// The page's address, and what of it the settings let be told.
    url: String,
    told_url: String,
    referrer: String,
    /// What the app's word on the visitor's identity asks for, until [`Client::begin`].
    bootstrap: Bootstrap,
    /// All cookies as they were when the page began.
    cookies: String,
    /// Built when an event needs it; `None` once something in it has changed.
    shared: Option<SharedProperties>,
    /// The shared properties that the app was told last.
    told_shared: Option<Rc<str>>,
    /// The last person properties that were sent, so that they are not sent again.
    last_person: String,
    /// Whether an event has told how the person first arrived.
    arrival_told: bool,
    /// Whether the app's hooks see events before they are taken, and those that they look at.
    holds: bool,
    held: Vec<Held>,
    outbox: Outbox,
    runaway: Runaway,
    report: Report,
    ledger: Ledger,
    outputs: Vec<Output>,
    /// When something was stored last.
    stored_at: MonotonicTime,
}

/// How long after a write of ours another tab may write that has not seen it.
const SAME_MOMENT_MILLIS: u64 = 1_000;

/// An event that the app's hooks look at.
#[derive(Debug)]
struct Held {
    record: Record,
    instantly: bool,
}

impl Client {
    /// Begins, going on with the identity and the session that are stored.
    pub fn new(config: Config, start: &Start, now: Now) -> Self {
        let persistence = Persistence::load(&config, &start.stored);
        let stored_choice = persistence.stored_consent(&start.stored, &config);
        let consent = Consent {
            stored: Choice::read(stored_choice.as_deref()),
            do_not_track: start.do_not_track,
        };
        // A duplicated tab has the window id of the other, and the mark that says so.
        let window_id = match &start.stored.primary_window {
            None => start.stored.window_id.as_deref().and_then(json::as_string),
            Some(_) => None,
        };
        let lease = start.stored.flags_lease.as_deref();
        let lease = lease.filter(|_| persistence.uses_local_storage());
        let mut client = Self {
            ids: IdSource::new(start.seed),
            session: Session::resume(persistence.main().get("$sesid"), window_id.map(Into::into)),
            persistence,
            consent,
            environment: start.environment.clone(),
            told_environment: start.environment.properties(&config),
            viewport: start.viewport,
            is_bot: false,
            bot_told: false,
            navigation: Navigation::default(),
            view: View::default(),
            is_seen: false,
            autocapture: Autocapture::default(),
            exceptions: Exceptions::new(),
            observers: Observers::default(),
            flags: Flags::new(&start.bootstrap, lease),
            url: start.url.clone(),
            told_url: address::told(&start.url, &config),
            referrer: address::redacted(&start.referrer, &config)
                .unwrap_or_else(|| start.referrer.clone()),
            cookies: start.stored.cookies.clone(),
            bootstrap: start.bootstrap.clone(),
            shared: None,
            told_shared: None,
            last_person: String::new(),
            arrival_told: false,
            holds: false,
            held: Vec::new(),
            outbox: Outbox::new(&config.token, start.keepalive.clone()),
            runaway: Runaway::default(),
            report: Report::default(),
            ledger: Ledger::default(),
            outputs: Vec::new(),
            stored_at: now.monotonic,
            config,
        };
        if client.persistence.take_damaged() {
            client
                .debug(&["what is stored of the visitor was damaged: what could be read was kept"]);
        }
        client.look_for_bots();
        client.arrive(&start.device_id, now.wall);
        let is_misplaced = start.stored.consent.is_some() == client.config.consent_in_cookie();
        if client.consent.stored != Choice::Pending && is_misplaced {
            client.store_choice();
        }
        client
    }

    /// Takes its place in the page: who the visitor is, and what is stored of them.
    fn arrive(&mut self, device_id: &str, now: WallTime) {
        if self.consent.is_cookieless(&self.config) {
            identity::become_cookieless(&mut self.persistence);
        } else {
            let (persistence, ids) = (&mut self.persistence, &mut self.ids);
            identity::adopt(persistence, &self.bootstrap, device_id, now, ids);
            identity::ensure(persistence, device_id, now, ids);
            self.name_session(now);
        }
        let mut initialized = String::new();
        now.push_iso(&mut initialized);
        self.persistence
            .set_string("$initialization_time", &initialized);
        if self.session.window_id().is_empty() {
            // A duplicated tab must not come to have the other's window when it is reloaded.
            let name = self.persistence.names().window_id.clone();
            self.put_visit(name, None);
        }
        self.mark_window(true);
        self.apply_consent();
    }

    /// Goes on with the session that the app names.
    fn name_session(&mut self, now: WallTime) {
        let session_id = std::mem::take(&mut self.bootstrap.session_id);
        if !session_id.is_empty() && !self.session.name_next(&session_id, now) {
            self.error("bootstrap.sessionID was ignored: pass a uuid of version 7 that is not from the future");
        }
    }

    // Getters.

    /// The present settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The id that events carry now.
    pub fn distinct_id(&self) -> String {
        identity::distinct_id(&self.persistence)
    }

    /// What is remembered of the visitor.
    pub fn properties(&self) -> &Properties {
        self.persistence.main()
    }

    /// What is remembered of this tab's visit.
    pub fn visit_properties(&self) -> &Properties {
        self.persistence.visit()
    }

    /// Whether what other tabs and hosts store in cookies concerns this one.
    pub fn watches_cookies(&self) -> bool {
        self.persistence.watches_cookies(&self.config)
    }

    /// The events that are not delivered yet, as a JSON array.
    pub fn events_queue(&self) -> String {
        let mut out = String::from("[");
        for record in self.outbox.records() {
            json::push_separator(&mut out);
            record.push_json(&mut out);
        }
        json::push_byte(&mut out, b']');
        out
    }

    // Commands; more of them stand in this module's files.

    /// Changes a setting.
    ///
    /// # Errors
    ///
    /// As [`Config::set`]; the setting keeps its value.
    pub fn set_config(&mut self, key: &str, value: Value<'_>) -> Result<(), ConfigError> {
        let named_search_app = self.config.is(Switch::DetectSearchApp);
        self.config.set(key, value)?;
        if self.config.is(Switch::DetectSearchApp) != named_search_app {
            self.told_environment = self.environment.properties(&self.config);
        }
        self.told_url = address::told(&self.url, &self.config);
        self.persistence.set_mode(&self.config);
        self.apply_consent();
        self.look_for_bots();
        self.shared = None;
        Ok(())
    }

    fn look_for_bots(&mut self) {
        let custom = self.config.list(List::BlockedUserAgents);
        let Environment {
            user_agent,
            brands,
            is_driven,
            ..
        } = &self.environment;
        let name = text::concat(&[user_agent, " ", brands]);
        self.is_bot = *is_driven || bots::is_bot(&name, custom);
    }

    /// Brings everything up to date. To be called at the end of every task that called anything else, and when the
    /// moment of [`Client::poll_timeout`] has come.
    pub fn settle(&mut self, now: Now) {
        self.tell_pageview(Some(now.monotonic));
        self.poll_observers(now);
        self.poll_flags(now);
        self.deliver(now);
    }

    // What happened.

    /// The page's address may have changed.
    pub fn handle_address(&mut self, url: String) {
        if url != self.url {
            self.told_url = address::told(&url, &self.config);
            self.url = url;
            self.shared = None;
        }
    }

    /// The window has another size.
    pub fn handle_resize(&mut self, viewport: Size) {
        self.viewport = viewport;
        self.shared = None;
    }

    /// What is stored has changed, most likely by another tab: its identity, its session and its visitor's choice are
    /// taken over. Of what is stored, only localStorage and the cookies are looked at.
    pub fn handle_stored(&mut self, now: Now, stored: &Stored) {
        let visitor = self.distinct_id();
        let choice = self.persistence.stored_consent(stored, &self.config);
        self.follow_choice(now, Choice::read(choice.as_deref()));
        if self.stored_at.after(SAME_MOMENT_MILLIS) < now.monotonic {
            self.persistence.trust_others();
        }
        let before = self.persistence.main().clone();
        if self.persistence.refresh(stored, &self.config) {
            self.shared = None;
        }
        self.follow_flags(now, &before, stored.flags_lease.as_deref());
        let is_forgotten =
            self.distinct_id() != visitor && !identity::is_identified(&self.persistence);
        let session = self.persistence.main().get("$sesid");
        if is_forgotten || session.is_none() && !self.session.id().is_empty() {
            // With the person, the other tab has ended the session.
            self.session.end();
            self.persistence.end_session();
        }
        let session = self.persistence.main().get("$sesid");
        if self.session.adopt(session) {
            self.tell_session(Reason::Adopted);
        }
        // Whoever stored it may not have stored all of it.
        identity::ensure(&mut self.persistence, "", now.wall, &mut self.ids);
    }

    /// A value could not be stored.
    pub fn handle_unstored(&mut self, now: Now, write: &Write) {
        if !self.outbox.handle_unstored(write, now.monotonic) {
            self.persistence.handle_unstored(write, &self.config);
        }
    }

    /// The page is left, perhaps to be brought back, or it has been: the mark of its window goes and comes.
    pub fn mark_window(&mut self, is_used: bool) {
        let name = self.persistence.names().primary_window.clone();
        self.put_visit(name, is_used.then(|| "true".to_owned()));
    }

    // What is to be done.

    /// What is to be done, in order; empty when all is done.
    pub fn poll_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// When [`Client::settle`] is to be called again, if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<MonotonicTime> {
        let outbox = self.outbox.poll_timeout(&self.config);
        let others = [
            self.warning_timeout(),
            self.navigation.timeout(),
            self.observers.timeout(),
            self.flags.asking.timeout(),
        ];
        others.into_iter().flatten().chain(outbox).min()
    }

    /// Stores which window this is.
    fn store_window(&mut self) {
        if !self.session.window_id().is_empty() {
            let name = self.persistence.names().window_id.clone();
            self.put_visit(name, Some(json::string(self.session.window_id())));
        }
    }

    fn put_visit(&mut self, name: String, value: Option<String>) {
        if self.persistence.keeps_visits() {
            self.persistence.put(Place::SessionStorage, name, value);
        }
    }

    fn store(&mut self, now: Now) {
        let writes = self.persistence.take_writes(&self.config);
        if !writes.is_empty() {
            self.stored_at = now.monotonic;
        }
        self.outputs.extend(writes.into_iter().map(Output::Store));
        self.outbox.store(now, &self.config, &mut self.ids);
        if let Some(keys) = self.persistence.take_left_out() {
            let mut message = String::from("the cookie is full, and these stay out of it:");
            for key in keys {
                message.push(' ');
                message.push_str(key);
            }
            self.error(&message);
        }
    }

    fn send(&mut self, request: Request) {
        self.debug(&[
            "sending ",
            &json::integer(request.body.len() as u64),
            " bytes",
        ]);
        self.outputs.push(Output::Send(request));
    }

    fn debug(&mut self, parts: &[&str]) {
        if self.config.is(Switch::Debug) {
            self.outputs
                .push(Output::Log(Level::Debug, text::concat(parts)));
        }
    }

    fn error(&mut self, message: &str) {
        self.outputs
            .push(Output::Log(Level::Error, message.to_owned()));
    }
}
