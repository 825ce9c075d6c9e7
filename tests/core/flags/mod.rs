//! Feature flags: when the server is asked, what, what comes of its answers, and what is told of them.

mod answers;
mod asking;
mod called;
mod events;
mod questions;
mod reading;
mod refreshing;
mod tabs;
mod telling;
mod visitors;

use hoglet::core::config::Value;
use hoglet::core::{Bootstrap, Client, Request, Response};
use serde_json::{Value as Json, json};

use crate::browser::Browser;
use crate::page::{Page, Settings, Visit, body};

pub(super) const ON: (&str, Value<'_>) = ("advanced_disable_flags", Value::Boolean(false));

/// Longer than what changes in one moment is waited for.
const MOMENT: u64 = 5;

impl Page {
    /// Opens a page in a browser of its own, which asks for flags.
    pub(super) fn with_flags(settings: Settings<'_>) -> Self {
        let settings: Vec<_> = [ON].iter().chain(settings).copied().collect();
        Self::open(&settings)
    }

    /// Opens one that begins with these flags of the app.
    pub(super) fn begun_with(flags: &str, payloads: &str) -> Self {
        Browser::start().tab().visit(&Visit {
            settings: &[ON],
            bootstrap: Bootstrap {
                flags: flags.to_owned(),
                flag_payloads: payloads.to_owned(),
                ..Bootstrap::default()
            },
            ..Visit::default()
        })
    }

    /// The requests for flags that the page makes in the next moment. Events are delivered.
    pub(super) fn asked(&mut self) -> Vec<Request> {
        self.asked_within(MOMENT)
    }

    /// The same within a time, in milliseconds.
    pub(super) fn asked_within(&mut self, millis: u64) -> Vec<Request> {
        let end = self.tab.browser.contents().clock + millis;
        let mut asked = Vec::new();
        loop {
            self.task(|_, _| ());
            while !self.requests.is_empty() {
                let request = self.requests.remove(0);
                if request.url.contains("/flags/") {
                    assert!(self.dispatch(&request));
                    asked.push(request);
                } else {
                    self.answer(&request, 200);
                }
            }
            let now = self.tab.browser.contents().clock;
            let timeout = self.client.poll_timeout();
            let rest = timeout.map(|timeout| timeout.until(self.now().monotonic));
            match rest.filter(|rest| now + rest <= end) {
                Some(rest) => self.pass(rest),
                None => {
                    self.tab.browser.contents().clock = end;
                    return asked;
                }
            }
        }
    }

    /// The only request of the next moment.
    pub(super) fn ask_once(&mut self) -> Request {
        let mut asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.remove(0)
    }

    /// The server answers a request with this text.
    pub(super) fn answer_text(&mut self, request: &Request, text: &str) {
        self.answer_status(request, 200);
        self.task(|client, now| client.handle_answer_text(now, request.id, text));
    }

    pub(super) fn answer_status(&mut self, request: &Request, status: u16) {
        let response = Response {
            status,
            retry_after: None,
        };
        self.task(|client, now| client.handle_response(now, request.id, response));
    }

    /// What is asked in the next moment is answered with these flags.
    pub(super) fn learn(&mut self, flags: &Json) -> Request {
        let request = self.ask_once();
        self.answer_text(&request, &answer(flags));
        request
    }

    pub(super) fn snapshot(&mut self) -> Json {
        serde_json::from_str(&self.task(Client::flags)).unwrap()
    }

    pub(super) fn values(&mut self) -> Json {
        self.snapshot()["values"].clone()
    }

    pub(super) fn reload_flags(&mut self) -> bool {
        self.task(Client::reload_flags)
    }

    pub(super) fn update_flags(&mut self, values: &str, payloads: &str, merges: bool) {
        self.task(|client, _| client.update_flags(values, payloads, merges));
    }

    pub(super) fn override_flags(&mut self, values: &str, payloads: &str) {
        self.task(|client, _| client.override_flags(values, payloads));
    }

    pub(super) fn set_flag_person(&mut self, set: &str, set_once: &str, reloads: bool) {
        self.task(|client, now| client.set_flag_person(now, set, set_once, reloads));
    }

    /// The app was answered a flag: the event that tells it.
    pub(super) fn flag_called(&mut self, key: &str) -> Option<Json> {
        self.event(|client, now| client.flag_called(now, key))
    }

    /// What the app was told of flags since this was asked last.
    pub(super) fn news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.flags)
    }
}

/// An answer that gives each flag a value: true, false, a variant, or all its details.
pub(super) fn answer(flags: &Json) -> String {
    let mut details = serde_json::Map::new();
    for (key, value) in flags.as_object().unwrap() {
        let detail = match value {
            Json::Bool(_) => json!({"key": key, "enabled": value, "variant": null}),
            Json::String(_) => json!({"key": key, "enabled": true, "variant": value}),
            detail => detail.clone(),
        };
        details.insert(key.clone(), detail);
    }
    json!({
        "flags": details,
        "errorsWhileComputingFlags": false,
        "requestId": "request",
        "evaluatedAt": crate::browser::STARTED,
    })
    .to_string()
}

/// What a request says.
pub(super) fn asked(request: &Request) -> Json {
    body(request)
}
