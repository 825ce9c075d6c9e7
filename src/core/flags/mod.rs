//! Feature flags: what is known of them, when the server is asked, and what is told of what the app was answered.
//!
//! | file | what is decided there |
//! |---|---|
//! | `mod` | what a flag's value is: the app's override, the server's last answer, or what the page began with |
//! | `answer` | what an answer of the server says |
//! | `learning` | what is known from then on, and that it is nobody's once the visitor is somebody else |
//! | `asking` | when the server is asked |
//! | `called` | what `$feature_flag_called` tells |
//! | `evaluate` | what a flag is for somebody, from its definition: for servers, and not in the browser build |
//!
//! What the server has said is stored with the visitor's properties, in the format of posthog-js 1.449.2, and there it is
//! read: so it is known on the next page before anybody has asked, and tabs share it.

mod answer;
mod asking;
mod called;
#[cfg(feature = "evaluator")]
pub mod evaluate;
mod learning;

use super::client::FlagsOutcome;
use super::identity::Bootstrap;
use super::json;
use super::persistence::Persistence;
use super::properties::Properties;
use super::text;
use super::time::WallTime;
use answer::is_truthy;
pub(super) use answer::read as read_answer;
pub(super) use asking::{AfterFailure, Asking};
pub(super) use called::{Call, Calls};
use learning::set_values;

const VALUES: &str = "$enabled_feature_flags";
const ACTIVE: &str = "$active_feature_flags";
const PAYLOADS: &str = "$feature_flag_payloads";
const DETAILS: &str = "$feature_flag_details";
const REQUEST_ID: &str = "$feature_flag_request_id";
const EVALUATED_AT: &str = "$feature_flag_evaluated_at";
const MINIMAL: &str = "$minimal_flag_called_events";
const ERRORS: &str = "$feature_flag_errors";
const OVERRIDES: &str = "$override_feature_flags";
const OVERRIDE_PAYLOADS: &str = "$override_feature_flag_payloads";
pub(super) const PERSON: &str = "$stored_person_properties";
pub(super) const GROUPS: &str = "$stored_group_properties";

/// Where what is known of flags comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// From an earlier page.
    Cache,
    /// From the server, on this page.
    Server,
    /// From the app, on this page.
    Local,
}

/// What is known of flags on this page.
#[derive(Debug)]
pub(super) struct Flags {
    pub(super) asking: Asking,
    pub(super) calls: Calls,
    /// Values and payloads that the app began with.
    begun: Option<(Properties, Properties)>,
    /// Whether they hide what is stored, for nothing newer has come.
    hides: bool,
    source: Source,
    /// Whether anybody has said anything on this page: the app at its beginning, or the server, be it that it failed.
    is_ready: bool,
    has_failed: bool,
    /// Whether events tell that the last answer is too old.
    pub(super) is_told_stale: bool,
    /// A checksum of what the app has heard last: values and payloads, overrides and all, in whatever order.
    told: Option<u64>,
    /// What is to be told when the task ends, if anything is.
    pub(super) telling: Option<FlagsOutcome>,
    /// The id that the visitor had before they were identified, until the server has heard of it.
    pub(super) anonymous_id: String,
    /// What stands in the entry by which tabs say what they ask: when it was asked, a mark of the question, and a word
    /// once it is answered.
    pub(super) lease: String,
    /// What this tab has written there last.
    pub(super) asked: String,
}

impl Flags {
    /// Begins with what the app says of flags, and what another tab has to say of its asking.
    pub(super) fn new(bootstrap: &Bootstrap, lease: Option<&str>) -> Self {
        let mut flags = Self {
            asking: Asking::default(),
            calls: Calls::default(),
            begun: None,
            hides: false,
            source: Source::Cache,
            is_ready: false,
            has_failed: false,
            is_told_stale: false,
            told: None,
            telling: None,
            anonymous_id: String::new(),
            lease: lease.unwrap_or_default().to_owned(),
            asked: String::new(),
        };
        flags.begin(bootstrap);
        flags
    }

    /// Takes what the app says of flags at the beginning of a page or of a visitor, if anything.
    pub(super) fn begin(&mut self, bootstrap: &Bootstrap) {
        let values = Properties::read(&bootstrap.flags);
        if values == Properties::new() {
            return;
        }
        let mut payloads = Properties::new();
        for (key, payload) in Properties::read(&bootstrap.flag_payloads).iter() {
            if values.get(key).is_some_and(is_truthy) {
                payloads.set(key, payload);
            }
        }
        self.begun = Some((values, payloads));
        self.hides = true;
        self.is_ready = true;
    }

    /// Stores what the app began with where nothing is stored, as posthog-js 1.449.2 does.
    pub(super) fn store_begun(&self, persistence: &mut Persistence) {
        if let Some((values, payloads)) = &self.begun
            && !persistence.main().contains(VALUES)
        {
            set_values(persistence, values, payloads);
        }
    }

    /// Whether anybody has said anything on this page.
    pub(super) fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Whether the last request has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Whether anything is known: from this page or an earlier one.
    pub(super) fn is_known(&self, main: &Properties) -> bool {
        self.is_ready || main.contains(VALUES)
    }

    /// The flags' values and payloads, without the app's overrides.
    pub(super) fn known(&self, main: &Properties) -> (Properties, Properties) {
        match &self.begun {
            Some(begun) if self.hides => begun.clone(),
            _ => (read(main, VALUES), read(main, PAYLOADS)),
        }
    }

    /// The values and payloads that the app is answered.
    pub(super) fn answered(&self, main: &Properties) -> (Properties, Properties) {
        let (mut values, mut payloads) = self.known(main);
        values.merge(&read(main, OVERRIDES));
        payloads.merge(&read(main, OVERRIDE_PAYLOADS));
        (values, payloads)
    }

    /// Where what is known comes from, as it is told; empty where nothing is known.
    fn source(&self, main: &Properties) -> &'static str {
        match self.source {
            _ if self.hides => "bootstrap",
            _ if !main.contains(VALUES) => "",
            Source::Cache => "cache",
            Source::Server => "server",
            Source::Local => "local",
        }
    }

    /// Whether the last answer is older than `ttl` milliseconds, unless that is 0.
    pub(super) fn is_stale(&self, main: &Properties, ttl: u64, now: WallTime) -> bool {
        let at = self.stale_at(main, ttl);
        at.is_some_and(|at| at <= now.as_millis())
    }

    /// All that an app can read, as `Core.ask` has it.
    pub(super) fn snapshot(&self, main: &Properties, ttl: u64, now: WallTime) -> String {
        let (mut values, payloads) = self.answered(main);
        if self.is_stale(main, ttl, now) {
            values = Properties::new();
        }
        let flag = |value| if value { "true" } else { "false" };
        let until = self.stale_at(main, ttl);
        let mut snapshot = Properties::new();
        snapshot.set("values", &values.to_json());
        snapshot.set("payloads", &payloads.to_json());
        snapshot.set_string("source", self.source(main));
        snapshot.set_integer("age", self.age(main, now));
        snapshot.set("fresh", flag(self.is_fresh()));
        snapshot.set("ready", flag(self.is_ready));
        snapshot.set("failed", flag(self.has_failed));
        snapshot.set_integer("until", until.unwrap_or_default());
        snapshot.to_json()
    }

    /// Milliseconds since what is known was evaluated, as far as the server's clock and the visitor's agree.
    fn age(&self, main: &Properties, now: WallTime) -> u64 {
        let at = self.known_at(main);
        at.map_or(0, |at| now.as_millis().saturating_sub(at))
    }

    /// When what is known was evaluated.
    fn known_at(&self, main: &Properties) -> Option<u64> {
        main.get_integer(EVALUATED_AT).filter(|_| !self.hides)
    }

    /// When the last answer is older than `ttl` milliseconds, unless that is 0.
    fn stale_at(&self, main: &Properties, ttl: u64) -> Option<u64> {
        Some(self.known_at(main)? + ttl).filter(|_| ttl > 0)
    }

    fn is_fresh(&self) -> bool {
        self.source != Source::Cache
    }

    /// Whether the app is to hear of flags: what it is answered has changed, or anything is known for the first time.
    pub(super) fn take_news(&mut self, main: &Properties) -> bool {
        if !self.is_known(main) {
            return false;
        }
        let (values, payloads) = self.answered(main);
        let on = values.iter().filter(|(_, value)| is_truthy(value));
        let on = on.map(|(key, value)| ["=", key, "=", value]);
        let payloads = payloads.iter().map(|(key, value)| ["", key, "=", value]);
        let sum = on.chain(payloads).fold(0, |sum: u64, parts| {
            sum.wrapping_add(text::checksum(&text::concat(&parts)))
        });
        self.told.replace(sum) != Some(sum)
    }

    /// Sets what events tell of flags (posthog-js 1.449.2): of each its value as the server said it.
    pub(super) fn enrich(&self, properties: &mut Properties, main: &Properties) {
        // posthog-js 1.449.2 tells nothing of a failure without anything known.
        if !self.hides && !main.contains(VALUES) {
            return;
        }
        let (values, payloads) = self.known(main);
        properties.set(ACTIVE, &active(&values));
        properties.set(PAYLOADS, &payloads.to_json());
        for key in [REQUEST_ID, OVERRIDES] {
            if let Some(value) = main.get(key) {
                properties.set(key, value);
            }
        }
        if !self.is_told_stale {
            for (key, value) in values.iter() {
                properties.set(&text::concat(&["$feature/", key]), value);
            }
        }
    }
}

/// Overrides what the app is answered from now on, on later pages too: with an object, or with nothing any more.
pub(super) fn set_overrides(persistence: &mut Persistence, values: &str, payloads: &str) {
    for (key, text) in [(OVERRIDES, values), (OVERRIDE_PAYLOADS, payloads)] {
        if text == "false" {
            persistence.remove(key);
        } else if !text.is_empty() {
            persistence.set(key, &values_of(text).to_json());
        }
    }
}

/// Whether what the app is answered differs between two states of what is stored.
pub(super) fn differ(before: &Properties, main: &Properties) -> bool {
    [VALUES, PAYLOADS, OVERRIDES, OVERRIDE_PAYLOADS]
        .iter()
        .any(|key| main.get(key) != before.get(key))
}

/// What the app is answered may be told again, for the visitor has another id.
pub(super) fn forget_told(persistence: &mut Persistence) {
    persistence.remove(called::REPORTED);
}

/// The values of an object, or those of an array's flags, which are on.
pub(super) fn values_of(text: &str) -> Properties {
    let mut values = Properties::read(text);
    for key in json::items(text).filter_map(json::as_string) {
        values.set(&key, "true");
    }
    values
}

/// A stored object.
pub(super) fn read(main: &Properties, key: &str) -> Properties {
    Properties::read(main.get(key).unwrap_or_default())
}

/// The keys of the flags that are on, as a JSON array.
fn active(values: &Properties) -> String {
    let on = values.iter().filter(|(_, value)| is_truthy(value));
    json::strings(on.map(|(key, _)| key))
}
