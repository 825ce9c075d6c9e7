//! Under which names values are stored (posthog-js 1.449.2).

use super::super::config::{Config, Text};
use super::super::text::concat;

/// The names of a client's stored values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The main entry of localStorage and sessionStorage, and the cookie.
    pub main: String,
    /// What is known of the flags, in localStorage, where they have an entry of their own.
    pub flags: String,
    /// That a tab is asking the server for flags, in localStorage.
    pub flags_lease: String,
    /// The window id, in sessionStorage.
    pub window_id: String,
    /// Stands in sessionStorage while a window uses it, so that a duplicated tab knows that it is one.
    pub primary_window: String,
    /// The keys of properties that are registered for the session, in sessionStorage.
    pub session_registered: String,
    /// The visitor's consent.
    pub consent: String,
}

impl Names {
    /// The names that follow from the settings.
    pub fn new(config: &Config) -> Self {
        let (token, name) = (&*config.token, config.text(Text::PersistenceName));
        let owner = if name.is_empty() { token } else { name };
        let prefix = concat(&["ph_", owner]);
        let main = if name.is_empty() {
            main_name(token)
        } else {
            prefix.clone()
        };
        let consent = match (
            config.text(Text::ConsentName),
            config.text(Text::ConsentPrefix),
        ) {
            ("", "") => concat(&["__ph_opt_in_out_", token]),
            ("", prefix) => concat(&[prefix, token]),
            (name, _) => name.to_owned(),
        };
        Self {
            flags: concat(&[&main, "__flags"]),
            flags_lease: concat(&["hoglet_flags_", owner]),
            main,
            window_id: concat(&[&prefix, "_window_id"]),
            primary_window: concat(&[&prefix, "_primary_window_exists"]),
            session_registered: concat(&[&prefix, "_session_registered_properties"]),
            consent,
        }
    }

    /// The names of what tabs share in localStorage, in the order in which [`Stored::shared`](super::Stored::shared) takes
    /// the entries.
    pub fn shared(&self) -> [&String; 4] {
        [&self.main, &self.consent, &self.flags, &self.flags_lease]
    }
}

fn main_name(token: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::super::super::config::Value;
    use super::*;

    #[test]
    fn names_are_those_of_posthog_js() {
        let mut config = Config::new("t+/=").unwrap();
        let names = Names::new(&config);
        assert_eq!(names.main, "ph_tPLSLEQ_posthog");
        assert_eq!(names.flags, "ph_tPLSLEQ_posthog__flags");
        assert_eq!(names.flags_lease, "hoglet_flags_t+/=");
        assert_eq!(names.window_id, "ph_t+/=_window_id");
        assert_eq!(names.consent, "__ph_opt_in_out_t+/=");
        config.set("persistence_name", Value::Text("mine")).unwrap();
        config
            .set("opt_out_capturing_cookie_prefix", Value::Text("choice_"))
            .unwrap();
        let names = Names::new(&config);
        assert_eq!(names.main, "ph_mine");
        assert_eq!(names.flags, "ph_mine__flags");
        assert_eq!(names.flags_lease, "hoglet_flags_mine");
        assert_eq!(names.window_id, "ph_mine_window_id");
        assert_eq!(names.consent, "choice_t+/=");
        config
            .set("consent_persistence_name", Value::Text("consent"))
            .unwrap();
        assert_eq!(Names::new(&config).consent, "consent");
    }
}
