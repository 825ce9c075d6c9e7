//! How a client begins.

use super::Client;
use super::delivering::Report;
use super::ledger::Ledger;
use super::observing::Observers;
use crate::core::address;
use crate::core::autocapture::Autocapture;
use crate::core::config::Config;
use crate::core::consent::{Choice, Consent};
use crate::core::environment::{Environment, Size};
use crate::core::exception::Exceptions;
use crate::core::flags::Flags;
use crate::core::id::{IdSource, SEED_BYTES};
use crate::core::identity::{self, Bootstrap};
use crate::core::json;
use crate::core::outbox::{KeepaliveLedger, Outbox, Runaway};
use crate::core::page::{Navigation, View};
use crate::core::persistence::{Persistence, Stored};
use crate::core::session::Session;
use crate::core::time::{Now, WallTime};

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
            referrer: told_referrer(&start.referrer, &config),
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
    pub(super) fn name_session(&mut self, now: WallTime) {
        let session_id = std::mem::take(&mut self.bootstrap.session_id);
        if !session_id.is_empty() && !self.session.name_next(&session_id, now) {
            self.error("bootstrap.sessionID was ignored: pass a uuid of version 7 that is not from the future");
        }
    }
}

/// Where the visitor came from, as the settings let it be told.
pub(super) fn told_referrer(referrer: &str, config: &Config) -> String {
    address::redacted(referrer, config).unwrap_or_else(|| referrer.to_owned())
}
