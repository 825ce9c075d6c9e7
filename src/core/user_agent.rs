//! What a user agent string says of browser, system and device, in the words that PostHog's dashboards know.
//!
//! The names and their order of precedence are those of posthog-js 1.449.2; the vectors in
//! `tests/vectors/user-agents.json` hold what it answers. It takes Opera Mini for no browser at all and a
//! BlackBerry's model for its version: there the vectors hold what is right.

use super::{json, text};

/// A browser, its system and its device. Text is empty where nothing is known.
pub(super) struct UserAgent {
    /// The browser's name.
    pub browser: &'static str,
    /// Major and minor version as a JSON number, or `null`.
    pub browser_version: String,
    /// The operating system's name.
    pub os: &'static str,
    /// The operating system's version.
    pub os_version: String,
    /// The device's family, for phones, tablets and consoles.
    pub device: &'static str,
    /// Desktop, Mobile, Tablet, Console or Wearable.
    pub device_type: &'static str,
}

/// Reads a user agent string. `vendor` is `navigator.vendor`; `brave` says that the browser declares itself Brave, and
/// `names_search_app` that Google's search app is to be told from the browser that it is made of.
pub(super) fn read(
    user_agent: &str,
    vendor: &str,
    brave: bool,
    names_search_app: bool,
) -> UserAgent {
    let (os, os_version) = operating_system(user_agent);
    let (browser, version_mark) = if brave {
        ("Brave", "Chrome/")
    } else if names_search_app && text::contains(user_agent, "GSA/") {
        ("Google Search App", "GSA/")
    } else {
        browser(user_agent, vendor)
    };
    let (device, device_type) = device(user_agent);
    UserAgent {
        browser,
        browser_version: browser_version(user_agent, version_mark),
        os,
        os_version,
        device,
        device_type,
    }
}

/// A mark in a user agent, what it stands for, and something more about that.
type Mark = (&'static str, &'static str, &'static str);

/// Browsers that a mark gives away, the more special ones first, with the mark that their version stands behind;
/// none where that is the same.
const BROWSERS: [Mark; 25] = [
    ("Opera Mini/", "Opera Mini", ""),
    (" OPR/", "Opera", ""),
    ("BlackBerry", "BlackBerry", "Version/"),
    ("PlayBook", "BlackBerry", "Version/"),
    ("BB10", "BlackBerry", "Version/"),
    ("IEMobile/", "Internet Explorer Mobile", "rv:"),
    ("OculusBrowser/", "Oculus Browser", ""),
    ("SamsungBrowser/", "Samsung Internet", ""),
    ("Edge/", "Microsoft Edge", ""),
    ("Edg/", "Microsoft Edge", ""),
    ("Vivaldi/", "Vivaldi", ""),
    ("YaBrowser/", "Yandex", ""),
    ("Whale/", "Whale", ""),
    ("DuckDuckGo/", "DuckDuckGo", ""),
    ("Ddg/", "DuckDuckGo", ""),
    ("Claude/", "Claude", ""),
    ("Codex/", "Codex", ""),
    ("ChatGPT/", "ChatGPT", ""),
    ("FBIOS", "Facebook Mobile", ""),
    ("UCBrowser/", "UC Browser", ""),
    ("UCWEB", "UC Browser", ""),
    ("CriOS/", "Chrome iOS", ""),
    ("CrMo/", "Chrome", ""),
    ("Chrome/", "Chrome", ""),
    ("FxiOS/", "Firefox iOS", ""),
];

/// Browsers looked for once those that call themselves Safari are ruled out.
const OTHER_BROWSERS: [Mark; 6] = [
    ("PaleMoon/", "Pale Moon", ""),
    ("Waterfox/", "Waterfox", ""),
    ("Firefox/", "Firefox", ""),
    ("MSIE ", "Internet Explorer", ""),
    ("Trident/", "Internet Explorer", "rv:"),
    ("Gecko", "Firefox", ""),
];

/// The browser's name, and the mark that its version stands behind.
fn browser(user_agent: &str, vendor: &str) -> (&'static str, &'static str) {
    let has = |mark: &str| text::contains(user_agent, mark);
    if let Some((mark, name, version)) = first_of(&BROWSERS, user_agent) {
        return (name, if version.is_empty() { mark } else { version });
    }
    if has("Konqueror/") {
        return ("Konqueror", "Konqueror/");
    }
    if has("Brave/") {
        return ("Brave", "Chrome/");
    }
    if text::contains(vendor, "Apple") || has("Safari") {
        return match (has("Android"), has("Mobile")) {
            (true, _) => ("Android Mobile", "Android "),
            (false, true) => ("Mobile Safari", "Version/"),
            (false, false) => ("Safari", "Version/"),
        };
    }
    let (mark, name, version) = first_of(&OTHER_BROWSERS, user_agent).unwrap_or_default();
    (name, if version.is_empty() { mark } else { version })
}

fn first_of(marks: &[Mark], user_agent: &str) -> Option<Mark> {
    marks
        .iter()
        .find(|(mark, ..)| text::contains(user_agent, mark))
        .copied()
}

fn browser_version(user_agent: &str, mark: &str) -> String {
    match numbers_after(user_agent, mark) {
        [Some(major), minor, _] if !mark.is_empty() => decimal(major, minor.unwrap_or_default()),
        _ => "null".to_owned(),
    }
}

/// A number from the digits before and behind its point, without the zeros that say nothing.
fn decimal(whole: &str, mut fraction: &str) -> String {
    while fraction.ends_with('0') {
        fraction = text::slice(fraction, 0, fraction.len() - 1);
    }
    let whole = json::integer(json::as_integer(whole).unwrap_or(0));
    if fraction.is_empty() {
        whole
    } else {
        text::concat(&[&whole, ".", fraction])
    }
}

/// Operating systems, the more special ones first, with the mark that their version stands behind, if it is sent.
const SYSTEMS: [Mark; 17] = [
    ("Xbox", "Xbox", ""),
    ("Nintendo", "Nintendo", ""),
    ("PlayStation", "PlayStation", ""),
    ("BlackBerry", "BlackBerry", ""),
    ("PlayBook", "BlackBerry", ""),
    ("BB10", "BlackBerry", ""),
    ("Windows Phone", "Windows Phone", ""),
    ("WPDesktop", "Windows Phone", ""),
    ("Windows", "Windows", ""),
    ("iPhone", "iOS", " OS "),
    ("iPad", "iOS", " OS "),
    ("iPod", "iOS", " OS "),
    ("Watch", "watchOS", "Watch"),
    ("Android", "Android", "Android "),
    ("Mac", "Mac OS X", "Mac OS X "),
    ("CrOS", "Chrome OS", ""),
    ("Linux", "Linux", ""),
];

fn operating_system(user_agent: &str) -> (&'static str, String) {
    let (_, name, version) = first_of(&SYSTEMS, user_agent).unwrap_or_default();
    match name {
        "Xbox" => (name, between(user_agent, "Xbox; Xbox ").to_owned()),
        "Windows" if text::contains(user_agent, "Mobile") => ("Windows Mobile", String::new()),
        "Windows" => {
            let number = between(user_agent, "Windows NT ");
            let version = windows_version(number, text::contains(user_agent, "ARM"));
            (name, version.to_owned())
        }
        _ if version.is_empty() => (name, String::new()),
        _ => (name, three_part_version(user_agent, version)),
    }
}

fn windows_version(number: &str, arm: bool) -> &str {
    if arm {
        return "RT";
    }
    match number {
        "5.0" => "2000",
        "5.1" | "5.2" => "XP",
        "6.0" => "Vista",
        "6.1" => "7",
        "6.2" => "8",
        "6.3" => "8.1",
        "6.4" | "10.0" => "10",
        other => other,
    }
}

/// Major, minor and patch behind a mark, the patch 0 if it is missing; empty if the minor is missing, as
/// posthog-js 1.449.2 has it.
fn three_part_version(user_agent: &str, mark: &str) -> String {
    let [Some(major), Some(minor), patch] = numbers_after(user_agent, mark) else {
        return String::new();
    };
    text::concat(&[major, ".", minor, ".", patch.unwrap_or("0")])
}

/// Up to three numbers behind a mark, separated by dots or underscores.
fn numbers_after<'a>(user_agent: &'a str, mark: &str) -> [Option<&'a str>; 3] {
    let mut numbers = [None; 3];
    let Some(mut rest) = text::after(user_agent, mark) else {
        return numbers;
    };
    for number in &mut numbers {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            break;
        }
        *number = Some(text::slice(rest, 0, length));
        if !matches!(rest.as_bytes().get(length), Some(b'.' | b'_')) {
            break;
        }
        rest = text::slice(rest, length + 1, rest.len());
    }
    numbers
}

/// The text behind a mark, up to the next part of the list or its end.
fn between<'a>(user_agent: &'a str, mark: &str) -> &'a str {
    let rest = text::after(user_agent, mark).unwrap_or_default();
    text::before(text::before(rest, ";"), ")")
}

/// Devices, with their types.
const DEVICES: [Mark; 14] = [
    ("Nintendo", "Nintendo", "Console"),
    ("PlayStation", "PlayStation", "Console"),
    ("Xbox", "Xbox", "Console"),
    ("Ouya", "Ouya", "Console"),
    ("Windows Phone", "Windows Phone", "Mobile"),
    ("WPDesktop", "Windows Phone", "Mobile"),
    ("iPad", "iPad", "Tablet"),
    ("iPod", "iPod Touch", "Mobile"),
    ("iPhone", "iPhone", "Mobile"),
    ("Watch", "Apple Watch", "Wearable"),
    ("BlackBerry", "BlackBerry", "Mobile"),
    ("PlayBook", "BlackBerry", "Mobile"),
    ("BB10", "BlackBerry", "Mobile"),
    ("Kobo", "Kobo", "Tablet"),
];

/// The device's name and type.
fn device(user_agent: &str) -> (&'static str, &'static str) {
    let has = |mark: &str| text::contains(user_agent, mark);
    if let Some((_, name, kind)) = first_of(&DEVICES, user_agent) {
        return (name, kind);
    }
    match (has("Android"), has("Mobile") || has("mobile")) {
        (true, true) => ("Android", "Mobile"),
        (true, false) => ("Android Tablet", "Tablet"),
        (false, true) => ("Generic mobile", "Mobile"),
        (false, false) if has("Tablet") => ("Generic tablet", "Tablet"),
        (false, false) => ("", "Desktop"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_hold() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/user-agents.json")).unwrap();
        for vector in vectors.as_array().unwrap() {
            let text = |key: &str| vector[key].as_str().unwrap();
            let read = read(text("user_agent"), text("vendor"), false, false);
            let version: serde_json::Value = serde_json::from_str(&read.browser_version).unwrap();
            assert_eq!(
                (
                    read.browser,
                    version.as_f64(),
                    read.os,
                    read.os_version.as_str(),
                    read.device,
                    read.device_type
                ),
                (
                    text("browser"),
                    vector["browser_version"].as_f64(),
                    text("os"),
                    text("os_version"),
                    text("device"),
                    text("device_type")
                ),
                "{vector}"
            );
        }
    }

    #[test]
    fn googles_search_app_is_told_if_it_is_to_be() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/google-search-app.json"))
                .unwrap();
        for vector in vectors.as_array().unwrap() {
            let text = |key: &str| vector[key].as_str().unwrap();
            let read = |names_search_app| {
                read(text("user_agent"), text("vendor"), false, names_search_app)
            };
            let version: serde_json::Value =
                serde_json::from_str(&read(true).browser_version).unwrap();
            assert_eq!(read(true).browser, text("browser"), "{vector}");
            assert_eq!(
                version.as_f64(),
                vector["browser_version"].as_f64(),
                "{vector}"
            );
            assert_ne!(read(false).browser, "Google Search App", "{vector}");
        }
    }
}
