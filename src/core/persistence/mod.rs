//! What is remembered between pages, in the formats of posthog-js 1.449.2, so that a site can change between the
//! two and back.
//!
//! What is remembered of the visitor lies in one object, in the places that the [`Mode`] names; what concerns one tab's
//! visit lies in sessionStorage. Writes are noted and handed out once a task, however much has changed in it. Tabs share
//! what is stored: what another tab has written is taken over, but for what was changed here since the last write.

mod cookie;
mod following;
mod keys;
mod names;
mod reading;
#[cfg(test)]
mod tests;
mod writing;

use super::config::{Config, Mode, Switch};
use super::json;
use super::properties::Properties;

pub use cookie::{domains as cookie_domains, is_site_of_one_owner, value as cookie_value};
pub use keys::is_hidden;
pub use names::Names;
use reading::{allowed_of_cookie, merge_flags, read_stored};

/// A value to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub place: Place,
    /// Under which name.
    pub name: String,
    /// The text to store, or `None` to remove what is there. A cookie's is complete but for its domain, as
    /// `document.cookie` takes it.
    pub value: Option<String>,
}

/// Where a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Shared by the tabs of an origin.
    LocalStorage,
    /// The same for waiting events: what is there stays if the new does not fit.
    Outbox,
    /// One tab's.
    SessionStorage,
    /// Shared by the tabs of a host.
    Cookie,
    /// Shared by the tabs of a site with all its subdomains: the adapter adds the first of [`cookie_domains`] that the
    /// browser accepts.
    SiteCookie,
}

/// What the adapter found in the browser's storage, under the [`Names`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The main entry of localStorage.
    pub local: Option<String>,
    /// The flags' entry of localStorage.
    pub flags: Option<String>,
    /// What localStorage says of a tab that is asking for flags.
    pub flags_lease: Option<String>,
    /// The main entry of sessionStorage.
    pub session: Option<String>,
    /// The window id.
    pub window_id: Option<String>,
    /// Whether another window of this tab's history uses it.
    pub primary_window: Option<String>,
    /// The keys that are registered for the session.
    pub session_registered: Option<String>,
    /// The consent in localStorage.
    pub consent: Option<String>,
    /// All of `document.cookie`.
    pub cookies: String,
}

impl Stored {
    /// What other tabs can change: the entries of localStorage in the order of [`Names::shared`], and all of
    /// `document.cookie`.
    pub fn shared(entries: [Option<String>; 4], cookies: String) -> Self {
        let [local, consent, flags, flags_lease] = entries;
        Self {
            local,
            consent,
            flags,
            flags_lease,
            cookies,
            ..Self::default()
        }
    }
}

/// The stored properties, and which of them wait to be written.
#[derive(Debug)]
pub struct Persistence {
    names: Names,
    mode: Mode,
    /// Whether anything may be stored.
    enabled: bool,
    main: Properties,
    visit: Properties,
    /// The keys of the visit that end with the session.
    session_registered: Vec<String>,
    /// The visitor's properties that were changed here since they were last stored.
    dirty: Vec<String>,
    /// The visitor's properties as they were stored when they were last read or written.
    agreed: Properties,
    /// The properties of whom the visitor was before the last write, if they were somebody else.
    former: Option<Properties>,
    main_changed: bool,
    visit_changed: bool,
    /// Whether the flags have an entry of their own, so that the main one, which is written often, is small.
    is_split: bool,
    /// The flags' entry as last read or written, and whether something of it may have changed since.
    flags: Option<String>,
    flags_changed: bool,
    /// Writes of other entries, and removals.
    pending: Vec<Write>,
    /// The cookie as last written, so that it is not written again for what it does not hold.
    cookie: String,
    /// The days that the app asked for with what it registered last.
    cookie_days: Option<u64>,
    /// The keys that do not fit the cookie, and whether they were said.
    left_out: Vec<String>,
    left_out_said: bool,
    /// Whether something stored could not be read as it should.
    damaged: bool,
}

impl Persistence {
    /// Takes what is stored, as far as it can be read; the rest is repaired by the next write.
    ///
    /// Where localStorage and cookie are both used, the cookie comes first and localStorage over it, the other way round
    /// with `cookieWinsOnConflict`. The cookie can be written by other hosts of the site: it gives the properties that it
    /// repeats and the app's own, none of the SDK's others. A visitor who is not remembered where the mode says is looked
    /// for where another mode would have stored them.
    ///
    /// The flags' own entry is read whether or not the settings ask for one, so that they can be changed (posthog-js 1.449.2
    /// leaves it there unread where they do not, and knows no flags until the server has answered).
    pub fn load(config: &Config, stored: &Stored) -> Self {
        let names = Names::new(config);
        let mode = config.persistence();
        let mut damaged = false;
        let mut read = |text: Option<&str>| {
            let Some(text) = text else {
                return Properties::new();
            };
            let (properties, sound) = read_stored(text);
            damaged |= !sound;
            properties
        };
        let cookie = read(cookie::value(&stored.cookies, &names.main).as_deref());
        let mut local = read(stored.local.as_deref());
        merge_flags(&mut local, &read(stored.flags.as_deref()));
        let session = read(stored.session.as_deref());
        let registered = stored.session_registered.as_deref().unwrap_or_default();
        let mut this = Self {
            names,
            mode,
            enabled: true,
            main: Properties::new(),
            visit: Properties::new(),
            session_registered: json::items(registered)
                .filter_map(|key| Some(json::as_string(key)?.into_owned()))
                .collect(),
            dirty: Vec::new(),
            agreed: Properties::new(),
            former: None,
            main_changed: true,
            visit_changed: false,
            is_split: false,
            flags: None,
            flags_changed: true,
            pending: Vec::new(),
            cookie: String::new(),
            cookie_days: None,
            left_out: Vec::new(),
            left_out_said: false,
            damaged,
        };
        if this.uses_local_storage() {
            this.flags.clone_from(&stored.flags);
            this.is_split = config.is(Switch::SplitStorage);
        }
        match mode {
            Mode::LocalStorageAndCookie => {
                let cookie = allowed_of_cookie(&cookie, config);
                this.main = local.clone();
                if config.is(Switch::CookieWins) {
                    this.follow_cookie(&cookie);
                } else {
                    this.main = cookie;
                    this.main.merge(&local);
                }
            }
            Mode::LocalStorage => this.main = local.clone(),
            Mode::Cookie => this.main = cookie.clone(),
            Mode::SessionStorage => this.main = session.clone(),
            Mode::Memory => {}
        }
        if !this.visit_is_main() {
            this.visit = session.clone();
            keys::leave_to_visitor(&mut this.visit);
        } else if mode == Mode::Memory && !registered.is_empty() {
            this.session_registered.clear();
            this.store_session_registered();
        }
        if mode != Mode::Memory && !this.main.contains("distinct_id") {
            let others = [local, cookie, session];
            if let Some(other) = others.iter().find(|other| other.contains("distinct_id")) {
                this.main.merge(other);
                this.leave_other_places(config);
            }
        }
        this
    }

    /// The names of what is stored.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// What is remembered of the visitor.
    pub fn main(&self) -> &Properties {
        &self.main
    }

    /// What is remembered of this tab's visit.
    pub fn visit(&self) -> &Properties {
        if self.visit_is_main() {
            &self.main
        } else {
            &self.visit
        }
    }

    /// Whether what is stored was damaged; asked once, then forgotten.
    pub fn take_damaged(&mut self) -> bool {
        std::mem::take(&mut self.damaged)
    }

    /// The keys that do not fit the cookie, if that has not been told yet.
    pub fn take_left_out(&mut self) -> Option<&[String]> {
        let news = !self.left_out.is_empty() && !self.left_out_said;
        self.left_out_said = true;
        news.then_some(&self.left_out)
    }

    /// Sets a property of the visitor to JSON text. Answers whether anything changed.
    #[inline(never)]
    pub fn set(&mut self, key: &str, value: &str) -> bool {
        let changed = self.main.set(key, value);
        if changed {
            self.note(key);
        }
        changed
    }

    /// Sets a property of the visitor to a string. Answers whether anything changed.
    pub fn set_string(&mut self, key: &str, value: &str) -> bool {
        self.set(key, &json::string(value))
    }

    /// Removes a property of the visitor.
    #[inline(never)]
    pub fn remove(&mut self, key: &str) -> bool {
        let changed = self.main.remove(key);
        if changed {
            self.note(key);
        }
        changed
    }

    /// Sets a property of the visit. Answers whether anything changed.
    #[inline(never)]
    pub fn set_visit(&mut self, key: &str, value: &str) -> bool {
        if self.visit_is_main() {
            return self.set(key, value);
        }
        let changed = self.visit.set(key, value);
        self.visit_changed |= changed;
        changed
    }

    /// Sets a property of the visit that ends with the session.
    pub fn register_for_session(&mut self, key: &str, value: &str) {
        self.set_visit(key, value);
        if !self.session_registered.iter().any(|known| known == key) {
            self.session_registered.push(key.to_owned());
            self.store_session_registered();
        }
    }

    /// Removes a property of the visit.
    #[inline(never)]
    pub fn unregister_for_session(&mut self, key: &str) {
        if self.visit_is_main() {
            self.remove(key);
        } else {
            self.visit_changed |= self.visit.remove(key);
        }
        self.session_registered.retain(|known| known != key);
        self.store_session_registered();
    }

    /// The session is over, and what was registered for it.
    pub fn end_session(&mut self) {
        for key in std::mem::take(&mut self.session_registered) {
            self.unregister_for_session(&key);
        }
    }

    /// Forgets everything but the named properties of the visitor.
    pub fn clear(&mut self, kept: &[&str]) {
        self.visit_changed |= self.visit != Properties::new();
        self.visit = Properties::new();
        self.end_session();
        for (key, value) in std::mem::take(&mut self.main).iter() {
            if kept.contains(&key) {
                self.main.set(key, value);
            } else {
                self.note(key);
            }
        }
        self.cookie_days = None;
    }

    /// How long the cookie lasts from now on, in days; `None` for the usual time.
    pub fn set_cookie_days(&mut self, days: Option<u64>) {
        self.main_changed |= self.cookie_days != days;
        self.cookie_days = days;
    }

    /// A property was changed here.
    fn note(&mut self, key: &str) {
        self.main_changed = true;
        self.flags_changed |= keys::is_of_flags_value(key);
        if !self.dirty.iter().any(|known| known == key) {
            self.dirty.push(key.to_owned());
        }
    }

    /// Whether the visit's properties lie with the visitor's, for both last as long.
    fn visit_is_main(&self) -> bool {
        matches!(self.mode, Mode::SessionStorage | Mode::Memory)
    }
}
