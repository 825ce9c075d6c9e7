//! What becomes of what is known: the server has answered or has not, the app or another tab has said something, somebody
//! else has come.

use super::super::json;
use super::super::persistence::Persistence;
use super::super::properties::Properties;
use super::answer::{Answer, is_truthy};
use super::called::REPORTED;
use super::{
    ACTIVE, DETAILS, ERRORS, EVALUATED_AT, Flags, MINIMAL, PAYLOADS, PERSON, REQUEST_ID, Source,
    VALUES, active, read,
};

impl Flags {
    /// Takes what the server says. What it could not evaluate stays as it was, and beside what is of surveys alone the rest.
    pub(in crate::core) fn take(
        &mut self,
        answer: Answer,
        only_surveys: bool,
        persistence: &mut Persistence,
    ) {
        let (mut values, mut payloads) = (answer.values, answer.payloads);
        let mut details = answer.details;
        if answer.is_partial || only_surveys {
            let (mut all, mut all_payloads) = self.known(persistence.main());
            let mut all_details = read(persistence.main(), DETAILS);
            for (key, _) in values.iter() {
                all_payloads.remove(key);
            }
            all.merge(&values);
            all_payloads.merge(&payloads);
            all_details.merge(&details);
            (values, payloads, details) = (all, all_payloads, all_details);
        }
        self.anonymous_id.clear();
        self.learn(Source::Server);
        self.has_failed = false;
        set_values(persistence, &values, &payloads);
        persistence.set(DETAILS, &details.to_json());
        for (key, value) in [
            (REQUEST_ID, answer.request_id),
            (EVALUATED_AT, answer.evaluated_at),
        ] {
            match value {
                Some(value) => persistence.set(key, &value),
                None => persistence.remove(key),
            };
        }
        persistence.set(MINIMAL, if answer.is_minimal { "true" } else { "false" });
        let error = ["errors_while_computing_flags"];
        self.set_errors(persistence, &error[..usize::from(answer.is_partial)]);
    }

    /// Takes what the app says: in place of what is known, or beside it.
    pub(in crate::core) fn update(
        &mut self,
        (mut values, mut payloads): (Properties, Properties),
        merges: bool,
        persistence: &mut Persistence,
    ) {
        let mut details = Properties::new();
        for (key, value) in values.iter() {
            details.set(key, &detail(key, value));
            if !is_truthy(value) {
                payloads.remove(key);
            }
        }
        if merges {
            let (mut all, mut all_payloads) = self.known(persistence.main());
            let mut all_details = read(persistence.main(), DETAILS);
            all.merge(&values);
            all_payloads.merge(&payloads);
            all_details.merge(&details);
            (values, payloads, details) = (all, all_payloads, all_details);
        }
        self.learn(Source::Local);
        self.has_failed = false;
        set_values(persistence, &values, &payloads);
        persistence.set(DETAILS, &details.to_json());
    }

    fn learn(&mut self, source: Source) {
        self.source = source;
        self.hides = false;
        self.is_ready = true;
    }

    /// Another tab was answered what this one would have asked. Answers whether nothing is waited for any more that was.
    pub(in crate::core) fn rest(&mut self) -> bool {
        self.has_failed = false;
        self.asking.rest()
    }

    /// The request has failed: what is stored counts, even if it is older than what the app began with.
    pub(in crate::core) fn fail(&mut self, error: &str, persistence: &mut Persistence) {
        self.is_ready = true;
        self.has_failed = true;
        self.hides &= !persistence.main().contains(VALUES);
        self.set_errors(persistence, &[error]);
    }

    /// What went wrong last is part of what is told of the app's questions.
    pub(in crate::core) fn set_errors(&self, persistence: &mut Persistence, errors: &[&str]) {
        persistence.set(ERRORS, &json::strings(errors.iter().copied()));
    }

    /// Another tab has stored something, and `is_told` if it says that it was answered. Answers whether it was.
    pub(in crate::core) fn handle_stored(
        &mut self,
        before: &Properties,
        main: &Properties,
        is_told: bool,
    ) -> bool {
        let differs = |key| main.get(key) != before.get(key);
        let is_newer = differs(EVALUATED_AT) || differs(REQUEST_ID);
        let is_answer = main.contains(VALUES) && (is_newer || is_told);
        if is_answer {
            self.learn(Source::Server);
        } else if differs(VALUES) {
            self.hides = false;
        }
        is_answer
    }

    /// Somebody else is the visitor now, and what is stored is theirs.
    pub(in crate::core) fn leave(&mut self) {
        self.begun = None;
        self.hides = false;
        self.is_ready = false;
        self.source = Source::Cache;
        self.has_failed = false;
        self.anonymous_id.clear();
        // Of another visitor nothing waits to be told.
        self.calls.take_waiting();
    }

    /// The same, where what is stored is not theirs yet.
    pub(in crate::core) fn forget(&mut self, persistence: &mut Persistence) {
        self.leave();
        for key in [
            VALUES,
            ACTIVE,
            PAYLOADS,
            DETAILS,
            REQUEST_ID,
            EVALUATED_AT,
            MINIMAL,
            ERRORS,
            PERSON,
            REPORTED,
        ] {
            persistence.remove(key);
        }
    }
}

pub(super) fn set_values(
    persistence: &mut Persistence,
    values: &Properties,
    payloads: &Properties,
) {
    persistence.set(VALUES, &values.to_json());
    persistence.set(ACTIVE, &active(values));
    persistence.set(PAYLOADS, &payloads.to_json());
}

/// What is said of a flag whose value the app has given.
fn detail(key: &str, value: &str) -> String {
    let mut detail = Properties::new();
    detail.set_string("key", key);
    detail.set("enabled", if is_truthy(value) { "true" } else { "false" });
    if value.starts_with('"') {
        detail.set("variant", value);
    }
    detail.to_json()
}
