//! What others have stored since: other tabs, other hosts of the site.

use super::super::config::{Config, Mode, Switch};
use super::super::identity::LAST_RESET;
use super::super::properties::Properties;
use super::{Persistence, Stored, allowed_of_cookie, cookie, keys, merge_flags, read_stored};

impl Persistence {
    /// Whether what others write into cookies is looked at.
    pub fn watches_cookies(&self, config: &Config) -> bool {
        config.persistence() == Mode::Cookie
            || config.consent_in_cookie()
            || config.is(Switch::CookieWins)
    }

    /// What another tab has stored is to be taken over without reserve.
    pub fn give_way(&mut self) {
        self.dirty.clear();
    }

    /// Whoever stores something now has seen what was stored here.
    pub fn trust_others(&mut self) {
        self.former = None;
    }

    /// The consent that is stored, as text.
    pub fn stored_consent(&self, stored: &Stored, config: &Config) -> Option<String> {
        let cookie = || cookie::value(&stored.cookies, &self.names.consent);
        if config.consent_in_cookie() {
            cookie().or_else(|| stored.consent.clone())
        } else {
            stored.consent.clone().or_else(cookie)
        }
    }

    /// Takes what is stored now, for another tab may have changed it. What was changed here since the last write stays.
    /// Answers whether anything changed.
    pub fn refresh(&mut self, stored: &Stored, config: &Config) -> bool {
        let name = self.names.main.clone();
        let cookie = || cookie::value(&stored.cookies, &name);
        let text = match self.mode {
            Mode::LocalStorageAndCookie | Mode::LocalStorage => stored.local.clone(),
            Mode::Cookie => cookie(),
            Mode::SessionStorage | Mode::Memory => return false,
        };
        // Where localStorage has failed, the cookie holds everything, and nobody looks whether it has changed.
        if !self.enabled || self.mode != config.persistence() {
            return false;
        }
        let before = self.main.clone();
        let read = text.map(|text| read_stored(&text).0);
        let theirs = read.filter(|theirs| theirs.contains("distinct_id"));
        // Where it was removed or damaged, it is written again.
        self.main_changed |= theirs.is_none();
        let flags = self.read_flags(stored);
        if let Some(mut theirs) = theirs {
            // Where another tab has put them into the main entry, they get their own again with the next write.
            self.flags_changed |= keys::holds_flags(&theirs);
            merge_flags(&mut theirs, &flags);
            self.insist_on_visitor(&theirs);
            self.agreed = theirs.clone();
            let ours = std::mem::replace(&mut self.main, theirs);
            // Of the same person, what the cookie could not hold is still known here.
            let of_same = |key| self.main.get(key) == ours.get(key);
            let is_same = of_same("distinct_id") && of_same(LAST_RESET);
            if is_same && self.mode == Mode::Cookie {
                for key in &self.left_out {
                    if let Some(value) = ours.get(key) {
                        self.main.set(key, value);
                    }
                }
            }
            // So are the flags where only their own entry is missing.
            if is_same && self.is_split && !keys::holds_flags(&self.main) {
                merge_flags(&mut self.main, &ours);
                self.flags_changed = true;
            }
            for key in &self.dirty {
                match ours.get(key) {
                    Some(value) => self.main.set(key, value),
                    None => self.main.remove(key),
                };
            }
        }
        if config.is(Switch::CookieWins) && self.mode == Mode::LocalStorageAndCookie {
            let cookie = cookie().unwrap_or_default();
            self.follow_cookie(&allowed_of_cookie(&read_stored(&cookie).0, config));
        }
        let changed = self.main != before;
        if changed {
            // What the cookie says by now is not what was written here last.
            self.cookie.clear();
        }
        changed
    }

    /// What the flags' own entry says. As long as nobody else has written it, it says what is known here, which may be of a
    /// newer answer that has changed no flag.
    fn read_flags(&mut self, stored: &Stored) -> Properties {
        if !self.uses_local_storage() {
            return Properties::new();
        }
        let known = std::mem::replace(&mut self.flags, stored.flags.clone());
        self.flags_changed |= known != self.flags;
        match &self.flags {
            None => Properties::new(),
            Some(_) if known == self.flags => self.main.clone(),
            Some(text) => read_stored(text).0,
        }
    }

    /// A tab that writes in the same moment as this one has not seen who the visitor has become, and brings back whom it
    /// knew. To an anonymous visitor nobody returns, and to one who was forgotten only after that was seen: so this is
    /// known for what it is, and what was written here counts again.
    fn insist_on_visitor(&mut self, theirs: &Properties) {
        let Some(former) = self.former.take() else {
            return;
        };
        let came_back = |key| theirs.get(key) == former.get(key);
        let was_reset = former.get(LAST_RESET) != self.main.get(LAST_RESET);
        let was_anonymous = former.get("$user_state") != Some("\"identified\"");
        if !came_back("distinct_id") || !came_back(LAST_RESET) || !(was_reset || was_anonymous) {
            return;
        }
        for (key, _) in self.main.clone().iter().chain(former.iter()) {
            if self.main.get(key) != former.get(key) && came_back(key) {
                self.note(key);
            }
        }
        // What the server has said to the other tab since was said of whom it knew.
        for key in keys::FLAG_KEYS {
            self.note(key);
        }
    }

    /// Takes over what a cookie says: all that it can hold, so that what is missing from it goes. With another visitor,
    /// what was known of the former goes too.
    pub(super) fn follow_cookie(&mut self, cookie: &Properties) {
        if cookie == &Properties::new() {
            return;
        }
        let distinct_id =
            |properties: &Properties| properties.get("distinct_id").map(str::to_owned);
        if distinct_id(cookie) != distinct_id(&self.main) {
            let anonymous = cookie.get("$user_state") != Some("\"identified\"");
            for (key, _) in self.main.clone().iter() {
                let of_person = keys::is_flag(key)
                    || matches!(
                        key,
                        "$feature_flag_errors"
                            | "$stored_person_properties"
                            | "$flag_call_reported"
                            | "__alias"
                            | "$user_id"
                    );
                let of_groups = matches!(key, "$groups" | "$stored_group_properties");
                if of_person || anonymous && (of_groups || keys::is_apps(key)) {
                    self.remove(key);
                }
            }
        }
        for key in keys::COOKIE_KEYS {
            match cookie.get(key) {
                Some(value) => self.set(key, value),
                None => self.remove(key),
            };
        }
        for (key, value) in cookie.iter() {
            self.set(key, value);
        }
    }
}
