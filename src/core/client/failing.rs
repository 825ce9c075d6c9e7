//! Exceptions, those that nobody has handled and those that the app hands over.

use super::super::config::Switch;
use super::super::event::Capture;
use super::super::properties::Properties;
use super::super::redact;
use super::super::time::Now;
use super::Client;

impl Client {
    /// Captures an exception as `thrown.js` reads it, with its mechanism and properties of the app, each an object as JSON or
    /// empty. Answers the event that this may make, as [`Client::capture`] does.
    pub fn capture_exception(
        &mut self,
        now: Now,
        thrown: &str,
        mechanism: &str,
        properties: &str,
    ) -> Option<String> {
        self.take_exception(now, thrown, mechanism, properties, true)
    }

    /// An exception was not handled.
    pub(super) fn handle_exception(&mut self, now: Now, thrown: &str, mechanism: &str) {
        self.tell_captured(|client| client.take_exception(now, thrown, mechanism, "", false));
    }

    fn take_exception(
        &mut self,
        now: Now,
        thrown: &str,
        mechanism: &str,
        properties: &str,
        is_manual: bool,
    ) -> Option<String> {
        let exception = self
            .exceptions
            .handle(now, thrown, mechanism, is_manual)?
            .to_json();
        let redacted = match self.config.is(Switch::RedactText) {
            true => redact::json(&exception),
            false => None,
        };
        let mut told = Properties::read(redacted.as_deref().unwrap_or(&exception));
        told.merge(&Properties::read(properties));
        let capture = Capture {
            name: "$exception",
            properties: &told.to_json(),
            ..Capture::default()
        };
        let text = self.capture(now, &capture);
        if text.is_some() {
            self.exceptions.clear_steps();
        }
        text
    }
}
