//! The browser and the device that an event was captured on, as properties.

use super::config::{Config, Switch};
use super::json;
use super::properties::Properties;
use super::text;
use super::user_agent::{self, UserAgent};
use super::webview;

/// What the adapter reads once of browser and device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Environment {
    /// `navigator.userAgent`. Where it is empty, as on a server, nothing of the environment is sent.
    pub user_agent: String,
    /// `navigator.vendor`.
    pub vendor: String,
    /// Whether the browser declares itself Brave.
    pub brave: bool,
    /// `navigator.language`.
    pub language: String,
    /// The IANA name of the time zone.
    pub timezone: String,
    /// Minutes that the zone lies behind UTC, west positive, as `Date.prototype.getTimezoneOffset` has it.
    pub timezone_offset: i32,
    /// The screen, in CSS pixels.
    pub screen: Size,
    /// The brands of `navigator.userAgentData`, each followed by a blank.
    pub brands: String,
    /// The operating system, as `navigator.userAgentData.platform` has it; empty where the browser does not tell it.
    pub platform: String,
    /// How many fingers the screen feels at once.
    pub touch_points: u32,
    /// Pixels of the device in a CSS pixel.
    pub pixel_ratio: f64,
    /// `navigator.webdriver`: whether the browser says that a program drives it.
    pub is_driven: bool,
}

/// A width and a height in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// The longest user agent that is sent; a longer one ends in dots (posthog-js 1.449.2).
const MAX_USER_AGENT: usize = 1_000;

/// The least short side of a tablet, in units of the screen divided by its pixel ratio (posthog-js 1.449.2).
const TABLET_SIDE: f64 = 600.0;

impl Environment {
    /// The properties of browser and device.
    pub fn properties(&self, config: &Config) -> Properties {
        let mut properties = Properties::new();
        if self.user_agent.is_empty() {
            return properties;
        }
        let names_search_app = config.is(Switch::DetectSearchApp);
        let read = user_agent::read(&self.user_agent, &self.vendor, self.brave, names_search_app);
        properties.set_string_if_any("$os", read.os);
        properties.set_string_if_any("$os_version", &read.os_version);
        properties.set_string_if_any("$browser", read.browser);
        properties.set("$browser_version", &read.browser_version);
        let (app, app_version) = webview::read(&self.user_agent);
        properties.set_string_if_any("$webview_app", app);
        properties.set_string_if_any("$webview_app_version", &app_version);
        properties.set_string_if_any("$device", read.device);
        properties.set_string_if_any("$device_type", self.device_type(&read));
        properties.set_string("$raw_user_agent", &shortened(&self.user_agent));
        properties.set_string_if_any("$browser_language", &self.language);
        properties.set_string_if_any(
            "$browser_language_prefix",
            text::before(&self.language, "-"),
        );
        properties.set_string_if_any("$timezone", &self.timezone);
        let mut offset = String::from(if self.timezone_offset < 0 { "-" } else { "" });
        json::push_integer(&mut offset, u64::from(self.timezone_offset.unsigned_abs()));
        properties.set("$timezone_offset", &offset);
        self.screen
            .set_in(&mut properties, "$screen_height", "$screen_width");
        properties
    }

    /// Asked for the desktop's version of a site, browsers of Android call themselves a desktop's in the user agent.
    fn device_type(&self, read: &UserAgent) -> &'static str {
        if !read.device.is_empty() || self.platform != "Android" || self.touch_points == 0 {
            return read.device_type;
        }
        let side = f64::from(self.screen.width.min(self.screen.height));
        if side / self.pixel_ratio >= TABLET_SIDE {
            "Tablet"
        } else {
            "Mobile"
        }
    }
}

impl Size {
    /// Sets the two numbers under the given names.
    pub fn set_in(self, properties: &mut Properties, height_key: &str, width_key: &str) {
        properties.set_integer(height_key, u64::from(self.height));
        properties.set_integer(width_key, u64::from(self.width));
    }
}

fn shortened(user_agent: &str) -> String {
    if user_agent.len() <= MAX_USER_AGENT {
        return user_agent.to_owned();
    }
    // User agents are ASCII but for curiosities, which are left out.
    text::concat(&[text::slice(user_agent, 0, MAX_USER_AGENT - 3), "..."])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::new("t").unwrap()
    }

    #[test]
    fn without_a_user_agent_nothing_is_said_of_the_environment() {
        assert_eq!(
            Environment::default().properties(&config()),
            Properties::new()
        );
    }

    #[test]
    fn an_android_device_that_asks_for_the_desktops_site_is_none() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/device-types.json")).unwrap();
        for vector in vectors.as_array().unwrap() {
            let text = |key: &str| vector[key].as_str().unwrap().to_owned();
            let side = |at: usize| vector["screen"][at].as_u64().unwrap() as u32;
            let environment = Environment {
                user_agent: text("user_agent"),
                platform: text("platform"),
                touch_points: vector["touch_points"].as_u64().unwrap() as u32,
                pixel_ratio: vector["pixel_ratio"].as_f64().unwrap(),
                screen: Size {
                    width: side(0),
                    height: side(1),
                },
                ..Environment::default()
            };
            let kind = environment.properties(&config()).get_string("$device_type");
            assert_eq!(kind, Some(text("device_type")), "{vector}");
        }
    }

    #[test]
    fn zones_east_of_utc_are_negative() {
        let environment = Environment {
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                .to_owned(),
            language: "de-AT".to_owned(),
            timezone_offset: -120,
            ..Environment::default()
        };
        let properties = environment.properties(&config());
        assert_eq!(properties.get("$timezone_offset"), Some("-120"));
        assert_eq!(properties.get("$browser_language_prefix"), Some("\"de\""));
        assert_eq!(properties.get("$browser_version"), Some("140"));
        assert!(!properties.contains("$os_version"));
        assert!(!properties.contains("$webview_app"));
        assert!(!properties.contains("$webview_app_version"));
    }
}
