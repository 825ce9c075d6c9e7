//! What is to be written: noted while a task runs, handed out when it ends.

use super::super::config::{Config, List, Mode, Switch};
use super::super::json;
use super::super::properties::Properties;
use super::super::text;
use super::{Persistence, Place, Write, cookie, keys};

impl Persistence {
    /// Stores an entry of its own, unless nothing may be stored.
    pub fn put(&mut self, place: Place, name: String, value: Option<String>) {
        if self.enabled {
            self.pending.push(Write { place, name, value });
        }
    }

    /// Stores the visitor's consent, which is stored even where nothing else is.
    pub fn put_consent(&mut self, choice: Option<&str>, config: &Config) {
        let name = self.names.consent.clone();
        let in_cookie = choice.filter(|_| config.consent_in_cookie());
        let in_local = choice.filter(|_| !config.consent_in_cookie());
        self.pending.push(Write {
            place: Place::LocalStorage,
            name,
            value: in_local.map(str::to_owned),
        });
        self.put_consent_cookie(in_cookie, config);
    }

    fn put_consent_cookie(&mut self, choice: Option<&str>, config: &Config) {
        let name = self.names.consent.clone();
        let days = cookie::days(config, None);
        let value = choice.map(|choice| cookie::render(&name, choice, days, config));
        self.pending.push(Write {
            place: cookie_place(config),
            name,
            value,
        });
    }

    /// Whether what concerns one tab's visit is kept beyond the page.
    pub fn keeps_visits(&self) -> bool {
        self.mode != Mode::Memory
    }

    /// Whether tabs share what they know through localStorage.
    pub fn uses_local_storage(&self) -> bool {
        matches!(self.mode, Mode::LocalStorage | Mode::LocalStorageAndCookie)
    }

    /// Whether a cookie says who the visitor is.
    pub fn uses_cookie(&self) -> bool {
        matches!(self.mode, Mode::Cookie | Mode::LocalStorageAndCookie)
    }

    /// Begins or ceases to store. Where nothing may be stored, what is stored goes; what is known stays for this page.
    /// Answers whether that is a change.
    pub fn set_enabled(&mut self, enabled: bool, config: &Config) -> bool {
        if self.enabled == enabled {
            return false;
        }
        if enabled {
            self.enabled = true;
            self.write_everything();
            self.store_session_registered();
        } else {
            let consent = &self.names.consent;
            self.pending.retain(|write| write.name == *consent);
            self.remove_main(config, |_| true);
            for name in [
                text::concat(&[&self.names.main, "__surveys"]),
                self.names.flags_lease.clone(),
            ] {
                self.put(Place::LocalStorage, name, None);
            }
            for name in [
                self.names.window_id.clone(),
                self.names.primary_window.clone(),
                self.names.session_registered.clone(),
            ] {
                self.put(Place::SessionStorage, name, None);
            }
            self.enabled = false;
        }
        true
    }

    /// Stores where the settings say now, and no longer where they said before.
    pub fn set_mode(&mut self, config: &Config) {
        let visit_was_main = self.visit_is_main();
        if std::mem::replace(&mut self.mode, config.persistence()) != self.mode {
            if visit_was_main && !self.visit_is_main() {
                self.visit = Properties::new();
            }
            self.leave_other_places(config);
            self.write_everything();
            self.store_session_registered();
        }
        let is_split = config.is(Switch::SplitStorage) && self.uses_local_storage();
        if std::mem::replace(&mut self.is_split, is_split) != is_split {
            self.main_changed = true;
            self.flags_changed = true;
        }
    }

    /// Hands out what has changed since the last call.
    pub fn take_writes(&mut self, config: &Config) -> Vec<Write> {
        if self.enabled && std::mem::take(&mut self.main_changed) {
            self.dirty.clear();
            let before = std::mem::replace(&mut self.agreed, self.main.clone());
            if before.contains("distinct_id")
                && before.get("distinct_id") != self.main.get("distinct_id")
            {
                self.former = Some(before);
            }
            // The flags are in one of their places at any moment, for the page can end in between.
            if self.is_split {
                self.write_flags();
            }
            let main = Some(self.main_entry());
            match self.mode {
                Mode::LocalStorageAndCookie => {
                    let mut subset = Properties::new();
                    let custom = config.list(List::CookieProperties);
                    for key in keys::COOKIE_KEYS
                        .into_iter()
                        .chain(custom.iter().map(|key| &**key))
                    {
                        if let Some(value) = self.main.get(key)
                            && value != "null"
                            && value != "\"\""
                        {
                            subset.set(key, value);
                        }
                    }
                    self.write_cookie(&subset, config);
                    self.put(Place::LocalStorage, self.names.main.clone(), main);
                }
                Mode::LocalStorage => self.put(Place::LocalStorage, self.names.main.clone(), main),
                Mode::SessionStorage => {
                    self.put(Place::SessionStorage, self.names.main.clone(), main);
                }
                Mode::Cookie => {
                    // What says who the visitor is comes first, for it must not be left out.
                    let mut all = Properties::new();
                    for key in keys::COOKIE_KEYS {
                        if let Some(value) = self.main.get(key) {
                            all.set(key, value);
                        }
                    }
                    for (key, value) in self.main.iter() {
                        if !self.lies_apart(key) {
                            all.set(key, value);
                        }
                    }
                    self.write_cookie(&all, config);
                }
                Mode::Memory => {}
            }
            self.write_flags();
        }
        if self.enabled && std::mem::take(&mut self.visit_changed) && self.mode != Mode::Memory {
            let visit = (self.visit != Properties::new()).then(|| self.visit.to_json());
            self.put(Place::SessionStorage, self.names.main.clone(), visit);
        }
        std::mem::take(&mut self.pending)
    }

    /// Something could not be stored. The visitor's consent goes into a cookie then; what was to be in localStorage and in
    /// a cookie is all in the cookie from now on; else it is tried again when something changes.
    pub fn handle_unstored(&mut self, write: &Write, config: &Config) {
        if write.place == Place::LocalStorage && write.name == self.names.consent {
            self.put_consent_cookie(write.value.as_deref(), config);
        }
        if write.place == Place::LocalStorage && write.name == self.names.main {
            if self.mode == Mode::LocalStorageAndCookie {
                self.mode = Mode::Cookie;
                self.main_changed = true;
            }
            self.dirty = self.main.iter().map(|(key, _)| key.to_owned()).collect();
        }
    }

    /// Has the flags' own entry written, whether or not they have changed.
    pub fn store_flags(&mut self) {
        self.flags_changed = true;
    }

    fn write_everything(&mut self) {
        self.main_changed = true;
        self.flags_changed = true;
        self.visit_changed = !self.visit_is_main();
        self.cookie.clear();
        self.dirty = self.main.iter().map(|(key, _)| key.to_owned()).collect();
    }

    pub(super) fn store_session_registered(&mut self) {
        let keys = json::strings(self.session_registered.iter().map(String::as_str));
        let value =
            (!self.session_registered.is_empty() && self.mode != Mode::Memory).then_some(keys);
        self.put(
            Place::SessionStorage,
            self.names.session_registered.clone(),
            value,
        );
    }

    /// Whether a property of the visitor lies in an entry of its own.
    fn lies_apart(&self, key: &str) -> bool {
        self.is_split && keys::is_flag(key)
    }

    /// The main entry.
    fn main_entry(&self) -> String {
        let mut entry = String::from("{");
        for (key, value) in self.main.iter() {
            if !self.lies_apart(key) {
                json::push_member(&mut entry, key, value);
            }
        }
        json::push_byte(&mut entry, b'}');
        entry
    }

    /// Stores what is known of the flags in an entry of their own, or removes that where they are to have none.
    fn write_flags(&mut self) {
        if !std::mem::take(&mut self.flags_changed) {
            return;
        }
        let mut flags = Properties::new();
        for key in keys::FLAG_KEYS {
            if self.is_split
                && let Some(value) = self.main.get(key)
            {
                flags.set(key, value);
            }
        }
        let flags = (flags != Properties::new()).then(|| flags.to_json());
        if flags != self.flags {
            self.flags.clone_from(&flags);
            self.put(Place::LocalStorage, self.names.flags.clone(), flags);
        }
    }

    fn write_cookie(&mut self, properties: &Properties, config: &Config) {
        let (fitting, left_out) = cookie::fitting(&self.names.main, properties);
        self.left_out_said &= left_out == self.left_out;
        self.left_out = left_out;
        let days = cookie::days(config, self.cookie_days);
        let cookie = cookie::render(&self.names.main, &fitting.to_json(), days, config);
        if cookie != self.cookie {
            self.cookie.clone_from(&cookie);
            self.put(cookie_place(config), self.names.main.clone(), Some(cookie));
        }
    }

    /// Removes the visitor from places that the mode does not use.
    pub(super) fn leave_other_places(&mut self, config: &Config) {
        let mode = self.mode;
        self.remove_main(config, |place| match place {
            Place::LocalStorage => {
                !matches!(mode, Mode::LocalStorage | Mode::LocalStorageAndCookie)
            }
            // The visit is there in every other mode.
            Place::SessionStorage => mode == Mode::Memory,
            Place::Cookie | Place::SiteCookie => {
                !matches!(mode, Mode::Cookie | Mode::LocalStorageAndCookie)
            }
            Place::Outbox => false,
        });
    }

    fn remove_main(&mut self, config: &Config, is_left: impl Fn(Place) -> bool) {
        for place in [
            Place::LocalStorage,
            Place::SessionStorage,
            cookie_place(config),
        ] {
            if is_left(place) {
                self.put(place, self.names.main.clone(), None);
            }
        }
        if is_left(Place::LocalStorage) {
            self.flags = None;
            self.put(Place::LocalStorage, self.names.flags.clone(), None);
        }
    }
}

fn cookie_place(config: &Config) -> Place {
    if config.is(Switch::CrossSubdomainCookie) {
        Place::SiteCookie
    } else {
        Place::Cookie
    }
}
