//! `$feature_flag_called`: what the app was answered of a flag, told once.

use super::super::json;
use super::super::persistence::Persistence;
use super::super::properties::Properties;
use super::super::time::WallTime;
use super::{DETAILS, ERRORS, EVALUATED_AT, Flags, MINIMAL, is_truthy, read};

/// The answers that were told of each flag, and in which session, if that matters.
pub(super) const REPORTED: &str = "$flag_call_reported";
const REPORTED_SESSION: &str = "$flag_call_reported_session_id";

/// What is not told of an answer of which only the least is.
const LEFT_OUT: [&str; 6] = [
    "$feature_flag_payload",
    "$feature_flag_bootstrapped_response",
    "$feature_flag_bootstrapped_payload",
    "$used_bootstrap_value",
    "$feature_flag_original_response",
    "$feature_flag_original_payload",
];

/// An answer that the app got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::core) struct Call {
    /// The flag.
    pub(in crate::core) key: String,
    /// Its value as JSON; empty if it had none.
    pub(in crate::core) value: String,
    /// Who the visitor was: the id, the groups as JSON, and the session if that matters.
    pub(in crate::core) visitor: [String; 3],
}

/// Which answers were told, and which wait to be.
#[derive(Debug, Default)]
pub(in crate::core) struct Calls {
    waiting: Vec<Call>,
}

impl Calls {
    /// Keeps an answer for a time in which events are captured again.
    pub(in crate::core) fn wait(&mut self, call: Call) {
        if !self.waiting.contains(&call) {
            self.waiting.push(call);
        }
    }

    /// The answers that have waited, which do not any more.
    pub(in crate::core) fn take_waiting(&mut self) -> Vec<Call> {
        std::mem::take(&mut self.waiting)
    }
}

impl Call {
    /// Whether the answer was told already. From now on it counts as told.
    pub(in crate::core) fn is_told(&self, persistence: &mut Persistence) -> bool {
        let session = &self.visitor[2];
        if !session.is_empty() && persistence.set_string(REPORTED_SESSION, session) {
            persistence.remove(REPORTED);
        }
        let mut reported = read(persistence.main(), REPORTED);
        let value = match &*self.value {
            "" => "undefined".into(),
            value => json::as_string(value).unwrap_or_else(|| value.into()),
        };
        let value = json::string(&value);
        let told = reported.get(&self.key).unwrap_or("[]");
        let mut list = String::from("[");
        for item in json::items(told) {
            if item == value {
                return true;
            }
            json::push_separator(&mut list);
            list.push_str(item);
        }
        json::push_separator(&mut list);
        list.push_str(&value);
        list.push(']');
        reported.set(&self.key, &list);
        persistence.set(REPORTED, &reported.to_json());
        false
    }
}

impl Flags {
    /// What is told of an answer (posthog-js 1.449.2, but for where the value comes from and how old it is), and whether
    /// that is only the least: the server wants so of flags without an experiment.
    pub(in crate::core) fn called(
        &self,
        main: &Properties,
        call: &Call,
        now: WallTime,
    ) -> (Properties, bool) {
        let key = &*call.key;
        let (values, payloads) = self.answered(main);
        let mut told = Properties::new();
        let or_null = |value: Option<&str>| value.unwrap_or("null").to_owned();
        told.set_string("$feature_flag", key);
        if !call.value.is_empty() {
            told.set("$feature_flag_response", &call.value);
        }
        told.set("$feature_flag_payload", &or_null(payloads.get(key)));
        if let Some(at) = main.get(EVALUATED_AT) {
            told.set(EVALUATED_AT, at);
        }
        let begun = self.begun.as_ref();
        let begun_value = begun.and_then(|(values, _)| values.get(key));
        let begun_payload = begun.and_then(|(_, payloads)| payloads.get(key));
        told.set("$feature_flag_bootstrapped_response", &or_null(begun_value));
        told.set(
            "$feature_flag_bootstrapped_payload",
            &or_null(begun_payload),
        );
        told.set(
            "$used_bootstrap_value",
            if self.is_fresh() { "false" } else { "true" },
        );
        // What the server said is of values that the app's own hide.
        let details = match self.hides {
            true => Properties::new(),
            false => read(main, DETAILS),
        };
        let detail = Properties::read(details.get(key).unwrap_or_default());
        let metadata = Properties::read(detail.get("metadata").unwrap_or_default());
        let reason = Properties::read(detail.get("reason").unwrap_or_default());
        let mut tell = |name: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|value| *value != "null") {
                told.set(name, value);
            }
        };
        tell(
            "$feature_flag_has_experiment",
            metadata.get("has_experiment"),
        );
        tell("$feature_flag_version", metadata.get("version"));
        tell(
            "$feature_flag_reason",
            reason.get("description").or_else(|| reason.get("code")),
        );
        tell("$feature_flag_id", metadata.get("id"));
        let (original, original_payloads) = self.known(main);
        let is_on = |value: Option<&str>| value.is_some_and(is_truthy);
        if original.contains(key) && is_on(original.get(key)) != is_on(values.get(key)) {
            tell("$feature_flag_original_response", original.get(key));
            tell("$feature_flag_original_payload", original_payloads.get(key));
        }
        let mut errors = String::new();
        let known_errors = json::items(main.get(ERRORS).unwrap_or_default());
        let missing = (!values.contains(key)).then_some("\"flag_missing\"");
        for error in known_errors.chain(missing).filter_map(json::as_string) {
            json::push_separator(&mut errors);
            errors.push_str(&error);
        }
        told.set_string_if_any("$feature_flag_error", &errors);
        told.set_string_if_any("$feature_flag_source", self.source(main));
        if !self.is_fresh() {
            told.set_integer("$feature_flag_age_ms", self.age(main, now));
        }
        let has_experiment = told.get("$feature_flag_has_experiment");
        let is_minimal = main.get(MINIMAL) == Some("true") && has_experiment == Some("false");
        if is_minimal {
            for name in LEFT_OUT {
                told.remove(name);
            }
        }
        (told, is_minimal)
    }
}
