//! What an app can choose: typed, checked, with defaults.

use std::fmt;

/// The settings of one client. Fields are set by [`Config::set`], which checks them.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The project's token, which every event carries. Never empty.
    pub token: String,
    /// Where events go: an origin, or a path of the app's own origin behind a reverse proxy. No slash at the end.
    pub api_host: String,
    /// The path of the event endpoint on that host, with its slashes.
    pub endpoint: String,
    /// What `$lib` says.
    pub library: String,
    /// How many waiting events cause a request; also the most that one request carries. 1 to 1,000.
    pub batch_size: usize,
    /// How long an event waits for company, in milliseconds. 1 to 60,000.
    pub batch_interval: u64,
    /// Whether bodies go as they are rather than gzipped.
    pub disable_compression: bool,
    /// Whether the console says what is done.
    pub debug: bool,
    /// For whom PostHog builds person profiles.
    pub person_profiles: PersonProfiles,
    /// How long the stored identity lasts, in days. 0 keeps the cookie for the browser's session only.
    pub cookie_expiration: u64,
    /// Whether the cookie is sent over https only.
    pub secure_cookie: bool,
    /// How long a session may rest before the next event begins another, in seconds. 60 to 36,000.
    pub session_idle_timeout_seconds: u64,
    /// The longest string that an event's properties may hold, in UTF-16 code units; longer ones are cut.
    pub properties_string_max_length: u64,
}

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

/// A setting's value as it comes from the app.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(&'a str),
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

/// A hundred years.
const MAX_COOKIE_DAYS: f64 = 36_500.0;

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
            api_host: "https://us.i.posthog.com".to_owned(),
            endpoint: "/e/".to_owned(),
            library: "hoglet".to_owned(),
            batch_size: 100,
            batch_interval: 3_000,
            disable_compression: false,
            debug: false,
            person_profiles: PersonProfiles::IdentifiedOnly,
            cookie_expiration: 365,
            secure_cookie: false,
            session_idle_timeout_seconds: 1_800,
            properties_string_max_length: 65_535,
        })
    }

    /// Takes one setting. Keys that the core does not know are left to whoever does, without an error.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Expected`] if the value is of another type or out of range.
    pub fn set(&mut self, key: &str, value: Value<'_>) -> Result<(), ConfigError> {
        match key {
            "api_host" => {
                let host = value
                    .text("a URL such as https://eu.i.posthog.com, or a path such as /ingest")?;
                let host = host.trim_ascii();
                let host = host.strip_suffix('/').unwrap_or(host);
                // posthog-js 1.449.2 sends what was once the address of the app to the ingestion of its region.
                self.api_host = match host {
                    "https://app.posthog.com" => "https://us.i.posthog.com",
                    other => other,
                }
                .to_owned();
            }
            "endpoint" => {
                let path = value.text("a path such as /i/v0/e/")?;
                if !path.starts_with('/') {
                    return Err(ConfigError::Expected(
                        "a path that starts with a slash, such as /i/v0/e/",
                    ));
                }
                self.endpoint = path.to_owned();
            }
            "lib" => self.library = value.text("a name such as web")?.to_owned(),
            "batch_size" => {
                self.batch_size =
                    value.within(1.0, 1_000.0, "a number of events from 1 to 1,000")? as usize
            }
            "batch_interval" => {
                self.batch_interval =
                    value.within(1.0, 60_000.0, "milliseconds from 1 to 60,000")?;
            }
            "disable_compression" => self.disable_compression = value.boolean()?,
            "debug" => self.debug = value.boolean()?,
            "person_profiles" => {
                self.person_profiles = match value.text(PROFILES)? {
                    "always" => PersonProfiles::Always,
                    "identified_only" => PersonProfiles::IdentifiedOnly,
                    "never" => PersonProfiles::Never,
                    _ => return Err(ConfigError::Expected(PROFILES)),
                }
            }
            "cookie_expiration" => {
                self.cookie_expiration =
                    value.within(0.0, MAX_COOKIE_DAYS, "days from 0 to 36,500")?
            }
            "secure_cookie" => self.secure_cookie = value.boolean()?,
            "session_idle_timeout_seconds" => {
                self.session_idle_timeout_seconds =
                    value.within(60.0, 36_000.0, "seconds from 60 to 36,000")?;
            }
            "properties_string_max_length" => {
                self.properties_string_max_length =
                    value.within(0.0, 1e9, "a number of UTF-16 code units")?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Every setting with its present value, under the names that [`Config::set`] takes.
    pub fn entries(&self) -> [(&'static str, Value<'_>); 14] {
        [
            ("token", Value::Text(&self.token)),
            ("api_host", Value::Text(&self.api_host)),
            ("endpoint", Value::Text(&self.endpoint)),
            ("lib", Value::Text(&self.library)),
            ("batch_size", Value::Number(self.batch_size as f64)),
            ("batch_interval", Value::Number(self.batch_interval as f64)),
            (
                "disable_compression",
                Value::Boolean(self.disable_compression),
            ),
            ("debug", Value::Boolean(self.debug)),
            ("person_profiles", Value::Text(self.person_profiles.name())),
            ("persistence", Value::Text("localStorage+cookie")),
            (
                "cookie_expiration",
                Value::Number(self.cookie_expiration as f64),
            ),
            ("secure_cookie", Value::Boolean(self.secure_cookie)),
            (
                "session_idle_timeout_seconds",
                Value::Number(self.session_idle_timeout_seconds as f64),
            ),
            (
                "properties_string_max_length",
                Value::Number(self.properties_string_max_length as f64),
            ),
        ]
    }
}

const PROFILES: &str = "always, identified_only or never";

impl PersonProfiles {
    fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::IdentifiedOnly => "identified_only",
            Self::Never => "never",
        }
    }
}

impl<'a> Value<'a> {
    fn text(self, expected: &'static str) -> Result<&'a str, ConfigError> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(ConfigError::Expected(expected)),
        }
    }

    fn boolean(self) -> Result<bool, ConfigError> {
        match self {
            Self::Boolean(value) => Ok(value),
            _ => Err(ConfigError::Expected("true or false")),
        }
    }

    /// A number within bounds, its fraction cut off.
    fn within(self, least: f64, most: f64, expected: &'static str) -> Result<u64, ConfigError> {
        match self {
            Self::Number(value) if value >= least && value <= most => Ok(value as u64),
            _ => Err(ConfigError::Expected(expected)),
        }
    }
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
    fn hosts_lose_one_slash_and_old_addresses_are_renewed() {
        let mut config = config();
        for (given, taken) in [
            (" https://eu.i.posthog.com/ ", "https://eu.i.posthog.com"),
            ("/ingest/", "/ingest"),
            ("https://app.posthog.com/", "https://us.i.posthog.com"),
        ] {
            config.set("api_host", Value::Text(given)).unwrap();
            assert_eq!(config.api_host, taken);
        }
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
