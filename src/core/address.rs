//! What the page's address and the one before it say, as properties.

use super::percent;
use super::properties::Properties;
use super::text;

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

/// Sets the properties of the page's address.
pub(super) fn set_address(properties: &mut Properties, url: &str) {
    properties.set_string_if_any("$current_url", url);
    properties.set_string_if_any("$host", host(url));
    properties.set_string_if_any("$pathname", path(url));
}

/// The campaign that an address speaks of: every parameter, `null` where it is missing; nothing at all where all are.
pub(super) fn campaign(url: &str) -> Properties {
    let mut campaign = Properties::new();
    let mut any = false;
    for name in CAMPAIGN_PARAMETERS {
        match percent::query_parameter(url, name) {
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

/// Where the visitor came from. `$direct` stands for nowhere (posthog-js 1.449.2).
pub(super) fn referrer(referrer: &str) -> Properties {
    let mut properties = Properties::new();
    let (referrer, domain) = match referrer {
        "" => ("$direct", "$direct"),
        referrer => (referrer, host(referrer)),
    };
    properties.set_string("$referrer", referrer);
    properties.set_string("$referring_domain", domain);
    properties
}

/// The host of an absolute URL, with its port.
fn host(url: &str) -> &str {
    let authority = text::before(location(url), "/");
    text::after(authority, "@").unwrap_or(authority)
}

/// The path of an absolute URL, from its first slash.
fn path(url: &str) -> &str {
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
    fn a_campaign_is_told_whole_or_not_at_all() {
        assert_eq!(
            campaign("https://shop.example/?q=1&utm_source="),
            Properties::new()
        );
        let campaign = campaign("https://shop.example/?utm_source=a%20b&gclid=x");
        assert_eq!(campaign.get("utm_source"), Some("\"a b\""));
        assert_eq!(campaign.get("gclid"), Some("\"x\""));
        assert_eq!(campaign.get("utm_term"), Some("null"));
    }

    #[test]
    fn the_referring_domain_is_the_host_with_its_port() {
        let domain = |referrer| {
            super::referrer(referrer)
                .get_string("$referring_domain")
                .unwrap()
        };
        assert_eq!(domain(""), "$direct");
        assert_eq!(domain("https://a.example:8080/b?c=d"), "a.example:8080");
        assert_eq!(domain("https://user@a.example"), "a.example");
    }
}
