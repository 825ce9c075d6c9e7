//! What an app can choose: typed, checked, with defaults.

mod tables;

use std::fmt;

use tables::{CHOICES, Choice, LISTS, NUMBERS, SWITCHES, TEXTS};
pub use tables::{List, Number, Switch, Text};

/// For whom PostHog builds person profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonProfiles {
    /// For everybody.
    Always,
    /// For visitors whom the app has identified.
    IdentifiedOnly,
    /// For nobody.
    Never,
}

/// Where the visitor is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In localStorage, and what says who the visitor is in a cookie too.
    LocalStorageAndCookie,
    /// In localStorage.
    LocalStorage,
    /// In a cookie.
    Cookie,
    /// In sessionStorage, for one tab.
    SessionStorage,
    /// Nowhere, for one page.
    Memory,
}

/// Whom nothing is stored of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookieless {
    /// Nobody.
    Off,
    /// Everybody.
    Always,
    /// Visitors who have refused: their events are counted without an identity.
    OnReject,
}

/// The settings of one client.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The project's token, which every event carries. Never empty.
    pub token: String,
    texts: [String; TEXTS.len()],
    numbers: [u64; NUMBERS.len()],
    switches: [bool; SWITCHES.len()],
    choices: [usize; CHOICES.len()],
    lists: [Vec<String>; LISTS.len()],
}

/// A setting's value as it comes from the app.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(&'a str),
    /// An array of strings.
    List(&'a [String]),
}

/// Why a setting was not taken. The setting keeps the value it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The token is empty.
    EmptyToken,
    /// The value is of another type than the setting, or out of its range; the text says what is expected.
    Expected(&'static str),
}

impl ConfigError {
    /// A name for the error that stays the same from version to version.
    pub fn code(self) -> &'static str {
        match self {
            Self::EmptyToken => "empty_token",
            Self::Expected(_) => "invalid_setting",
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::EmptyToken => {
                "the project token is empty: pass the one that your PostHog project settings show"
            }
            Self::Expected(what) => what,
        })
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// The defaults, for a project's token.
    ///
    /// # Errors
    ///
    /// [`ConfigError::EmptyToken`] if the token holds nothing but white space.
    pub fn new(token: &str) -> Result<Self, ConfigError> {
        let token = token.trim_ascii();
        if token.is_empty() {
            return Err(ConfigError::EmptyToken);
        }
        Ok(Self {
            token: token.to_owned(),
            texts: TEXTS.map(|(_, default)| default.to_owned()),
            numbers: NUMBERS.map(|(_, _, _, default, _)| default),
            switches: SWITCHES.map(|(_, default)| default),
            choices: [0; CHOICES.len()],
            lists: LISTS.map(|_| Vec::new()),
        })
    }

    /// A setting that is a text.
    pub fn text(&self, setting: Text) -> &str {
        &self.texts[setting as usize]
    }

    /// A setting that is a number.
    pub fn number(&self, setting: Number) -> u64 {
        self.numbers[setting as usize]
    }

    /// A setting that is true or false.
    pub fn is(&self, setting: Switch) -> bool {
        self.switches[setting as usize]
    }

    /// A setting that is a list.
    pub fn list(&self, setting: List) -> &[String] {
        &self.lists[setting as usize]
    }

    /// For whom PostHog builds person profiles.
    pub fn person_profiles(&self) -> PersonProfiles {
        match self.choice(Choice::PersonProfiles) {
            0 => PersonProfiles::IdentifiedOnly,
            1 => PersonProfiles::Always,
            _ => PersonProfiles::Never,
        }
    }

    /// Where the visitor is remembered.
    pub fn persistence(&self) -> Mode {
        match self.choice(Choice::Persistence) {
            0 => Mode::LocalStorageAndCookie,
            1 => Mode::LocalStorage,
            2 => Mode::Cookie,
            3 => Mode::SessionStorage,
            _ => Mode::Memory,
        }
    }

    /// Whom nothing is stored of.
    pub fn cookieless(&self) -> Cookieless {
        match self.choice(Choice::Cookieless) {
            0 => Cookieless::Off,
            1 => Cookieless::Always,
            _ => Cookieless::OnReject,
        }
    }

    /// Whether the visitor's consent is stored in a cookie rather than in localStorage.
    pub fn consent_in_cookie(&self) -> bool {
        self.choice(Choice::ConsentStore) == 1
    }

    /// How long a session may rest, in milliseconds.
    pub fn idle_millis(&self) -> u64 {
        self.number(Number::SessionIdleTimeout) * 1_000
    }

    fn choice(&self, choice: Choice) -> usize {
        self.choices[choice as usize]
    }

    /// Takes one setting. Keys that the core does not know are left to whoever does, without an error.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Expected`] if the value is of another type or out of range.
    pub fn set(&mut self, key: &str, value: Value<'_>) -> Result<(), ConfigError> {
        if let Some(at) = SWITCHES.iter().position(|(name, _)| *name == key) {
            let Value::Boolean(value) = value else {
                return Err(ConfigError::Expected("true or false"));
            };
            self.switches[at] = value;
        } else if let Some(at) = NUMBERS.iter().position(|(name, ..)| *name == key) {
            let (_, least, most, _, expected) = NUMBERS[at];
            match value {
                // A fraction is cut off.
                Value::Number(value) if value >= least as f64 && value <= most as f64 => {
                    self.numbers[at] = value as u64;
                }
                // posthog-js 1.449.2 brings this one within its bounds.
                Value::Number(value)
                    if at == Number::SessionIdleTimeout as usize && value.is_finite() =>
                {
                    self.numbers[at] = (value as u64).clamp(least, most);
                }
                _ => return Err(ConfigError::Expected(expected)),
            }
        } else if let Some(at) = CHOICES.iter().position(|(name, ..)| *name == key) {
            let (_, words, expected) = CHOICES[at];
            let chosen = match value {
                Value::Text(text) => words
                    .iter()
                    .position(|word| word.eq_ignore_ascii_case(text)),
                _ => None,
            };
            self.choices[at] = chosen.ok_or(ConfigError::Expected(expected))?;
        } else if let Some(at) = LISTS.iter().position(|name| *name == key) {
            let Value::List(items) = value else {
                return Err(ConfigError::Expected("an array of strings"));
            };
            self.lists[at] = items.to_vec();
        } else if let Some(at) = TEXTS.iter().position(|(name, _)| *name == key) {
            let Value::Text(text) = value else {
                return Err(ConfigError::Expected("a string"));
            };
            self.texts[at] = checked_text(at, text)?;
        }
        Ok(())
    }

    /// Every setting that is one for the app too with its present value, under the names that [`Config::set`] takes.
    pub fn entries(&self) -> Vec<(&'static str, Value<'_>)> {
        let mut entries = vec![("token", Value::Text(&self.token))];
        for ((name, _), value) in TEXTS.iter().zip(&self.texts) {
            entries.push((name, Value::Text(value)));
        }
        for ((name, ..), value) in NUMBERS.iter().zip(&self.numbers) {
            entries.push((name, Value::Number(*value as f64)));
        }
        for ((name, _), value) in SWITCHES.iter().zip(&self.switches) {
            entries.push((name, Value::Boolean(*value)));
        }
        for ((name, words, _), chosen) in CHOICES.iter().zip(&self.choices) {
            entries.push((name, Value::Text(words[*chosen])));
        }
        for (name, value) in LISTS.iter().zip(&self.lists) {
            entries.push((name, Value::List(value)));
        }
        entries.retain(|(name, _)| !name.bytes().any(|byte| byte == b'.'));
        entries
    }
}

fn checked_text(setting: usize, text: &str) -> Result<String, ConfigError> {
    let text = text.trim_ascii();
    if setting == Text::Endpoint as usize && !text.starts_with('/') {
        return Err(ConfigError::Expected(
            "a path that starts with a slash, such as /i/v0/e/",
        ));
    }
    if setting == Text::FlagsHost as usize {
        return Ok(text.strip_suffix('/').unwrap_or(text).to_owned());
    }
    if setting == Text::ApiHost as usize {
        // posthog-js 1.449.2 sends what was once the address of the app to the ingestion of its region.
        return Ok(match text.strip_suffix('/').unwrap_or(text) {
            "https://app.posthog.com" => "https://us.i.posthog.com",
            other => other,
        }
        .to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::new("phc_token").unwrap()
    }

    #[test]
    fn an_empty_token_is_refused_and_a_padded_one_trimmed() {
        assert_eq!(Config::new("  "), Err(ConfigError::EmptyToken));
        assert_eq!(Config::new(" phc_a ").unwrap().token, "phc_a");
    }

    #[test]
    fn every_setting_stands_in_its_row() {
        let config = config();
        assert_eq!(config.text(Text::Defaults), "unset");
        assert_eq!(config.text(Text::Library), "hoglet");
        assert_eq!(config.number(Number::MaxStringLength), 65_535);
        assert_eq!(config.number(Number::SessionIdleTimeout), 1_800);
        assert!(config.is(Switch::SaveCampaign) && config.is(Switch::UnstoredByDefault));
        assert!(!config.is(Switch::ReuseAnonymousId) && !config.is(Switch::CookieWins));
        assert_eq!(
            LISTS[List::CookieProperties as usize],
            "cookie_persisted_properties"
        );
    }

    #[test]
    fn hosts_lose_one_slash_and_old_addresses_are_renewed() {
        let mut config = config();
        for (given, taken) in [
            (" https://eu.i.posthog.com/ ", "https://eu.i.posthog.com"),
            ("/ingest/", "/ingest"),
            ("https://app.posthog.com/", "https://us.i.posthog.com"),
        ] {
            config.set("api_host", Value::Text(given)).unwrap();
            assert_eq!(config.text(Text::ApiHost), taken);
        }
        let flags = Value::Text("https://flags.example.com/");
        config.set("flags_api_host", flags).unwrap();
        assert_eq!(config.text(Text::FlagsHost), "https://flags.example.com");
    }

    #[test]
    fn words_are_taken_in_any_case() {
        let mut config = config();
        config
            .set("persistence", Value::Text("LOCALSTORAGE"))
            .unwrap();
        assert_eq!(config.persistence(), Mode::LocalStorage);
    }

    #[test]
    fn what_is_out_of_range_or_of_another_type_changes_nothing() {
        let mut config = config();
        let before = config.clone();
        for (key, value) in [
            ("batch_size", Value::Number(0.0)),
            ("batch_size", Value::Number(f64::NAN)),
            ("batch_size", Value::Text("10")),
            ("batch_interval", Value::Number(60_001.0)),
            ("endpoint", Value::Text("e")),
            ("person_profiles", Value::Text("sometimes")),
            ("debug", Value::Number(1.0)),
            ("property_denylist", Value::Text("a")),
        ] {
            assert!(config.set(key, value).is_err(), "{key}");
        }
        assert_eq!(config, before);
    }

    #[test]
    fn every_entry_can_be_set_again() {
        let mut config = config();
        let before = config.clone();
        for (key, value) in before.entries() {
            config.set(key, value).unwrap();
        }
        assert_eq!(config, before);
    }

    #[test]
    fn settings_of_others_are_no_error() {
        assert_eq!(
            config().set("capture_heatmaps", Value::Boolean(true)),
            Ok(())
        );
    }
}
