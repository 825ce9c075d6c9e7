//! The browser, the device and the page that an event was captured on, as properties.

use super::json;
use super::percent;
use super::properties::Properties;
use super::text;
use super::user_agent;

/// What the adapter reads once of browser and device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
}

/// A width and a height in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// The address that the page is at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The whole address.
    pub href: String,
    /// The host with its port.
    pub host: String,
    /// The path.
    pub pathname: String,
}

/// The longest user agent that is sent; a longer one ends in dots (posthog-js 1.449.2).
const MAX_USER_AGENT: usize = 1_000;

/// Parameters of a campaign's links (posthog-js 1.449.2, in its order).
const CAMPAIGN_PARAMETERS: [&str; 26] = [
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "gad_source",
    "mc_cid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "twclid",
    "li_fat_id",
    "igshid",
    "ttclid",
    "rdt_cid",
    "epik",
    "qclid",
    "sccid",
    "oppref",
    "bfcid",
    "irclid",
    "_kx",
];

impl Environment {
    /// The properties of browser and device.
    pub fn properties(&self) -> Properties {
        let mut properties = Properties::new();
        if self.user_agent.is_empty() {
            return properties;
        }
        let read = user_agent::read(&self.user_agent, &self.vendor, self.brave);
        properties.set_string_if_any("$os", read.os);
        properties.set_string_if_any("$os_version", &read.os_version);
        properties.set_string_if_any("$browser", read.browser);
        properties.set("$browser_version", &read.browser_version);
        properties.set_string_if_any("$device", read.device);
        properties.set_string_if_any("$device_type", read.device_type);
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
}

impl Size {
    /// Sets the two numbers under the given names.
    pub fn set_in(self, properties: &mut Properties, height_key: &str, width_key: &str) {
        properties.set_integer(height_key, u64::from(self.height));
        properties.set_integer(width_key, u64::from(self.width));
    }
}

impl Location {
    /// The properties of the address.
    pub fn set_in(&self, properties: &mut Properties) {
        properties.set_string_if_any("$current_url", &self.href);
        properties.set_string_if_any("$host", &self.host);
        properties.set_string_if_any("$pathname", &self.pathname);
    }

    /// The campaign that the address speaks of: every parameter, `null` where it is missing; nothing at all where
    /// all are.
    pub fn campaign(&self) -> Properties {
        let mut campaign = Properties::new();
        let mut any = false;
        for name in CAMPAIGN_PARAMETERS {
            match percent::query_parameter(&self.href, name) {
                Some(value) if !value.is_empty() => {
                    campaign.set_string(name, &value);
                    any = true;
                }
                _ => {
                    campaign.set(name, "null");
                }
            }
        }
        if any { campaign } else { Properties::new() }
    }
}

/// Where the visitor came from. `$direct` stands for nowhere (posthog-js 1.449.2).
pub fn referrer_properties(referrer: &str) -> Properties {
    let mut properties = Properties::new();
    let (referrer, domain) = match referrer {
        "" => ("$direct", "$direct"),
        referrer => (referrer, host_of(referrer)),
    };
    properties.set_string("$referrer", referrer);
    properties.set_string("$referring_domain", domain);
    properties
}

/// The host of an absolute URL, with its port.
fn host_of(url: &str) -> &str {
    let rest = text::after(url, "://").unwrap_or(url);
    let authority = text::before(text::before(text::before(rest, "/"), "?"), "#");
    text::after(authority, "@").unwrap_or(authority)
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

    #[test]
    fn without_a_user_agent_nothing_is_said_of_the_environment() {
        assert_eq!(Environment::default().properties(), Properties::new());
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
        let properties = environment.properties();
        assert_eq!(properties.get("$timezone_offset"), Some("-120"));
        assert_eq!(properties.get("$browser_language_prefix"), Some("\"de\""));
        assert_eq!(properties.get("$browser_version"), Some("140"));
        assert!(!properties.contains("$os_version"));
    }

    #[test]
    fn a_campaign_is_told_whole_or_not_at_all() {
        let at = |href: &str| Location {
            href: href.to_owned(),
            ..Location::default()
        };
        assert_eq!(
            at("https://shop.example/?q=1&utm_source=").campaign(),
            Properties::new()
        );
        let campaign = at("https://shop.example/?utm_source=a%20b&gclid=x").campaign();
        assert_eq!(campaign.get("utm_source"), Some("\"a b\""));
        assert_eq!(campaign.get("gclid"), Some("\"x\""));
        assert_eq!(campaign.get("utm_term"), Some("null"));
    }

    #[test]
    fn the_referring_domain_is_the_host_with_its_port() {
        let domain = |referrer| {
            referrer_properties(referrer)
                .get_string("$referring_domain")
                .unwrap()
        };
        assert_eq!(domain(""), "$direct");
        assert_eq!(domain("https://a.example:8080/b?c=d"), "a.example:8080");
        assert_eq!(domain("https://user@a.example"), "a.example");
    }
}
