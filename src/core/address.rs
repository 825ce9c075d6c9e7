//! What the page's address and the one before it say, as properties.

use super::config::{Config, List, Switch};
use super::json;
use super::percent;
use super::properties::Properties;
use super::redact;
use super::text;

/// Parameters of a campaign's links (posthog-js 1.449.2, in its order).
pub(super) const CAMPAIGN_PARAMETERS: [&str; 26] = [
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

/// Where the parameters begin that tell one visitor from another.
const PERSONAL_FROM: usize = 7;

/// Search engines by what their referrers hold, and the parameter of the words that were searched for.
const SEARCH_ENGINES: [(&str, &str, &str); 4] = [
    ("google.", "google", "q"),
    ("bing.com", "bing", "q"),
    ("yahoo.com", "yahoo", "p"),
    ("duckduckgo.com", "duckduckgo", "q"),
];

/// Stands for nowhere.
const DIRECT: &str = "$direct";

/// Stands for what is masked.
const MASK: &str = "<masked>";

/// The page's address as the settings let it be told.
pub(super) fn told(url: &str, config: &Config) -> String {
    let page = text::before(url, "#");
    let mut told = text::before(page, "?").to_owned();
    if let Some(query) = text::after(page, "?") {
        let mut mark = "?";
        for pair in text::parts(query, "&") {
            told.push_str(mark);
            mark = "&";
            let name = text::before(pair, "=");
            if is_masked(name, config) {
                told.push_str(&text::concat(&[name, "=", MASK]));
            } else {
                told.push_str(pair);
            }
        }
    }
    if !config.is(Switch::DisableHashes) {
        told.push_str(text::slice(url, page.len(), url.len()));
    }
    redacted(&told, config).unwrap_or(told)
}

/// An address without what is personal in it, but with its campaign; `None` if there is nothing, or all may be told.
pub(super) fn redacted(url: &str, config: &Config) -> Option<String> {
    match config.is(Switch::RedactUrls) {
        true => without_personal(url),
        false => None,
    }
}

/// An address without what is personal in it, but with its campaign; `None` if there is nothing.
pub(super) fn without_personal(url: &str) -> Option<String> {
    redact::url(url, &|name| CAMPAIGN_PARAMETERS.contains(&name))
}

fn is_masked(name: &str, config: &Config) -> bool {
    config.is(Switch::MaskPersonalData)
        && (CAMPAIGN_PARAMETERS[PERSONAL_FROM..].contains(&name)
            || config
                .list(List::PersonalParameters)
                .iter()
                .any(|custom| custom == name))
}

/// Sets the properties of the page's address.
pub(super) fn set_address(properties: &mut Properties, url: &str) {
    properties.set_string_if_any("$current_url", url);
    properties.set_string_if_any("$host", host(url));
    properties.set_string_if_any("$pathname", path(url));
}

/// Sets the campaign that an address speaks of: every parameter, `null` where it is missing. Answers whether there is any.
pub(super) fn set_campaign(properties: &mut Properties, url: &str, custom: &[String]) -> bool {
    let mut any = false;
    let names = CAMPAIGN_PARAMETERS
        .into_iter()
        .chain(custom.iter().map(|name| &**name));
    for name in names {
        match percent::query_parameter(url, name) {
            Some(value) if !value.is_empty() => {
                properties.set_string(name, &value);
                any = true;
            }
            _ => {
                properties.set(name, "null");
            }
        }
    }
    any
}

/// Sets the search engine that a referrer belongs to, and what was searched for.
pub(super) fn set_search(properties: &mut Properties, referrer: &str) {
    let host = host(referrer);
    let engine = SEARCH_ENGINES
        .iter()
        .find(|(mark, ..)| text::contains(host, mark));
    if let Some((_, name, parameter)) = engine {
        properties.set_string("$search_engine", name);
        let words = percent::query_parameter(referrer, parameter);
        properties.set_string_if_any("ph_keyword", &words.unwrap_or_default());
    }
}

/// Sets where the visitor came from.
pub(super) fn set_referrer(properties: &mut Properties, referrer: &str) {
    let domain = match referrer {
        DIRECT => DIRECT,
        referrer => host(referrer),
    };
    properties.set_string("$referrer", referrer);
    properties.set_string("$referring_domain", domain);
}

/// A referrer as it is told.
pub(super) fn or_direct(referrer: &str) -> &str {
    if referrer.is_empty() {
        DIRECT
    } else {
        referrer
    }
}

/// The place that a visitor arrived at and the one they came from, as posthog-js 1.449.2 stores them, each cut to 1,000
/// characters; in a cookie to 1,000 bytes as encoded there.
pub(super) fn arrival(referrer: &str, url: &str, in_cookie: bool) -> String {
    const MOST: usize = 1_000;
    let cut = |address: &str| {
        let weight = |character: char| {
            if !in_cookie || character.is_ascii_alphanumeric() || "-_.!~*'()".contains(character) {
                1
            } else {
                3 * character.len_utf8()
            }
        };
        json::string(text::within(address, MOST, weight))
    };
    let mut arrival = Properties::new();
    arrival.set("r", &cut(or_direct(referrer)));
    if !url.is_empty() {
        arrival.set("u", &cut(url));
    }
    arrival.to_json()
}

/// What a stored [`arrival`] says, in full; empty parameters are `null`.
pub(super) fn of_arrival(arrival: &str) -> Properties {
    let arrival = Properties::read(arrival);
    let mut properties = Properties::new();
    let referrer = arrival.get_string("r").unwrap_or_default();
    if !referrer.is_empty() {
        set_referrer(&mut properties, &referrer);
    }
    if let Some(url) = arrival.get_string("u") {
        set_address(&mut properties, &url);
        set_campaign(&mut properties, &url, &[]);
    }
    set_search(&mut properties, &referrer);
    properties
}

/// The host of an absolute URL, with its port.
pub(super) fn host(url: &str) -> &str {
    let authority = text::before(location(url), "/");
    text::after(authority, "@").unwrap_or(authority)
}

/// The path of an absolute URL, from its first slash.
pub(super) fn path(url: &str) -> &str {
    let location = location(url);
    text::slice(location, text::before(location, "/").len(), location.len())
}

/// Host and path of an absolute URL.
fn location(url: &str) -> &str {
    let rest = text::after(url, "://").unwrap_or(url);
    text::before(text::before(rest, "?"), "#")
}

#[cfg(test)]
mod tests {
    use super::super::config::Value;
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        for (url, expected_host, expected_path) in [
            (
                "https://a.example:8080/b/c?d=/e#f",
                "a.example:8080",
                "/b/c",
            ),
            ("https://user:word@a.example/#/b?c", "a.example", "/"),
            ("https://a.example?b", "a.example", ""),
            ("file:///home/page.html", "", "/home/page.html"),
        ] {
            assert_eq!(
                (host(url), path(url)),
                (expected_host, expected_path),
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_personal_in_an_address_is_masked_where_that_is_asked() {
        let mut config = Config::new("t").unwrap();
        let url = "https://a.example/b?gclid=1&utm_source=x&visitor=e#gclid=2";
        assert_eq!(told(url, &config), url);
        config
            .set("mask_personal_data_properties", Value::Boolean(true))
            .unwrap();
        let custom = ["visitor".to_owned()];
        config
            .set("custom_personal_data_properties", Value::List(&custom))
            .unwrap();
        assert_eq!(
            told(url, &config),
            "https://a.example/b?gclid=<masked>&utm_source=x&visitor=<masked>#gclid=2"
        );
        config
            .set("disable_capture_url_hashes", Value::Boolean(true))
            .unwrap();
        assert_eq!(
            told("https://a.example/?#f", &config),
            "https://a.example/?"
        );
    }

    #[test]
    fn a_campaign_is_told_with_what_it_lacks() {
        let mut campaign = Properties::new();
        assert!(!set_campaign(
            &mut campaign,
            "https://shop.example/?q=1&utm_source=",
            &[]
        ));
        let url = "https://shop.example/?utm_source=a%20b&gclid=x&mine=1";
        assert!(set_campaign(&mut campaign, url, &["mine".to_owned()]));
        assert_eq!(campaign.get("utm_source"), Some("\"a b\""));
        assert_eq!(campaign.get("gclid"), Some("\"x\""));
        assert_eq!(campaign.get("utm_term"), Some("null"));
        assert_eq!(campaign.get("mine"), Some("\"1\""));
    }

    #[test]
    fn search_engines_are_known_by_their_referrers() {
        let searched = |referrer| {
            let mut properties = Properties::new();
            set_search(&mut properties, referrer);
            (
                properties.get_string("$search_engine"),
                properties.get_string("ph_keyword"),
            )
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            searched("https://www.google.co.uk/search?q=a+b"),
            (some("google"), some("a b"))
        );
        assert_eq!(
            searched("https://search.yahoo.com/?p=a"),
            (some("yahoo"), some("a"))
        );
        assert_eq!(searched("https://shop.example/google.html"), (None, None));
    }

    #[test]
    fn an_arrival_is_cut_by_what_it_takes_in_a_cookie() {
        let url = "https://a.example/".to_owned() + &"é".repeat(2_000);
        let length = |in_cookie| {
            let arrival = Properties::read(&arrival("", &url, in_cookie));
            assert_eq!(arrival.get_string("r").unwrap(), "$direct");
            arrival.get_string("u").unwrap().chars().count()
        };
        assert_eq!(length(false), 1_000);
        // Of 18 characters 4 take three bytes, and each é six.
        assert_eq!(length(true), 18 + (1_000 - 14 - 4 * 3) / 6);
    }

    #[test]
    fn the_referring_domain_is_the_host_with_its_port() {
        let domain = |referrer| {
            let mut properties = Properties::new();
            set_referrer(&mut properties, or_direct(referrer));
            properties.get_string("$referring_domain").unwrap()
        };
        assert_eq!(domain(""), "$direct");
        assert_eq!(domain("https://a.example:8080/b?c=d"), "a.example:8080");
        assert_eq!(domain("https://user@a.example"), "a.example");
    }
}
