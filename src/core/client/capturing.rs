//! Events: what goes with them, and the session that they belong to.

use std::rc::Rc;

use super::super::address;
use super::super::advertising;
use super::super::config::{List, PersonProfiles, Switch, Text};
use super::super::event::{Capture, Record, SharedProperties};
use super::super::identity;
use super::super::persistence::is_hidden;
use super::super::properties::Properties;
use super::super::redact;
use super::super::session::{Activity, Reason};
use super::super::text;
use super::super::time::Now;
use super::arriving::SESSION_ARRIVAL;
use super::{Client, Held, Output, SessionChange};

/// How it begins what stands for what is personal.
const REDACTED: &str = "<redacted:";

impl Client {
    /// Takes an event. Answers its text, or `None` if it was refused or the visitor is not to be counted; then a message
    /// says why.
    ///
    /// The text is what [`Record::own`] has; with a line break and what [`Record::shared`] has behind it, if that is other
    /// than was told last.
    pub fn capture(&mut self, now: Now, capture: &Capture<'_>) -> Option<String> {
        if !self.admits(now, capture.name) {
            return None;
        }
        match capture.name {
            "$pageview" => self.capture_pageview(now, capture),
            "$pageleave" => self.capture_pageleave(now, capture),
            _ => self.take(now, capture),
        }
    }

    /// Whether an event of this name may be taken now. If so, the visitor's session goes on.
    pub(super) fn admits(&mut self, now: Now, name: &str) -> bool {
        if !self.consent.is_capturing(&self.config) {
            self.debug(&["not captured, for the visitor is not to be counted: ", name]);
            return false;
        }
        let counts_bots =
            self.config.is(Switch::CountsBots) || self.config.is(Switch::CountsBotPageviews);
        if self.is_bot && !counts_bots {
            if !std::mem::replace(&mut self.bot_told, true) {
                self.error("nothing is captured, for this browser is a bot or driven by one: opt_out_useragent_filter counts it");
            }
            return false;
        }
        if !self.runaway.admits(now.monotonic) {
            return false;
        }
        self.touch_session(now);
        true
    }

    /// The visitor is active: their session goes on, or another begins.
    pub(super) fn touch_session(&mut self, now: Now) {
        if !self.consent.is_cookieless(&self.config) {
            let idle_millis = self.config.idle_millis();
            let activity = self.session.touch(now.wall, idle_millis, &mut self.ids);
            self.follow_session(activity);
        }
    }

    /// Takes an event that is admitted.
    pub(super) fn take(&mut self, now: Now, capture: &Capture<'_>) -> Option<String> {
        self.follow_person(now, capture);
        let shared = match self.shared.take() {
            Some(shared) => shared,
            None => {
                self.remember_visit(now.wall);
                // What this depends on is part of what is shared, so that it cannot have changed otherwise.
                if self.processes_person() {
                    self.persistence.set("$epp", "true");
                }
                self.build_shared()
            }
        };
        let least;
        let used = if capture.is_minimal {
            least = shared.least();
            &least
        } else {
            &shared
        };
        let arrival = self.arrival_to_tell(capture);
        let mut capture = capture.clone();
        if self.is_bot && !self.config.is(Switch::CountsBots) && capture.name == "$pageview" {
            capture.name = "$bot_pageview";
        }
        let set;
        if self.processes_person() && !capture.is_minimal {
            let mut advertising = advertising::to_tell(&mut self.persistence);
            if advertising != Properties::new() {
                advertising.merge(&Properties::read(capture.set));
                set = advertising.to_json();
                capture.set = &set;
            }
        }
        if let Some(arrival) = &arrival {
            capture.set_once = arrival;
        }
        let redacted;
        if self.config.is(Switch::RedactProperties)
            && let Some(properties) = redact::json(capture.properties)
        {
            redacted = properties;
            capture.properties = &redacted;
        }
        let numbered;
        let is_numbered = self.config.is(Switch::DeliveryLedger);
        if is_numbered {
            numbered = self.numbered(now, capture.properties);
            capture.properties = &numbered;
        }
        let taken = used.record(&capture, now.wall, &mut self.ids);
        self.shared = Some(shared);
        match taken {
            Ok(record) => {
                self.debug(&["captured ", capture.name]);
                self.explain_redaction(record.own());
                self.report.has_captured = true;
                if is_numbered {
                    self.note_numbered(now);
                }
                let text = self.told(&record);
                if self.holds {
                    let instantly = capture.send_instantly;
                    self.held.push(Held { record, instantly });
                } else {
                    self.outbox
                        .push(record, capture.send_instantly, now.monotonic);
                }
                Some(text)
            }
            Err(error) => {
                self.error(error.message());
                None
            }
        }
    }

    /// Says what was taken out of an event, where.
    fn explain_redaction(&mut self, own: &str) {
        if !self.config.is(Switch::Debug) || !text::contains(own, REDACTED) {
            return;
        }
        let event = Properties::read(&text::concat(&[own, "\"\":0}}"]));
        let properties = Properties::read(event.get("properties").unwrap_or_default());
        for (key, value) in properties.iter() {
            if text::contains(value, REDACTED) {
                self.debug(&["what is personal was taken out of ", key, ": ", value]);
            }
        }
    }

    /// The text of an event as it would be captured now, which nothing comes of.
    pub fn event_properties(&mut self, now: Now, name: &str, properties: &str) -> Option<String> {
        self.session_id(now);
        let capture = Capture {
            name,
            properties,
            ..Capture::default()
        };
        let record = self
            .build_shared()
            .record(&capture, now.wall, &mut self.ids);
        record.ok().map(|record| self.told(&record))
    }

    /// Whether events wait for [`Client::resolve`] before they are taken: the app's hooks look at them.
    pub fn hold(&mut self, holds: bool) {
        self.holds = holds;
    }

    /// Takes an event as the app's hooks left it, a whole event's JSON with its uuid in front; or drops it, if the text is
    /// empty. What is not held any more, for instance because the visitor has refused since, stays dropped.
    pub fn resolve(&mut self, now: Now, uuid: &str, event: &str) {
        let is_meant = |held: &Held| held.record.uuid() == uuid;
        let Some(at) = self.held.iter().position(is_meant) else {
            return;
        };
        let held = self.held.remove(at);
        if event.is_empty() {
            // Nothing is missing that was not to be sent.
            self.ledger.dropped += 1;
            return;
        }
        match Record::whole(event) {
            Ok(record) => self.outbox.push(record, held.instantly, now.monotonic),
            Err(error) => self.error(error.message()),
        }
    }

    /// The session's id, which is begun if there is none; empty where there are no sessions. This is no activity.
    pub fn session_id(&mut self, now: Now) -> String {
        if self.consent.is_cookieless(&self.config) {
            return String::new();
        }
        let activity = self.session.look(now.wall, &mut self.ids);
        self.follow_session(activity);
        self.session.id().to_owned()
    }

    /// The window's id; empty before the first session.
    pub fn window_id(&self) -> &str {
        self.session.window_id()
    }

    /// Whether events make PostHog build a person's profile.
    pub(super) fn processes_person(&self) -> bool {
        let main = self.persistence.main();
        match self.config.person_profiles() {
            PersonProfiles::Always => true,
            PersonProfiles::Never => false,
            PersonProfiles::IdentifiedOnly => {
                identity::is_identified(&self.persistence)
                    || identity::has_alias(&self.persistence)
                    || main.get("$epp") == Some("true")
                    || main.get("$groups").is_some_and(|groups| groups != "{}")
            }
        }
    }

    /// Tells the app, at the end of the task, that another session has begun.
    pub(super) fn tell_session(&mut self, reason: Reason) {
        self.shared = None;
        if reason != Reason::None {
            self.persistence.end_session();
            self.view.forget();
        }
        let session_id = self.session.id().to_owned();
        // The page that the session began on; another tab has stored it for a session of its own.
        let known = Properties::read(
            self.persistence
                .main()
                .get(SESSION_ARRIVAL)
                .unwrap_or_default(),
        );
        if known.get_string("sessionId").as_ref() != Some(&session_id) {
            let mut arrival = Properties::new();
            arrival.set_string("sessionId", &session_id);
            arrival.set(
                "props",
                &address::arrival(&self.referrer, &self.told_url, false),
            );
            self.persistence.set(SESSION_ARRIVAL, &arrival.to_json());
        }
        self.outputs.push(Output::Session(SessionChange {
            session_id,
            window_id: self.session.window_id().to_owned(),
            reason,
        }));
    }

    fn follow_session(&mut self, activity: Activity) {
        if let Activity::Began(reason) = activity {
            self.tell_session(reason);
        }
        if activity != Activity::Continued {
            self.persistence.set("$sesid", &self.session.to_json());
            self.store_window();
            self.shared = None;
        }
    }

    /// What the app is told of an event.
    fn told(&mut self, record: &Record) -> String {
        let is_known = |told: &Rc<str>| Rc::ptr_eq(told, record.shared());
        if self.told_shared.as_ref().is_some_and(is_known) {
            return record.own().to_owned();
        }
        self.told_shared = Some(record.shared().clone());
        text::concat(&[record.own(), "\n", record.shared()])
    }

    /// The order in which one source overrides another is that of posthog-js 1.449.2: browser and page, then what
    /// is stored of the visitor, then what is stored of the visit.
    fn build_shared(&self) -> SharedProperties {
        let (main, visit) = (self.persistence.main(), self.persistence.visit());
        let mut shared = self.told_environment.clone();
        self.viewport
            .set_in(&mut shared, "$viewport_height", "$viewport_width");
        address::set_address(&mut shared, &self.told_url);
        shared.set_string("$lib", self.config.text(Text::Library));
        shared.set_string("$lib_version", env!("CARGO_PKG_VERSION"));
        shared.set_string("$lib_engine", self.config.text(Text::Engine));
        shared.set_string("$sdk_dist_channel", "npm");
        let host = self.config.text(Text::ApiHost);
        if !is_posthog_cloud(host) {
            shared.set_string("$lib_custom_api_host", host);
        }
        shared.set_integer("$configured_session_timeout_ms", self.config.idle_millis());
        if self.is_bot {
            shared.set_string("$browser_type", "bot");
        } else if self.config.is(Switch::CountsBots) {
            shared.set_string("$browser_type", "browser");
        }
        for (key, value) in main.iter() {
            if !is_hidden(key) {
                shared.set(key, value);
            }
        }
        for (key, value) in visit.iter() {
            // An app that registers where the visitor comes from knows better.
            let is_main = matches!(key, "$referrer" | "$referring_domain") && main.contains(key);
            if !is_main && !is_hidden(key) {
                shared.set(key, value);
            }
        }
        self.flags.enrich(&mut shared, main);
        let mut fixed = Properties::new();
        fixed.set_string("token", &self.config.token);
        fixed.set_string("$config_defaults", self.config.text(Text::Defaults));
        if self.consent.is_cookieless(&self.config) {
            fixed.set("$cookieless_mode", "true");
        } else {
            fixed.set_string("$session_id", self.session.id());
            fixed.set_string("$window_id", self.session.window_id());
            let mut entry = Properties::new();
            for (key, value) in self.session_arrival().iter() {
                if value != "null" && value != "\"\"" {
                    // `current_url` would be a strange name for what is not current.
                    entry.set(if key == "$current_url" { "url" } else { key }, value);
                }
            }
            set_prefixed(&mut fixed, "$session_entry_", &entry);
        }
        fixed.set_string_if_any("$pageview_id", self.view.id());
        let flag = |value| if value { "true" } else { "false" };
        let is_identified = identity::is_identified(&self.persistence);
        fixed.set("$is_identified", flag(is_identified));
        fixed.set("$process_person_profile", flag(self.processes_person()));
        let mut shared =
            SharedProperties::new(shared, fixed, self.config.list(List::PropertyDenylist));
        shared.redacts_addresses = self.config.is(Switch::RedactUrls);
        shared
    }
}

/// Sets properties under names with a prefix in place of their dollar.
pub(super) fn set_prefixed(properties: &mut Properties, prefix: &str, others: &Properties) {
    for (key, value) in others.iter() {
        let name = text::slice(key, usize::from(key.starts_with('$')), key.len());
        properties.set(&text::concat(&[prefix, name]), value);
    }
}

/// Whether a host is one of PostHog's own, so that events need not say where they were sent (posthog-js 1.449.2).
fn is_posthog_cloud(host: &str) -> bool {
    let name = text::after(host, "https://").unwrap_or_default();
    let region = text::before(text::before(name, ".posthog.com"), ".i");
    text::after(name, ".posthog.com") == Some("")
        && matches!(region, "us" | "eu" | "app" | "us-assets" | "eu-assets")
}
