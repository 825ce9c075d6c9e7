//! What is remembered between pages, in the formats of posthog-js 1.449.2, so that a site can change between the
//! two and back.
//!
//! One object of properties lies in localStorage, a subset of it in a cookie; what concerns one tab's visit lies in
//! sessionStorage. Writes are noted and handed out once a task, however much has changed in it.

use super::config::Config;
use super::json;
use super::percent;
use super::properties::Properties;
use super::text;

/// A value to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub place: Place,
    /// Under which key.
    pub name: String,
    /// The text to store; a cookie's is complete with name and attributes, as `document.cookie` takes it.
    pub value: String,
}

/// Where a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Shared by the tabs of an origin.
    LocalStorage,
    /// One tab's.
    SessionStorage,
    /// Shared by the tabs of a domain.
    Cookie,
}

/// What the adapter found in the browser's storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The entry of localStorage under [`storage_name`].
    pub local: Option<String>,
    /// The entry of sessionStorage under [`storage_name`].
    pub session: Option<String>,
    /// The entry of sessionStorage under [`window_id_name`].
    pub window_id: Option<String>,
    /// All of `document.cookie`.
    pub cookies: String,
}

/// The name of the main entry of localStorage and sessionStorage, and of the cookie.
pub fn storage_name(token: &str) -> String {
    let mut name = String::from("ph_");
    for character in token.chars() {
        match character {
            '+' => name.push_str("PL"),
            '/' => name.push_str("SL"),
            '=' => name.push_str("EQ"),
            other => name.push(other),
        }
    }
    name.push_str("_posthog");
    name
}

/// The name of sessionStorage's entry for the window id.
pub fn window_id_name(token: &str) -> String {
    text::concat(&["ph_", token, "_window_id"])
}

/// The properties that the cookie repeats, in the order in which it holds them.
const COOKIE_KEYS: [&str; 8] = [
    "$device_id",
    "distinct_id",
    "$sesid",
    "$session_is_sampled",
    "$epp",
    "$initial_person_info",
    "$fbc_persistence",
    "$user_state",
];

/// Stored properties that are for the SDK alone and go with no event.
const HIDDEN_KEYS: [&str; 34] = [
    "__alias",
    "__cmpns",
    "__timers",
    "$people_distinct_id",
    "$sesid",
    "$user_state",
    "$epp",
    "$client_session_props",
    "$capture_rate_limit",
    "$initial_person_info",
    "$initial_campaign_params",
    "$initial_referrer_info",
    "$fbc_persistence",
    "$fbp_persistence",
    "$stored_person_properties",
    "$stored_group_properties",
    "$flag_call_reported",
    "$flag_call_reported_session_id",
    "$enabled_feature_flags",
    "$active_feature_flags",
    "$feature_flag_details",
    "$feature_flag_payloads",
    "$feature_flag_request_id",
    "$feature_flag_evaluated_at",
    "$feature_flag_errors",
    "$minimal_flag_called_events",
    "$override_feature_flags",
    "$override_feature_flag_payloads",
    "$early_access_features",
    "$surveys",
    "$surveys_loaded_at",
    "$heatmaps_enabled_server_side",
    "$error_tracking_suppression_rules",
    "$session_recording_remote_config",
];

/// Whether a stored property stays with the SDK rather than going with every event.
pub fn is_hidden(key: &str) -> bool {
    HIDDEN_KEYS.contains(&key)
}

/// The stored properties, and which of them wait to be written.
#[derive(Debug)]
pub struct Persistence {
    main: Properties,
    visit: Properties,
    main_changed: bool,
    visit_changed: bool,
    /// The cookie as last written, so that it is not written again for what it does not hold.
    cookie: String,
}

impl Persistence {
    /// Takes what is stored: the cookie first, localStorage over it. What is damaged is left out and repaired by
    /// the next write.
    pub fn load(token: &str, stored: &Stored) -> Self {
        let mut main = cookie_value(&stored.cookies, &storage_name(token))
            .map(|value| Properties::read(&percent::decode(value)))
            .unwrap_or_default();
        if let Some(local) = &stored.local {
            main.merge(&Properties::read(local));
        }
        Self {
            main,
            visit: stored
                .session
                .as_deref()
                .map(Properties::read)
                .unwrap_or_default(),
            main_changed: true,
            visit_changed: false,
            cookie: String::new(),
        }
    }

    /// What is remembered of the visitor.
    pub fn main(&self) -> &Properties {
        &self.main
    }

    /// What is remembered of this tab's visit.
    pub fn visit(&self) -> &Properties {
        &self.visit
    }

    /// Sets a property of the visitor to JSON text. Answers whether anything changed.
    #[inline(never)]
    pub fn set(&mut self, key: &str, value: &str) -> bool {
        let changed = self.main.set(key, value);
        self.main_changed |= changed;
        changed
    }

    /// Sets a property of the visitor to a string. Answers whether anything changed.
    pub fn set_string(&mut self, key: &str, value: &str) -> bool {
        self.set(key, &json::string(value))
    }

    /// Removes a property of the visitor.
    pub fn remove(&mut self, key: &str) {
        self.main_changed |= self.main.remove(key);
    }

    /// Sets properties of the visit. Answers whether anything changed.
    pub fn set_visit(&mut self, properties: &Properties) -> bool {
        let changed = self.visit.merge(properties);
        self.visit_changed |= changed;
        changed
    }

    /// Forgets everything but the named properties of the visitor.
    pub fn clear(&mut self, kept: &[&str]) {
        let mut main = Properties::new();
        for (key, value) in self.main.iter() {
            if kept.contains(&key) {
                main.set(key, value);
            }
        }
        self.main = main;
        self.visit = Properties::new();
        self.main_changed = true;
        self.visit_changed = true;
    }

    /// Hands out what has changed since the last call.
    pub fn take_writes(&mut self, config: &Config) -> Vec<Write> {
        let mut writes = Vec::new();
        let name = storage_name(&config.token);
        let mut write = |place, value| {
            writes.push(Write {
                place,
                name: name.clone(),
                value,
            });
        };
        if std::mem::take(&mut self.main_changed) {
            let cookie = self.render_cookie(&name, config);
            if cookie != self.cookie {
                self.cookie.clone_from(&cookie);
                write(Place::Cookie, cookie);
            }
            write(Place::LocalStorage, self.main.to_json());
        }
        if std::mem::take(&mut self.visit_changed) {
            write(Place::SessionStorage, self.visit.to_json());
        }
        writes
    }

    fn render_cookie(&self, name: &str, config: &Config) -> String {
        let mut subset = Properties::new();
        for key in COOKIE_KEYS {
            if let Some(value) = self.main.get(key)
                && value != "null"
                && value != "\"\""
            {
                subset.set(key, value);
            }
        }
        let mut cookie = text::concat(&[name, "="]);
        percent::push_encoded(&mut cookie, &subset.to_json());
        if config.cookie_expiration > 0 {
            cookie.push_str("; max-age=");
            json::push_integer(&mut cookie, config.cookie_expiration * 24 * 60 * 60);
        }
        cookie.push_str("; SameSite=Lax; path=/");
        if config.secure_cookie {
            cookie.push_str("; secure");
        }
        cookie
    }
}

/// The value of a cookie in `document.cookie`, still encoded.
fn cookie_value<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    text::parts(cookies, ";")
        .find(|cookie| text::before(cookie, "=").trim_ascii() == name)
        .and_then(|cookie| text::after(cookie, "="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::new("t+/=").unwrap()
    }

    #[test]
    fn names_are_those_of_posthog_js() {
        assert_eq!(storage_name("t+/="), "ph_tPLSLEQ_posthog");
        assert_eq!(window_id_name("t+/="), "ph_t+/=_window_id");
    }

    #[test]
    fn local_storage_overrides_the_cookie_and_both_are_written_back() {
        let stored = Stored {
            cookies: "a=b; ph_tPLSLEQ_posthog=%7B%22distinct_id%22%3A%22c%22%2C%22%24epp%22%3Atrue%7D; c=d".to_owned(),
            local: Some(r#"{"distinct_id":"l","plan":"pro"}"#.to_owned()),
            ..Stored::default()
        };
        let mut persistence = Persistence::load("t+/=", &stored);
        let name = "ph_tPLSLEQ_posthog";
        assert_eq!(
            persistence.take_writes(&config()),
            [
                Write {
                    place: Place::Cookie,
                    name: name.to_owned(),
                    value: "ph_tPLSLEQ_posthog=%7B%22distinct_id%22%3A%22l%22%2C%22%24epp%22%3Atrue%7D; \
                            max-age=31536000; SameSite=Lax; path=/"
                        .to_owned()
                },
                Write {
                    place: Place::LocalStorage,
                    name: name.to_owned(),
                    value: r#"{"distinct_id":"l","$epp":true,"plan":"pro"}"#.to_owned(),
                },
            ]
        );
        assert_eq!(persistence.take_writes(&config()), []);
    }

    #[test]
    fn the_cookie_is_left_alone_by_what_it_does_not_hold() {
        let mut persistence = Persistence::load("t+/=", &Stored::default());
        persistence.take_writes(&config());
        assert!(persistence.set("plan", "\"pro\""));
        assert!(!persistence.set("plan", "\"pro\""));
        assert!(matches!(
            persistence.take_writes(&config())[..],
            [Write {
                place: Place::LocalStorage,
                ..
            }]
        ));
    }

    #[test]
    fn a_damaged_store_is_read_as_far_as_it_goes() {
        let stored = Stored {
            cookies: "ph_tPLSLEQ_posthog=%7B%22distinct_id%22%3A%22c%22%2C%22%24ep".to_owned(),
            local: Some("<html>".to_owned()),
            session: Some("[".to_owned()),
            ..Stored::default()
        };
        let persistence = Persistence::load("t+/=", &stored);
        assert_eq!(persistence.main().to_json(), r#"{"distinct_id":"c"}"#);
        assert_eq!(persistence.visit(), &Properties::new());
    }

    #[test]
    fn clearing_keeps_what_is_named() {
        let mut persistence = Persistence::load("t+/=", &Stored::default());
        persistence.set_string("$device_id", "d");
        persistence.set_string("plan", "pro");
        persistence.clear(&["$device_id"]);
        assert_eq!(persistence.main().to_json(), r#"{"$device_id":"d"}"#);
    }
}
