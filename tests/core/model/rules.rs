//! The rules, and the book of what was captured, sent and received.

use std::collections::{BTreeMap, BTreeSet};

use hoglet::core::Choice;
use serde_json::{Value as Json, json};

use super::world::{OpenTab, World, device_id, uuid};
use crate::page::{CONSENT, MAIN};

/// Stands for the id of visitors without an identity: for everybody, so that it joins nobody.
const COOKIELESS: &str = "$posthog_cookieless";

/// What every cookie repeats.
const REPEATED: [&str; 6] = [
    "$device_id",
    "distinct_id",
    "$sesid",
    "$epp",
    "$initial_person_info",
    "$user_state",
];

#[derive(Default)]
pub(super) struct Ledger {
    /// Every event that was captured, by its uuid.
    captured: BTreeMap<String, Json>,
    /// Events that were captured before a refusal, or dropped by the hooks.
    refused: BTreeSet<String>,
    /// The ids that the app has given to [`hoglet::core::Client::identify`].
    pub(super) users: BTreeSet<&'static str>,
    /// Which ids were said to be one person.
    joined: Vec<(String, String)>,
    sessions: BTreeSet<String>,
    /// The tab that each window is.
    windows: BTreeMap<String, usize>,
}

impl Ledger {
    /// Takes an event down that a tab's page has captured.
    pub(super) fn capture(&mut self, event: &Json, tab: &OpenTab, is_cookieless: bool) {
        let properties = &event["properties"];
        let text = |key: &str| properties[key].as_str().unwrap_or_default();
        assert_eq!(text("distinct_id"), tab.own.distinct_id());
        assert_eq!(text("$device_id"), tab.own.device_id.replace("null", ""));
        assert_eq!(properties["$is_identified"], tab.own.user.is_some());
        assert_eq!(properties["$cookieless_mode"] == true, is_cookieless);
        for (key, value) in &tab.own.registered {
            assert_eq!(text(key), value, "{key}");
        }
        check_person(&event.to_string(), tab);
        if let Some(window_id) = properties["$window_id"].as_str() {
            let number = *self
                .windows
                .entry(window_id.to_owned())
                .or_insert(tab.number);
            assert_eq!(number, tab.number, "another tab's window");
        }
        let other = match event["event"].as_str().unwrap() {
            "$identify" => text("$anon_distinct_id"),
            "$create_alias" => text("alias"),
            _ => "",
        };
        if !other.is_empty() && other != COOKIELESS && text("distinct_id") != COOKIELESS {
            assert!(!self.users.contains(other), "{other} is a user");
            self.joined
                .push((text("distinct_id").to_owned(), other.to_owned()));
        }
        let before = self.captured.insert(uuid(event).to_owned(), event.clone());
        assert_eq!(before, None, "two events have one uuid");
    }

    pub(super) fn refuse(&mut self, uuids: BTreeSet<String>) {
        self.refused.extend(uuids);
    }

    /// Looks at what goes out.
    pub(super) fn send(&self, events: &[Json]) {
        let refused = |event| self.refused.contains(uuid(event));
        assert!(!events.iter().any(refused), "sent after the refusal");
    }

    /// Looks at what the server has got: events as they were captured, whoever the visitor is by now.
    pub(super) fn receive(&self, events: &[Json]) {
        for event in events {
            assert_eq!(Some(event), self.captured.get(uuid(event)));
        }
    }

    pub(super) fn begin_session(&mut self, id: &str) {
        assert!(!id.is_empty());
        assert!(self.sessions.insert(id.to_owned()), "an old session");
    }

    /// No two users are one person.
    pub(super) fn check_persons(&self) {
        for user in &self.users {
            let mut person = BTreeSet::from([*user]);
            loop {
                let before = person.len();
                for (one, other) in &self.joined {
                    if person.contains(&**one) || person.contains(&**other) {
                        person.extend([&**one, &**other]);
                    }
                }
                if person.len() == before {
                    break;
                }
            }
            let users = self.users.iter().filter(|user| person.contains(*user));
            assert_eq!(users.count(), 1, "users became one person: {person:?}");
        }
    }
}

/// Nothing is said of another person than the present.
fn check_person(text: &str, tab: &OpenTab) {
    let person = tab.own.person.to_string();
    for mark in text.split('§').skip(1).step_by(2) {
        assert_eq!(mark, person, "a former person's: {text}");
    }
    for (at, _) in text.match_indices("user-") {
        let user = &text[at..at + "user-a".len()];
        assert_eq!(Some(user), tab.own.user, "a former user: {text}");
    }
}

impl World {
    /// What must be so after every step.
    pub(super) fn check(&mut self) {
        let choice = match self.choice {
            Choice::Granted => Some("1"),
            Choice::Denied => Some("0"),
            Choice::Pending => None,
        };
        let stored = self
            .browser
            .local(CONSENT)
            .or_else(|| self.browser.cookie(CONSENT));
        assert_eq!(stored.as_deref(), choice, "the stored choice");
        if self.setup.shares() && self.setup.stores(self.choice) {
            let shared = [self.browser.local(MAIN), self.browser.cookie(MAIN)];
            if shared != self.checked {
                self.checked = shared;
                self.check_store();
            }
        }
    }

    /// What must be so in a tab that something has happened in.
    pub(super) fn check_tab(&self, tab: &OpenTab) {
        let client = &tab.page.client;
        assert_eq!(client.distinct_id(), tab.own.distinct_id());
        assert_eq!(device_id(&tab.page), tab.own.device_id);
        check_person(&client.properties().to_json(), tab);
        if !self.setup.captures(tab.heard) {
            assert_eq!(client.events_queue(), "[]");
            assert_eq!(client.poll_timeout(), None);
        }
    }

    /// What is stored for all tabs is what posthog-js can read, and the cookie says the same as localStorage.
    fn check_store(&self) {
        let parse = |text: &String| -> Json { serde_json::from_str(text).unwrap() };
        let [local, cookie] = self.checked.each_ref().map(|text| text.as_ref().map(parse));
        let (uses_local, uses_cookie) = match self.setup.persistence {
            "localStorage" => (true, false),
            "cookie" => (false, true),
            _ => (true, true),
        };
        assert_eq!(
            (local.is_some(), cookie.is_some()),
            (uses_local, uses_cookie)
        );
        for stored in local.iter().chain(&cookie) {
            let text = |key: &str| stored[key].as_str().is_some_and(|text| !text.is_empty());
            assert!(text("distinct_id") && text("$device_id"), "{stored}");
            let state = stored["$user_state"].as_str();
            assert!(
                matches!(state, Some("anonymous" | "identified")),
                "{stored}"
            );
            if let Some(session) = stored.get("$sesid") {
                let session = session.as_array().unwrap();
                assert!(session[0].is_u64() && session[1].is_string() && session[2].is_u64());
                assert_eq!(session.len(), 3);
            }
            assert!(stored.get("$epp").is_none_or(|made| *made == true));
        }
        if let (Some(local), Some(cookie)) = (local, cookie) {
            let repeated = |key: &&str| local.get(key).is_some();
            let repeated: BTreeMap<_, _> = REPEATED
                .into_iter()
                .filter(repeated)
                .map(|key| (key, local[key].clone()))
                .collect();
            assert_eq!(cookie, json!(repeated));
        }
    }

    /// Once every tab has had its turn: where nothing may be stored, nothing is but the choice.
    pub(super) fn check_nothing_is_stored_in_vain(&self) {
        if self.setup.stores(self.choice) {
            return;
        }
        let contents = self.browser.contents();
        let names = contents.local.keys();
        let names = names.chain(contents.cookies.iter().map(|cookie| &cookie.name));
        assert_eq!(names.filter(|name| *name != CONSENT).count(), 0);
        for tab in &self.tabs {
            assert!(tab.page.tab.session.borrow().is_empty());
        }
    }
}
