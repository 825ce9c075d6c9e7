//! Properties that go with every event.

use super::super::properties::Properties;
use super::Client;

impl Client {
    /// Sets properties, a JSON object, that go with every event from now on, on later visits too. `days` is how long the
    /// visitor is remembered in the cookie from now on, if not as long as the settings say.
    pub fn register(&mut self, properties: &str, days: Option<u64>) {
        self.persistence.set_cookie_days(days);
        for (key, value) in Properties::read(properties).iter() {
            self.persistence.set(key, value);
        }
        self.shared = None;
    }

    /// As [`Client::register`], but only what is not set yet, or set to `default`, which is JSON text.
    pub fn register_once(&mut self, properties: &str, default: &str, days: Option<u64>) {
        self.persistence.set_cookie_days(days);
        for (key, value) in Properties::read(properties).iter() {
            let present = self.persistence.main().get(key);
            if present.is_none_or(|present| present == default) {
                self.persistence.set(key, value);
            }
        }
        self.shared = None;
    }

    /// The browser has told the device's model. It goes with every event from now on, on later visits too, unless the visitor
    /// is not to be recognised.
    pub fn handle_device_model(&mut self, model: &str) {
        if !self.is_opted_out() && self.persistence.set_string("$device_model", model) {
            self.shared = None;
        }
    }

    /// Sets properties, a JSON object, that go with every event of this session in this tab.
    pub fn register_for_session(&mut self, properties: &str) {
        for (key, value) in Properties::read(properties).iter() {
            self.persistence.register_for_session(key, value);
        }
        self.shared = None;
    }

    /// Has a property go with no further event.
    pub fn unregister(&mut self, key: &str) {
        self.persistence.remove(key);
        self.shared = None;
    }

    /// Has a property of this session go with no further event.
    pub fn unregister_for_session(&mut self, key: &str) {
        self.persistence.unregister_for_session(key);
        self.shared = None;
    }
}
