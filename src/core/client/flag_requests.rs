//! Requests for feature flags: when they are made, what they say, and what comes of them.

use super::super::config::{Config, List, Number, Switch, Text};
use super::super::flags::{self, AfterFailure};
use super::super::identity;
use super::super::json;
use super::super::outbox::Request;
use super::super::persistence::Place;
use super::super::properties::Properties;
use super::super::text;
use super::super::time::Now;
use super::{Client, FlagsOutcome, Output};

/// Stands behind the lease of a tab that was answered.
const DONE: &str = " done";

impl Client {
    /// Asks the server, if it is time to, and tells the app what there is to tell.
    pub(super) fn poll_flags(&mut self, now: Now) {
        if self.is_capturing() {
            self.tell_waiting_flags(now);
        }
        self.ask_for_flags(now);
        if let Some(outcome) = self.flags.telling.take() {
            let is_news = self.flags.take_news(self.persistence.main());
            self.outputs.push(Output::Flags(is_news, outcome));
        }
    }

    fn ask_for_flags(&mut self, now: Now) {
        let at = now.monotonic;
        let is_stale = self.flags_are_stale(now);
        if std::mem::replace(&mut self.flags.is_told_stale, is_stale) != is_stale {
            self.shared = None;
        }
        if let Some(id) = self.flags.asking.overdue(at) {
            self.outputs.push(Output::CallOff(id));
            self.fail_flags(now, 0, "timeout");
        }
        if self.flags.asking.take_refresh(at) {
            self.reload_flags(now);
            self.schedule_flags(now);
        }
        if !self.flags.asking.is_due(at) {
            return;
        }
        // The app may have forbidden it meanwhile.
        if !self.may_ask_for_flags() {
            self.call_flags_off();
            return;
        }
        let timeout = self.config.number(Number::FlagTimeout);
        let question = self.flags_question();
        // Another tab may have the answer already, or soon.
        if let Some(until) = self.others_ask_until(now, &question, timeout) {
            self.flags.asking.put_off(at.after(until));
            return;
        }
        let id = self.flags.asking.begin(at, timeout);
        let asked_at = json::integer(now.wall.as_millis());
        self.flags.asked = text::concat(&[&asked_at, " ", &question]);
        self.set_lease(Some(self.flags.asked.clone()));
        let mut body = self.flags_body(&self.flags.anonymous_id);
        let mut sent_at = String::new();
        now.wall.push_iso(&mut sent_at);
        body.set_string("sent_at", &sent_at);
        self.send(Request {
            id,
            url: flags_url(&self.config),
            body: body.to_json(),
            gzip: !self.config.is(Switch::DisableCompression),
        });
    }

    /// In how many milliseconds another tab has its answer to the same question, or has given up.
    fn others_ask_until(&self, now: Now, question: &str, timeout: u64) -> Option<u64> {
        let lease = &self.flags.lease;
        if !self.flags.anonymous_id.is_empty() || text::after(lease, " ") != Some(question) {
            return None;
        }
        let asked_at = json::as_integer(text::before(lease, " "))?;
        let passed = now.wall.as_millis().checked_sub(asked_at)?;
        timeout.checked_sub(passed).filter(|rest| *rest > 0)
    }

    /// Whether another tab was answered what this one would ask now.
    fn is_answered_to_others(&self) -> bool {
        self.flags.lease.ends_with(DONE) && question(&self.flags.lease) == self.flags_question()
    }

    /// Nobody waits for the answer to the tab's question any more, be it that it has come. What others have asked since is
    /// theirs.
    pub(super) fn end_question(&mut self, is_answered: bool) {
        let asked = &self.flags.asked;
        if self.flags.lease == *asked {
            self.set_lease(is_answered.then(|| text::concat(&[asked, DONE])));
        }
    }

    fn set_lease(&mut self, lease: Option<String>) {
        self.flags.lease = lease.clone().unwrap_or_default();
        // Where tabs share nothing, nobody else can use the answer.
        if self.persistence.uses_local_storage() {
            let name = self.persistence.names().flags_lease.clone();
            self.persistence.put(Place::LocalStorage, name, lease);
        }
    }

    /// Tells one question from another, but for what the same visitor's other tabs may not know.
    fn flags_question(&self) -> String {
        json::integer(text::checksum(&self.flags_body("").to_json()))
    }

    /// What flags depend on.
    fn flags_body(&self, anonymous_id: &str) -> Properties {
        let main = self.persistence.main();
        let mut person = self.first_arrival();
        person.merge(&flags::read(main, flags::PERSON));
        person.set_string("$lib", self.config.text(Text::Library));
        person.set_string("$lib_version", env!("CARGO_PKG_VERSION"));
        let mut body = Properties::new();
        body.set_string("token", &self.config.token);
        body.set_string("distinct_id", &self.distinct_id());
        body.set_object("groups", main.get("$groups").unwrap_or_default());
        body.set_string_if_any("$anon_distinct_id", anonymous_id);
        body.set("person_properties", &person.to_json());
        if let Some(groups) = main.get(flags::GROUPS) {
            body.set("group_properties", groups);
        }
        body.set_string_if_any("timezone", &self.environment.timezone);
        if let Some(device) = main.get_string(identity::DEVICE_ID) {
            body.set_string("$device_id", &device);
        }
        for (name, list, is_sent) in [
            ("evaluation_contexts", List::EvaluationContexts, false),
            (
                "flag_keys",
                List::FlagKeys,
                self.config.is(Switch::FlagKeysGiven),
            ),
        ] {
            let items = self.config.list(list);
            if is_sent || !items.is_empty() {
                let keys = items.iter().map(String::as_str);
                body.set(name, &json::strings(keys.filter(|key| !key.is_empty())));
            }
        }
        body
    }

    /// The answer to a request for flags has come, or none will; its text follows if all is well.
    pub(super) fn handle_flags_response(&mut self, now: Now, status: u16) {
        if status == 200 {
            return;
        }
        let error = match status {
            0 => "connection_error".to_owned(),
            _ => text::concat(&["api_error_", &json::integer(status.into())]),
        };
        self.fail_flags(now, status, &error);
    }

    /// The text of such an answer.
    pub(super) fn handle_flags_text(&mut self, now: Now, answer: &str) {
        // So it is told where the connection was cut within the answer.
        if answer.is_empty() {
            return self.fail_flags(now, 0, "connection_error");
        }
        self.flags.asking.succeed(now.monotonic);
        let answer = flags::read_answer(answer);
        let is_taken = answer.as_ref().is_ok_and(|answer| !answer.is_limited());
        // Another tab may have asked since, of something newer, and was answered first.
        let (lease, asked) = (&self.flags.lease, &self.flags.asked);
        let is_outdated = lease.ends_with(DONE) && question(lease) != question(asked);
        self.end_question(is_taken);
        match answer {
            Ok(_) if is_taken && is_outdated => self.flags.anonymous_id.clear(),
            Ok(answer) if is_taken => {
                let only_surveys = self.config.is(Switch::OnlySurveyFlags);
                self.flags.take(answer, only_surveys, &mut self.persistence);
                if self.config.number(Number::FlagTtl) > 0 {
                    // The next page is to know how old they are, even if nothing else has changed.
                    self.persistence.store_flags();
                }
            }
            Ok(_) => {
                self.flags
                    .set_errors(&mut self.persistence, &["quota_limited"]);
                self.error("the project's quota of feature flag requests is used up: the flags stay as they are");
            }
            Err(error) => {
                self.debug(&[error.message()]);
                self.flags.fail("unknown_error", &mut self.persistence);
            }
        }
        let outcome = match is_taken {
            true => FlagsOutcome::Loaded,
            false => FlagsOutcome::Failed,
        };
        self.end_flags(now, outcome);
    }

    fn fail_flags(&mut self, now: Now, status: u16, error: &str) {
        let retries = self.config.number(Number::FlagRetries);
        let is_timeout = error == "timeout";
        self.debug(&["feature flags could not be loaded: ", error]);
        self.end_question(false);
        let after = self
            .flags
            .asking
            .fail(now.monotonic, status, is_timeout, retries);
        if after == AfterFailure::Rest {
            self.flags.fail(error, &mut self.persistence);
            self.end_flags(now, FlagsOutcome::Failed);
        }
    }

    fn end_flags(&mut self, now: Now, outcome: FlagsOutcome) {
        self.schedule_flags(now);
        self.tell_flags(outcome);
    }

    pub(super) fn schedule_flags(&mut self, now: Now) {
        let interval = match self.config.is(Switch::DisableFlags) {
            true => 0,
            false => self.config.number(Number::FlagInterval),
        };
        let is_fixed = self.config.is(Switch::FlagIntervalGiven);
        self.flags
            .asking
            .schedule(now.monotonic, interval, is_fixed);
    }

    /// Has the app told, when the task ends, what has become of flags: all that has in one piece of news.
    pub(super) fn tell_flags(&mut self, outcome: FlagsOutcome) {
        self.shared = None;
        if outcome != FlagsOutcome::None || self.flags.telling.is_none() {
            self.flags.telling = Some(outcome);
        }
    }

    /// The visitor is back, or the network is: what nobody was asked for, or in vain, is asked now.
    pub(super) fn return_to_flags(&mut self, now: Now, is_visible: bool) {
        let had_given_up = self.flags.asking.handle_return(is_visible);
        self.reload_flags_if(now, had_given_up || self.flags.has_failed());
    }

    /// Another tab has stored what this one knew as `before`; `lease` tells whether it is asking.
    pub(super) fn follow_flags(&mut self, now: Now, before: &Properties, lease: Option<&str>) {
        let shares = self.persistence.uses_local_storage();
        let lease = lease.filter(|_| shares).unwrap_or_default();
        let is_new = self.flags.lease != lease;
        lease.clone_into(&mut self.flags.lease);
        let main = self.persistence.main();
        let is_same = main.get(identity::DISTINCT_ID) == before.get(identity::DISTINCT_ID);
        if !is_same {
            // The other tab asks for whoever has come, and this one if it does not.
            self.flags.leave();
            self.call_flags_off();
            if self.reload_flags(now) {
                self.flags.asking.put_off_for_others(now.monotonic);
            }
        }
        let is_told = is_new && self.is_answered_to_others();
        let main = self.persistence.main();
        let mut outcome = FlagsOutcome::None;
        let is_answer = self.flags.handle_stored(before, main, is_told);
        let is_change = flags::differ(before, main);
        if is_answer {
            // The server is to hear that the visitor was anonymous before, and only this tab knows.
            let is_enough =
                self.flags.anonymous_id.is_empty() && (is_told || self.is_answered_to_others());
            if is_enough && self.flags.rest() {
                outcome = FlagsOutcome::Loaded;
            }
            self.schedule_flags(now);
        }
        if is_answer || is_change || !is_same {
            self.tell_flags(outcome);
        }
    }
}

fn flags_url(config: &Config) -> String {
    let host = match config.text(Text::FlagsHost) {
        "" => config.text(Text::ApiHost),
        host => host,
    };
    let only_surveys = match config.is(Switch::OnlySurveyFlags) {
        true => "&only_evaluate_survey_feature_flags=true",
        false => "",
    };
    text::concat(&[host, "/flags/?v=2", only_surveys])
}

/// The mark of the question in a lease.
fn question(lease: &str) -> &str {
    text::before(text::after(lease, " ").unwrap_or_default(), " ")
}
