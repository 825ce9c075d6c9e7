//! The client: wires the small machines together.
//!
//! Here is what it holds, what happens to it and what it wants done; what the app asks of it stands in files of their own.

mod allowing;
mod arriving;
mod capturing;
mod delivering;
mod failing;
mod flag_requests;
mod flagging;
mod identifying;
mod interacting;
mod ledger;
mod observing;
mod output;
mod registering;
mod starting;
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
use super::id::IdSource;
use super::identity::{self, Bootstrap};
use super::json;
use super::outbox::{Outbox, Request, Runaway};
use super::page::{Navigation, View};
use super::persistence::{Persistence, Place, Stored, Write};
use super::properties::Properties;
use super::session::{Reason, Session};
use super::text;
use super::time::{MonotonicTime, Now};
use delivering::Report;
use ledger::Ledger;
use observing::Observers;

pub use self::output::{FlagsOutcome, Level, News, Output, SessionChange};
pub use self::starting::Start;
use self::starting::told_referrer;

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

    /// The visitor came to the page of the following calls from somewhere else.
    pub fn handle_referrer(&mut self, referrer: &str) {
        self.referrer = told_referrer(referrer, &self.config);
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
        // An identified visitor may be this one, and go on with the session, or one who was somebody else before that.
        let main = self.persistence.main();
        let was_reset = main.get(identity::LAST_RESET) != before.get(identity::LAST_RESET);
        let is_forgotten = self.distinct_id() != visitor
            && (was_reset || !identity::is_identified(&self.persistence));
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
