//! The cookie's text: read from all cookies, written within what browsers take.

use super::super::config::{Config, Number, Switch};
use super::super::json;
use super::super::percent;
use super::super::properties::Properties;
use super::super::text;

/// The most that a cookie's name and value may have, in bytes. Browsers take 4,096, some with the attributes counted in.
const MAX_BYTES: usize = 3_800;

/// The most labels of a host that can be tried as a cookie's domain (posthog-js 1.449.2).
const MAX_LABELS: usize = 8;

/// Hosts whose subdomains belong to different owners (posthog-js 1.449.2).
const SHARED_HOSTS: [&str; 3] = ["herokuapp.com", "vercel.app", "netlify.app"];

/// Whether the subdomains of a host's site belong together, so that a cookie may be for all of them.
pub fn is_site_of_one_owner(host: &str) -> bool {
    !SHARED_HOSTS
        .iter()
        .any(|shared| host == *shared || text::contains(host, &text::concat(&[".", shared])))
}

/// The domains that a cookie of this host may be for, the widest first. The first that the browser accepts is the site's:
/// it refuses those that are public, such as `co.uk`.
pub fn domains(host: &str) -> Vec<&str> {
    // Addresses have no subdomains.
    if host.ends_with(|last: char| last.is_ascii_digit() || last == ']') {
        return Vec::new();
    }
    let mut starts = vec![0];
    starts.extend(
        host.bytes()
            .enumerate()
            .filter_map(|(at, byte)| (byte == b'.').then_some(at + 1)),
    );
    if starts.len() < 2 {
        return Vec::new();
    }
    let domains = starts.iter().rev().take(MAX_LABELS);
    domains
        .map(|start| text::slice(host, *start, host.len()))
        .collect()
}

/// The value of a cookie in `document.cookie`, decoded.
pub fn value(cookies: &str, name: &str) -> Option<String> {
    text::parts(cookies, ";")
        .find(|cookie| text::before(cookie, "=").trim_ascii() == name)
        .and_then(|cookie| text::after(cookie, "="))
        .map(percent::decode)
}

/// A cookie as `document.cookie` takes it, but for its domain. `days` is how long it lasts; 0 is as long as the browser
/// runs.
pub(super) fn render(name: &str, value: &str, days: u64, config: &Config) -> String {
    let mut cookie = text::concat(&[name, "="]);
    percent::push_encoded(&mut cookie, value);
    if days > 0 {
        cookie.push_str("; max-age=");
        json::push_integer(&mut cookie, days * 24 * 60 * 60);
    }
    cookie.push_str("; SameSite=Lax; path=/");
    if config.is(Switch::SecureCookie) {
        cookie.push_str("; secure");
    }
    cookie
}

/// How long cookies last, unless the app said otherwise with what it registered.
pub(super) fn days(config: &Config, registered: Option<u64>) -> u64 {
    registered.unwrap_or_else(|| config.number(Number::CookieExpiration))
}

/// Those of the properties that a cookie of that name can hold, in their order, and the keys of the others.
pub(super) fn fitting(name: &str, properties: &Properties) -> (Properties, Vec<String>) {
    let mut fitting = Properties::new();
    let mut others = Vec::new();
    let mut left = MAX_BYTES - name.len().min(MAX_BYTES);
    for (key, value) in properties.iter() {
        let mut member = String::new();
        json::push_member(&mut member, key, value);
        let mut encoded = String::new();
        percent::push_encoded(&mut encoded, &member);
        // The comma or brace that goes with it is three bytes when encoded.
        let bytes = encoded.len() + 3;
        if bytes + 3 <= left {
            left -= bytes;
            fitting.set(key, value);
        } else {
            others.push(key.to_owned());
        }
    }
    (fitting, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_tried_from_the_widest() {
        assert_eq!(
            domains("a.shop.example.co.uk"),
            [
                "uk",
                "co.uk",
                "example.co.uk",
                "shop.example.co.uk",
                "a.shop.example.co.uk"
            ]
        );
        for host in ["localhost", "127.0.0.1", "[::1]", ""] {
            assert_eq!(domains(host), [""; 0], "{host}");
        }
    }

    #[test]
    fn hosts_of_many_owners_are_known() {
        assert!(!is_site_of_one_owner("mine.vercel.app"));
        assert!(is_site_of_one_owner("shop.example"));
    }

    #[test]
    fn a_cookie_holds_what_fits_and_tells_the_rest() {
        let mut properties = Properties::new();
        properties.set_string("distinct_id", "d");
        properties.set_string("large", &"é".repeat(1_000));
        properties.set_string("small", "s");
        let (fits, others) = fitting("ph_t_posthog", &properties);
        assert_eq!(fits.to_json(), r#"{"distinct_id":"d","small":"s"}"#);
        assert_eq!(others, ["large"]);
    }

    #[test]
    fn the_fullest_cookie_stays_below_four_kilobytes() {
        let config = Config::new("t").unwrap();
        let mut properties = Properties::new();
        for index in 0..1_000 {
            properties.set_integer(&json::integer(index), index);
        }
        let (fits, others) = fitting("ph_t_posthog", &properties);
        let cookie = render("ph_t_posthog", &fits.to_json(), 365, &config);
        assert!(
            cookie.len() <= 4_000 && cookie.len() > 3_700,
            "{}",
            cookie.len()
        );
        assert!(!others.is_empty());
    }
}
