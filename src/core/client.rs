//! The client: wires the small machines together.

use super::address;
use super::config::{Config, ConfigError, PersonProfiles, Value};
use super::environment::{Environment, Size};
use super::event::{Capture, SharedProperties};
use super::id::{IdSource, SEED_BYTES};
use super::identity::{self, Identified};
use super::json;
use super::outbox::{Dispatch, Outbox, Request, RequestId, Response, Verdict};
use super::persistence::{Persistence, Place, Stored, Write, is_hidden, window_id_name};
use super::properties::Properties;
use super::session::{Activity, Session};
use super::text;
use super::time::{MonotonicTime, Now};

/// What a client begins with.
#[derive(Clone, Debug)]
pub struct Start {
    /// Entropy that no other page shares.
    pub seed: [u8; SEED_BYTES],
    /// What earlier pages left behind.
    pub stored: Stored,
    /// Browser and device.
    pub environment: Environment,
    /// The size of the window's inside.
    pub viewport: Size,
    /// The page's address.
    pub url: String,
    /// Where the visitor came from, as `document.referrer` has it.
    pub referrer: String,
}

/// Something to be done by the adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Make the body ready, ask [`Client::dispatch`], send, and give the answer to [`Client::handle_response`].
    Send(Request),
    /// Store a value. A failure is survived: the client goes on with what it holds.
    Store(Write),
    /// Say something to the developer.
    Log(Level, String),
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
    session: Session,
    environment: Properties,
    /// The page's address.
    url: String,
    referrer: String,
    /// Built when an event needs it; `None` once something in it has changed.
    shared: Option<SharedProperties>,
    outbox: Outbox,
    outputs: Vec<Output>,
}

impl Client {
    /// Begins, going on with the identity and the session that are stored.
    pub fn new(config: Config, start: &Start, now: Now) -> Self {
        let mut ids = IdSource::new(start.seed);
        let mut persistence = Persistence::load(&config.token, &start.stored);
        identity::ensure(&mut persistence, now.wall, &mut ids);
        let session = Session::resume(
            persistence.main().get("$sesid"),
            start
                .stored
                .window_id
                .as_deref()
                .and_then(json::as_string)
                .map(Into::into),
            now.wall,
            idle_millis(&config),
            &mut ids,
        );
        let mut initialized = String::from("\"");
        now.wall.push_iso(&mut initialized);
        json::push_byte(&mut initialized, b'"');
        persistence.set("$initialization_time", &initialized);
        let mut environment = start.environment.properties();
        start
            .viewport
            .set_in(&mut environment, "$viewport_height", "$viewport_width");
        let mut client = Self {
            config,
            ids,
            persistence,
            session,
            environment,
            url: start.url.clone(),
            referrer: start.referrer.clone(),
            shared: None,
            outbox: Outbox::default(),
            outputs: Vec::new(),
        };
        client.store_session();
        client.remember_visit();
        client
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

    // Commands.

    /// Takes an event. Answers its id, or `None` if it was refused; then a message says why.
    pub fn capture(&mut self, now: Now, capture: &Capture<'_>) -> Option<String> {
        match self
            .session
            .touch(now.wall, idle_millis(&self.config), &mut self.ids)
        {
            Activity::Continued => {}
            Activity::Aged => self.store_session(),
            Activity::Rotated => {
                self.store_session();
                self.shared = None;
            }
        }
        let shared = match self.shared.take() {
            Some(shared) => shared,
            None => {
                // What this depends on is part of what is shared, so that it cannot have changed otherwise.
                if self.processes_person() {
                    self.persistence.set("$epp", "true");
                }
                self.build_shared()
            }
        };
        let taken = shared.record(capture, now.wall, &mut self.ids);
        self.shared = Some(shared);
        match taken {
            Ok(record) => {
                let uuid = record.uuid().to_owned();
                self.debug(&["captured ", capture.name]);
                self.outbox
                    .push(record, capture.send_instantly, now.monotonic);
                Some(uuid)
            }
            Err(error) => {
                self.error(error.message());
                None
            }
        }
    }

    /// Says who the visitor is. An anonymous visitor's events and `id`'s become one person's. The properties are JSON
    /// objects, or empty.
    pub fn identify(&mut self, now: Now, id: &str, set: &str, set_once: &str) {
        if !identity::is_valid(id) {
            self.error("identify() was given an id that cannot be anybody's and was ignored: pass the user's own id");
            return;
        }
        if self.config.person_profiles == PersonProfiles::Never {
            self.error("identify() was ignored: person_profiles is set to never");
            return;
        }
        let identified = identity::identify(&mut self.persistence, id);
        self.shared = None;
        let mut properties = Properties::new();
        let mut capture = Capture {
            name: "$set",
            ..Capture::default()
        };
        match identified {
            Identified::Joined { anonymous_id } => {
                properties.set_string("distinct_id", id);
                properties.set_string("$anon_distinct_id", &anonymous_id);
                capture.name = "$identify";
                capture.set = set;
                capture.set_once = set_once;
                capture.send_instantly = true;
            }
            Identified::Known if set.is_empty() && set_once.is_empty() => return,
            Identified::Known | Identified::Confirmed => {
                properties.set_object("$set", set);
                properties.set_object("$set_once", set_once);
            }
        }
        let properties = properties.to_json();
        capture.properties = &properties;
        self.capture(now, &capture);
    }

    /// Forgets the person, for instance at logout; what comes next is a new anonymous visitor's. The device stays
    /// known unless `device_too`. Events captured before are still delivered as the person's.
    pub fn reset(&mut self, now: Now, device_too: bool) {
        identity::reset(&mut self.persistence, device_too, now.wall, &mut self.ids);
        self.session = Session::begin(now.wall, &mut self.ids);
        self.store_session();
        self.remember_visit();
        self.debug(&[
            "reset: the visitor is anonymous again, as ",
            &self.distinct_id(),
        ]);
    }

    /// Sets properties, a JSON object, that go with every event from now on, on later visits too.
    pub fn register(&mut self, properties: &str) {
        let mut changed = false;
        for (key, value) in Properties::read(properties).iter() {
            changed |= self.persistence.set(key, value);
        }
        if changed {
            self.shared = None;
        }
    }

    /// Changes a setting.
    ///
    /// # Errors
    ///
    /// As [`Config::set`]; the setting keeps its value.
    pub fn set_config(&mut self, key: &str, value: Value<'_>) -> Result<(), ConfigError> {
        self.config.set(key, value)?;
        self.shared = None;
        Ok(())
    }

    /// Sends what waits, without waiting for company or for the end of a rest.
    pub fn flush(&mut self) {
        self.outbox.flush();
    }

    /// Brings everything up to date. To be called at the end of every task that called anything else, and when the
    /// moment of [`Client::poll_timeout`] has come.
    pub fn settle(&mut self, now: Now) {
        self.store();
        if let Some(request) = self.outbox.poll_request(now, &self.config) {
            self.send(request);
        }
    }

    /// Asks how the request whose body is ready goes out; `None` if it must not be sent any more.
    pub fn dispatch(&mut self, id: RequestId, body_bytes: usize) -> Option<Dispatch> {
        self.outbox.dispatch(id, body_bytes)
    }

    // What happened.

    /// The page's address may have changed.
    pub fn handle_address(&mut self, url: String) {
        if url != self.url {
            self.url = url;
            self.remember_visit();
        }
    }

    /// The window has another size.
    pub fn handle_resize(&mut self, viewport: Size) {
        viewport.set_in(&mut self.environment, "$viewport_height", "$viewport_width");
        self.shared = None;
    }

    /// An answer has come, or none will.
    pub fn handle_response(&mut self, now: Now, id: RequestId, response: Response) {
        let verdict = self
            .outbox
            .handle_response(id, response, now.monotonic, &mut self.ids);
        let status = json::integer(u64::from(response.status));
        match verdict {
            Verdict::Delivered(count) => {
                self.debug(&["delivered ", &json::integer(count as u64), " events"])
            }
            Verdict::Kept(count) => {
                let count = json::integer(count as u64);
                self.debug(&[
                    &count,
                    " events wait for another try after status ",
                    &status,
                ]);
            }
            Verdict::Split(_) => self.debug(&[
                "the server refused a batch with status ",
                &status,
                ": halving it",
            ]),
            Verdict::Refused => {
                let message = [
                    "an event was set aside: the server refused it alone, with status ",
                    &status,
                ];
                self.error(&text::concat(&message));
            }
            Verdict::Unknown => {}
        }
    }

    /// The network is back, or the visitor is: what rested after a failure is tried at once.
    pub fn handle_return(&mut self) {
        self.outbox.wake();
    }

    /// The page is hidden and may never run again: everything that can still go, goes.
    pub fn handle_hide(&mut self, now: Now) {
        self.store();
        for request in self.outbox.handle_hide(now, &self.config) {
            self.send(request);
        }
    }

    // What is to be done.

    /// What is to be done, in order; empty when all is done.
    pub fn poll_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// When [`Client::settle`] is to be called again, if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<MonotonicTime> {
        self.outbox.poll_timeout(&self.config)
    }

    fn store(&mut self) {
        let writes = self.persistence.take_writes(&self.config);
        self.outputs.extend(writes.into_iter().map(Output::Store));
    }

    fn send(&mut self, request: Request) {
        self.debug(&[
            "sending ",
            &json::integer(request.body.len() as u64),
            " bytes",
        ]);
        self.outputs.push(Output::Send(request));
    }

    /// Notes where the visitor comes from and which campaign brought them.
    fn remember_visit(&mut self) {
        if !self.persistence.visit().contains("$referrer") {
            self.persistence
                .set_visit(&address::referrer(&self.referrer));
        }
        self.persistence.set_visit(&address::campaign(&self.url));
        self.shared = None;
    }

    fn store_session(&mut self) {
        self.persistence.set("$sesid", &self.session.to_json());
        self.outputs.push(Output::Store(Write {
            place: Place::SessionStorage,
            name: window_id_name(&self.config.token),
            value: json::string(self.session.window_id()),
        }));
    }

    /// Whether events make PostHog build a person's profile.
    fn processes_person(&self) -> bool {
        match self.config.person_profiles {
            PersonProfiles::Always => true,
            PersonProfiles::Never => false,
            PersonProfiles::IdentifiedOnly => {
                identity::is_identified(&self.persistence)
                    || self.persistence.main().get("$epp") == Some("true")
            }
        }
    }

    /// The order in which one source overrides another is that of posthog-js 1.449.2: browser and page, then what
    /// is stored of the visitor, then what is stored of the visit.
    fn build_shared(&self) -> SharedProperties {
        let mut shared = self.environment.clone();
        address::set_address(&mut shared, &self.url);
        shared.set_string("$lib", &self.config.library);
        shared.set_string("$lib_version", env!("CARGO_PKG_VERSION"));
        shared.set_string("$sdk_dist_channel", "npm");
        if !is_posthog_cloud(&self.config.api_host) {
            shared.set_string("$lib_custom_api_host", &self.config.api_host);
        }
        shared.set_integer("$configured_session_timeout_ms", idle_millis(&self.config));
        for (key, value) in self.persistence.main().iter() {
            if !is_hidden(key) {
                shared.set(key, value);
            }
        }
        for (key, value) in self.persistence.visit().iter() {
            if !self.persistence.main().contains(key) {
                shared.set(key, value);
            }
        }
        let mut fixed = Properties::new();
        fixed.set_string("token", &self.config.token);
        fixed.set_string("$config_defaults", "unset");
        fixed.set_string("$session_id", self.session.id());
        fixed.set_string("$window_id", self.session.window_id());
        let flag = |value| if value { "true" } else { "false" };
        fixed.set(
            "$is_identified",
            flag(identity::is_identified(&self.persistence)),
        );
        fixed.set("$process_person_profile", flag(self.processes_person()));
        SharedProperties::new(shared, fixed)
    }

    fn debug(&mut self, parts: &[&str]) {
        if self.config.debug {
            self.outputs
                .push(Output::Log(Level::Debug, text::concat(parts)));
        }
    }

    fn error(&mut self, message: &str) {
        self.outputs
            .push(Output::Log(Level::Error, message.to_owned()));
    }
}

fn idle_millis(config: &Config) -> u64 {
    config.session_idle_timeout_seconds * 1_000
}

/// Whether a host is one of PostHog's own, so that events need not say where they were sent (posthog-js 1.449.2).
fn is_posthog_cloud(host: &str) -> bool {
    let name = text::after(host, "https://").unwrap_or_default();
    let region = text::before(text::before(name, ".posthog.com"), ".i");
    text::after(name, ".posthog.com") == Some("")
        && matches!(region, "us" | "eu" | "app" | "us-assets" | "eu-assets")
}
