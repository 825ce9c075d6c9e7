//! Feature flags: what the app asks of them, and what comes of asking the server.

use super::super::config::{Number, Switch};
use super::super::event::Capture;
use super::super::flags::{self, Call};
use super::super::json;
use super::super::properties::Properties;
use super::super::text;
use super::super::time::Now;
use super::{Client, FlagsOutcome, Output};

impl Client {
    /// All that is known of flags, as `Core.ask` describes it.
    pub fn flags(&mut self, now: Now) -> String {
        let ttl = self.config.number(Number::FlagTtl);
        // After a failure that is for the visitor's return or the next refresh, however often the app looks.
        let rests = self.flags.asking.is_busy() || self.flags.has_failed();
        if !rests && self.flags_are_stale(now) {
            self.reload_flags(now);
        }
        self.flags.snapshot(self.persistence.main(), ttl, now.wall)
    }

    /// The app was answered a flag's value. Answers the event that tells it, as [`Client::capture`] does, if it is to be told.
    pub fn flag_called(&mut self, now: Now, key: &str) -> Option<String> {
        // What is not known yet, or not any more, is no answer.
        if !self.flags.is_known(self.persistence.main()) || self.flags_are_stale(now) {
            return None;
        }
        let (values, _) = self.flags.answered(self.persistence.main());
        let value = values.get(key).unwrap_or_default();
        let call = Call {
            key: key.to_owned(),
            value: value.to_owned(),
            visitor: self.flag_visitor(now),
        };
        if !self.is_capturing() {
            self.flags.calls.wait(call);
            return None;
        }
        self.tell_flag(now, &call)
    }

    /// Whether the server is being asked, so that what is wanted now is asked in another request after that.
    pub fn asks_for_flags(&self) -> bool {
        self.flags.asking.is_asking()
    }

    /// Wants the server to be asked. False if it will not be.
    pub fn reload_flags(&mut self, now: Now) -> bool {
        let was_wanted = self.flags.asking.is_wanted();
        let asks = self.may_ask_for_flags() && self.flags.asking.ask(now.monotonic);
        if asks && !was_wanted {
            self.outputs.push(Output::FlagsReloading);
        }
        asks
    }

    /// Takes flags from the app: an object of values or an array of the flags that are on, and an object of payloads or
    /// nothing; in place of all that is known, or beside it.
    pub fn update_flags(&mut self, values: &str, payloads: &str, merges: bool) {
        let known = (flags::values_of(values), Properties::read(payloads));
        self.flags.update(known, merges, &mut self.persistence);
        self.tell_flags(FlagsOutcome::None);
    }

    /// Overrides what the app is answered, until the visitor is reset: objects as for [`Client::update_flags`], `false` for
    /// no overrides any more, or empty for those that there are.
    pub fn override_flags(&mut self, values: &str, payloads: &str) {
        flags::set_overrides(&mut self.persistence, values, payloads);
        self.tell_flags(FlagsOutcome::None);
    }

    /// Has flags depend on properties of the person, JSON objects or empty, before any event has told them.
    pub fn set_flag_person(&mut self, now: Now, set: &str, set_once: &str, reloads: bool) {
        let mut stored = flags::read(self.persistence.main(), flags::PERSON);
        let mut once = Properties::read(set_once);
        once.merge(&stored);
        stored.merge(&once);
        stored.merge(&Properties::read(set));
        self.persistence.set(flags::PERSON, &stored.to_json());
        self.reload_flags_if(now, reloads);
    }

    /// Has flags depend on nothing that was said of the person before.
    pub fn reset_flag_person(&mut self, now: Now, reloads: bool) {
        self.persistence.remove(flags::PERSON);
        self.reload_flags_if(now, reloads);
    }

    /// Has flags depend on properties of groups: an object of one object a type.
    pub fn set_flag_groups(&mut self, now: Now, groups: &str, reloads: bool) {
        if !self.require_person("setGroupPropertiesForFlags") {
            return;
        }
        let mut stored = flags::read(self.persistence.main(), flags::GROUPS);
        for (kind, set) in Properties::read(groups).iter() {
            let mut known = flags::read(&stored, kind);
            known.merge(&Properties::read(set));
            stored.set(kind, &known.to_json());
        }
        self.persistence.set(flags::GROUPS, &stored.to_json());
        self.reload_flags_if(now, reloads);
    }

    /// Has flags depend on nothing that was said of groups of a type, or of all if it is empty.
    pub fn reset_flag_groups(&mut self, kind: &str) {
        if kind.is_empty() {
            self.persistence.remove(flags::GROUPS);
            return;
        }
        let mut stored = flags::read(self.persistence.main(), flags::GROUPS);
        stored.set(kind, "{}");
        self.persistence.set(flags::GROUPS, &stored.to_json());
    }

    /// The visitor joins an early access feature or leaves it; `about` is an object with its `name` and `stage` as far as
    /// they are known. Answers the event that tells it.
    pub fn enroll(&mut self, now: Now, key: &str, joins: bool, about: &str) -> Option<String> {
        let value = if joins { "true" } else { "false" };
        let mut set = Properties::new();
        set.set(&text::concat(&["$feature_enrollment/", key]), value);
        let set = set.to_json();
        self.set_flag_person(now, &set, "", true);
        let mut values = Properties::new();
        values.set(key, value);
        self.update_flags(&values.to_json(), "", true);
        let about = Properties::read(about);
        let mut properties = Properties::new();
        properties.set_string("$feature_flag", key);
        properties.set("$feature_enrollment", value);
        properties.set("$set", &set);
        for (name, member) in [
            ("$feature_enrollment_stage", "stage"),
            ("$early_access_feature_name", "name"),
        ] {
            if let Some(value) = about.get(member) {
                properties.set(name, value);
            }
        }
        self.capture_named(now, "$feature_enrollment_update", &properties)
    }

    // What follows from what the app does elsewhere.

    /// The page begins.
    pub(super) fn begin_flags(&mut self, now: Now) {
        self.flags.store_begun(&mut self.persistence);
        self.tell_flags(FlagsOutcome::None);
        let waits = self.flags.is_ready() || self.config.is(Switch::DisableFirstFlags);
        if !waits {
            self.reload_flags(now);
        }
        self.schedule_flags(now);
    }

    /// The visitor became known who was anonymous under another id: their flags are asked for anew, and what is known holds
    /// until then.
    pub(super) fn join_flags(&mut self, now: Now, anonymous_id: &str) {
        anonymous_id.clone_into(&mut self.flags.anonymous_id);
        flags::forget_told(&mut self.persistence);
        self.ask_for_flags_anew(now);
    }

    /// Somebody else is the visitor: the former one's flags are nobody's.
    pub(super) fn forget_flags(&mut self, now: Now) {
        self.flags.forget(&mut self.persistence);
        self.shared = None;
        self.ask_for_flags_anew(now);
    }

    /// The visitor was reset: the next one begins with what the app gives.
    pub(super) fn begin_flags_anew(&mut self, now: Now) {
        self.flags.leave();
        self.flags.begin(&self.bootstrap);
        self.flags.store_begun(&mut self.persistence);
        self.tell_flags(FlagsOutcome::None);
        self.ask_for_flags_anew(now);
    }

    /// The visitor may have chosen: flags are for those who are counted.
    pub(super) fn follow_consent_with_flags(&mut self, now: Now, was_capturing: bool) {
        match (was_capturing, self.is_capturing()) {
            (true, false) => {
                self.call_flags_off();
                flags::forget_told(&mut self.persistence);
            }
            (false, true) => self.reload_flags_if(now, true),
            _ => {}
        }
    }

    /// An event has set properties of the person.
    pub(super) fn follow_person(&mut self, now: Now, capture: &Capture<'_>) {
        // Looking for the word is cheaper than reading what most events do not have.
        let in_properties = text::contains(capture.properties, "\"$set\"");
        if capture.set.is_empty() && !in_properties {
            return;
        }
        let mut set = Properties::new();
        if in_properties {
            set = flags::read(&Properties::read(capture.properties), "$set");
        }
        set.merge(&Properties::read(capture.set));
        let before = self
            .persistence
            .main()
            .get(flags::PERSON)
            .map(str::to_owned);
        if set != Properties::new() {
            self.set_flag_person(now, &set.to_json(), "", false);
        }
        let is_news = self.persistence.main().get(flags::PERSON) != before.as_deref();
        self.reload_flags_if(now, is_news);
    }

    /// Properties of the person are gone, a JSON array of names.
    pub(super) fn unset_flag_person(&mut self, now: Now, names: &str) {
        let mut stored = flags::read(self.persistence.main(), flags::PERSON);
        for name in json::items(names).filter_map(json::as_string) {
            stored.remove(&name);
        }
        self.persistence.set(flags::PERSON, &stored.to_json());
        self.reload_flags(now);
    }

    pub(super) fn reload_flags_if(&mut self, now: Now, reloads: bool) {
        if reloads {
            self.reload_flags(now);
        }
    }

    fn ask_for_flags_anew(&mut self, now: Now) {
        self.call_flags_off();
        self.reload_flags(now);
    }

    /// Nobody is asked any more.
    pub(super) fn call_flags_off(&mut self) {
        // What was not asked yet is asked for whoever comes, if anything is.
        let is_in_vain = self.flags.asking.is_busy() && !self.may_ask_for_flags();
        let called_off = self.flags.asking.call_off();
        if let Some(id) = called_off {
            self.outputs.push(Output::CallOff(id));
            self.end_question(false);
        }
        if is_in_vain || called_off.is_some() {
            self.tell_flags(FlagsOutcome::Cancelled);
        }
    }

    /// Whether the server may be asked: the app has not forbidden it, nor has the visitor.
    pub(super) fn may_ask_for_flags(&self) -> bool {
        let config = &self.config;
        let is_disabled = config.is(Switch::DisableFlags) || config.is(Switch::DisableFeatureFlags);
        !is_disabled && self.is_capturing()
    }

    pub(super) fn flags_are_stale(&self, now: Now) -> bool {
        let ttl = self.config.number(Number::FlagTtl);
        self.flags.is_stale(self.persistence.main(), ttl, now.wall)
    }

    fn flag_visitor(&mut self, now: Now) -> [String; 3] {
        let groups = self
            .persistence
            .main()
            .get("$groups")
            .unwrap_or_default()
            .to_owned();
        let session = match self.config.is(Switch::FlagCallsPerSession) {
            true => self.session_id(now),
            false => String::new(),
        };
        [self.distinct_id(), groups, session]
    }

    fn tell_flag(&mut self, now: Now, call: &Call) -> Option<String> {
        if call.is_told(&mut self.persistence) {
            return None;
        }
        let main = self.persistence.main();
        let (properties, is_minimal) = self.flags.called(main, call, now.wall);
        let capture = Capture {
            name: "$feature_flag_called",
            properties: &properties.to_json(),
            is_minimal,
            ..Capture::default()
        };
        self.capture(now, &capture)
    }

    /// Events are captured again: what the app was answered meanwhile is told, as far as it still holds.
    pub(super) fn tell_waiting_flags(&mut self, now: Now) {
        for call in self.flags.calls.take_waiting() {
            let (values, _) = self.flags.answered(self.persistence.main());
            let holds = values.get(&call.key).unwrap_or_default() == call.value;
            if holds && call.visitor == self.flag_visitor(now) {
                self.tell_captured(|client| client.tell_flag(now, &call));
            }
        }
    }
}
