//! Who the visitor is, which groups they belong to, and what is known of them as a person.

use super::super::config::{Cookieless, PersonProfiles, Switch, Text};
use super::super::event::Capture;
use super::super::identity::{self, Bootstrap, Identified};
use super::super::json;
use super::super::persistence::cookie_value;
use super::super::properties::Properties;
use super::super::text;
use super::super::time::Now;
use super::Client;

impl Client {
    /// Has the app's word on who the visitor is take effect, from the settings or from its server's cookie. To be called
    /// once, right after the client was made. Answers the event that this may make, as [`Client::capture`] does.
    pub fn begin(&mut self, now: Now) -> Option<String> {
        let text = self.begin_identity(now);
        self.begin_flags(now);
        text
    }

    fn begin_identity(&mut self, now: Now) -> Option<String> {
        let from_cookie = match self.config.text(Text::IdentityCookie) {
            "" => String::new(),
            name => cookie_value(&self.cookies, name).unwrap_or_default(),
        };
        let id = if identity::is_valid(&from_cookie) {
            from_cookie
        } else if self.bootstrap.is_identified {
            if identity::is_identified(&self.persistence) {
                if self.bootstrap.distinct_id != self.distinct_id() {
                    self.error("bootstrap.distinctID was ignored, for another user is identified: call reset() first");
                }
                return None;
            }
            std::mem::take(&mut self.bootstrap.distinct_id)
        } else {
            return None;
        };
        if id == self.distinct_id() && identity::is_identified(&self.persistence) {
            return None;
        }
        self.identify(now, &id, "", "")
    }

    /// Says who the visitor is. An anonymous visitor's events and `id`'s become one person's; a known visitor's never do.
    /// The properties are JSON objects, or empty. Answers the event that this makes, as [`Client::capture`] does.
    pub fn identify(&mut self, now: Now, id: &str, set: &str, set_once: &str) -> Option<String> {
        if !identity::is_valid(id) {
            self.error("identify() was given an id that cannot be anybody's and was ignored: pass the user's own id");
            return None;
        }
        if self.config.cookieless() == Cookieless::OnReject
            && self.consent.is_cookieless(&self.config)
        {
            self.debug(&["identify() was ignored, for the visitor has refused to be known"]);
            return None;
        }
        if !self.require_person("identify") {
            return None;
        }
        let person = person(id, set, set_once);
        self.shared = None;
        let text = match identity::identify(&mut self.persistence, id) {
            Identified::Joined { anonymous_id } => {
                let mut properties = Properties::new();
                properties.set_string("distinct_id", id);
                if !self.config.is(Switch::ReuseAnonymousId) {
                    properties.set_string("$anon_distinct_id", &anonymous_id);
                }
                let capture = Capture {
                    name: "$identify",
                    properties: &properties.to_json(),
                    set: or_empty(set),
                    set_once: or_empty(set_once),
                    send_instantly: true,
                    ..Capture::default()
                };
                self.set_flag_person(now, set, set_once, false);
                let text = self.capture(now, &capture);
                self.join_flags(now, &anonymous_id);
                text
            }
            Identified::Confirmed => {
                if !set.is_empty() || !set_once.is_empty() {
                    self.set_flag_person(now, set, set_once, true);
                }
                self.capture_set(now, set, set_once)
            }
            Identified::Switched => {
                self.forget_flags(now);
                self.debug(&[
                    "the visitor is now ",
                    id,
                    "; who was identified before is not joined to them",
                ]);
                return self.set_person_properties(now, set, set_once);
            }
            Identified::Known => return self.set_person_properties(now, set, set_once),
        };
        if text.is_some() {
            self.last_person = person;
        }
        text
    }

    /// Says that the visitor, or whoever `original` is, goes by another id too. Answers the event that this makes.
    pub fn alias(&mut self, now: Now, alias: &str, original: &str) -> Option<String> {
        if !self.require_person("alias") {
            return None;
        }
        let mut properties = Properties::new();
        properties.set_string("alias", alias);
        let present = self.distinct_id();
        let original = if original.is_empty() {
            &present
        } else {
            original
        };
        properties.set_string("distinct_id", original);
        identity::set_alias(&mut self.persistence, alias);
        self.capture_named(now, "$create_alias", &properties)
    }

    /// Puts the visitor into a group, a company for instance, and tells the group's properties, a JSON object or empty.
    /// Answers the event that this may make.
    pub fn group(&mut self, now: Now, kind: &str, key: &str, set: &str) -> Option<String> {
        if kind.is_empty() || key.is_empty() {
            self.error("group() was ignored: pass the type of the group and its key");
            return None;
        }
        let mut groups =
            Properties::read(self.persistence.main().get("$groups").unwrap_or_default());
        let is_new = groups.set_string(kind, key);
        self.persistence.set("$groups", &groups.to_json());
        self.shared = None;
        if is_new {
            self.reset_flag_groups(kind);
        }
        if !set.is_empty() {
            let mut groups = Properties::new();
            groups.set(kind, set);
            self.set_flag_groups(now, &groups.to_json(), false);
        }
        if is_new || !set.is_empty() {
            self.reload_flags(now);
        }
        if !is_new && set.is_empty() || !self.processes_person() {
            return None;
        }
        let mut properties = Properties::new();
        properties.set_string("$group_type", kind);
        properties.set_string("$group_key", key);
        if !set.is_empty() {
            properties.set("$group_set", set);
        }
        self.capture_named(now, "$groupidentify", &properties)
    }

    /// Takes the visitor out of all groups.
    pub fn reset_groups(&mut self, now: Now) {
        self.persistence.set("$groups", "{}");
        self.shared = None;
        self.reset_flag_groups("");
        self.reload_flags(now);
    }

    /// Sets properties of the person, JSON objects or empty; what was said last is not said again. Answers the event that
    /// this may make.
    pub fn set_person_properties(&mut self, now: Now, set: &str, set_once: &str) -> Option<String> {
        if set.is_empty() && set_once.is_empty() || !self.require_person("setPersonProperties") {
            return None;
        }
        let person = person(&self.distinct_id(), set, set_once);
        if person == self.last_person {
            self.debug(&["the same person properties were just set and are not sent again"]);
            return None;
        }
        self.set_flag_person(now, set, set_once, true);
        let text = self.capture_set(now, set, set_once);
        if text.is_some() {
            self.last_person = person;
        }
        text
    }

    /// Removes properties of the person, a JSON array of names. Answers the event that this may make.
    pub fn unset_person_properties(&mut self, now: Now, names: &str) -> Option<String> {
        if !self.require_person("unsetPersonProperties") {
            return None;
        }
        self.last_person.clear();
        self.unset_flag_person(now, names);
        let mut properties = Properties::new();
        properties.set("$unset", names);
        self.capture_named(now, "$set", &properties)
    }

    /// Has PostHog build a person's profile from now on. Answers the event that this may make.
    pub fn create_person_profile(&mut self, now: Now) -> Option<String> {
        if self.processes_person() {
            return None;
        }
        self.set_person_properties(now, "{}", "{}")
    }

    /// Forgets the person, for instance at logout; what comes next is a new anonymous visitor's. The device stays
    /// known unless `device_too`, and so does what the visitor has chosen. `device_id` is the app's id for the new visitor,
    /// empty to have one minted. Events captured before are still delivered as the person's.
    pub fn reset(&mut self, now: Now, device_too: bool, device_id: &str, bootstrap: &Bootstrap) {
        let (persistence, ids) = (&mut self.persistence, &mut self.ids);
        identity::reset(persistence, device_too, device_id, now.wall, ids);
        self.session.end();
        self.last_person.clear();
        self.shared = None;
        if self.consent.is_cookieless(&self.config) {
            identity::become_cookieless(&mut self.persistence);
        } else if !bootstrap.distinct_id.is_empty() {
            let (id, is_identified) = (&bootstrap.distinct_id, bootstrap.is_identified);
            identity::become_visitor(&mut self.persistence, id, is_identified);
        }
        self.bootstrap = bootstrap.clone();
        self.name_session(now.wall);
        self.begin_flags_anew(now);
        self.debug(&[
            "reset: the visitor is anonymous again, as ",
            &self.distinct_id(),
        ]);
    }

    /// Whether persons may be spoken of; if so, PostHog builds profiles from now on.
    pub(super) fn require_person(&mut self, method: &str) -> bool {
        let may = self.config.person_profiles() != PersonProfiles::Never;
        if may {
            if self.persistence.set("$epp", "true") {
                self.shared = None;
            }
        } else {
            self.error(&text::concat(&[
                method,
                "() was ignored: person_profiles is set to never",
            ]));
        }
        may
    }

    fn capture_set(&mut self, now: Now, set: &str, set_once: &str) -> Option<String> {
        let mut properties = Properties::new();
        properties.set("$set", or_empty(set));
        properties.set("$set_once", or_empty(set_once));
        self.capture_named(now, "$set", &properties)
    }

    pub(super) fn capture_named(
        &mut self,
        now: Now,
        name: &str,
        properties: &Properties,
    ) -> Option<String> {
        self.shared = None;
        let capture = Capture {
            name,
            properties: &properties.to_json(),
            ..Capture::default()
        };
        self.capture(now, &capture)
    }
}

/// A person with what is said of them, to be compared.
fn person(id: &str, set: &str, set_once: &str) -> String {
    text::concat(&[&json::string(id), set, ",", set_once])
}

/// An object, the empty one if there is none.
fn or_empty(object: &str) -> &str {
    if object.is_empty() { "{}" } else { object }
}
