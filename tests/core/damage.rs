//! Stores that others have written or something has damaged.

use hoglet::core::config::Value;
use serde_json::Value as Json;

use crate::browser::Browser;
use crate::page::{MAIN, Page};

fn torn(text: &str, length: usize) -> String {
    let end = (0..=length).rev().find(|at| text.is_char_boundary(*at));
    text[..end.unwrap()].to_owned()
}

#[test]
fn a_damaged_store_is_repaired() {
    let mut page = Page::open(&[]);
    page.register(r#"{"plan":"pro"}"#);
    let id = page.distinct_id();
    page.leave();
    let browser = page.tab.browser.clone();
    let local = browser.local(MAIN).unwrap();
    let local = torn(&local, local.len() - 20);
    browser.contents().local.insert(MAIN.to_owned(), local);
    browser.set_cookie(&format!("{MAIN}=%7B%22distinct; path=/"));
    let mut page = page.tab.open(&[]);
    assert_eq!(page.distinct_id(), id);
    for text in [browser.local(MAIN).unwrap(), browser.cookie(MAIN).unwrap()] {
        let repaired: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(repaired["distinct_id"], id.as_str());
    }
}

/// Wherever the two stores are torn: events are captured with an id, and no known person is taken for an anonymous
/// visitor, who would be joined to the next person who logs in.
#[test]
fn a_store_torn_anywhere_joins_nobody() {
    let mut page = Page::open(&[]);
    let device = page.distinct_id();
    page.identify("ann");
    page.leave();
    let browser = &page.tab.browser;
    let (local, cookie) = (browser.local(MAIN).unwrap(), browser.cookie(MAIN).unwrap());
    for (text, mode) in [(&local, "localStorage"), (&cookie, "cookie")] {
        for length in 0..text.len() {
            let browser = Browser::another(length as u64 + 1);
            let torn = torn(text, length);
            if mode == "cookie" {
                browser.set_cookie(&format!("{MAIN}={}", encoded(&torn)));
            } else {
                browser
                    .contents()
                    .local
                    .insert(MAIN.to_owned(), torn.clone());
            }
            let settings = [("persistence", Value::Text(mode))];
            let mut page = browser.tab().open(&settings);
            let event = page.captured("event");
            assert!(
                !event["properties"]["distinct_id"]
                    .as_str()
                    .unwrap()
                    .is_empty()
            );
            if let Some(identify) = page.identify("bob")
                && identify["event"] == "$identify"
            {
                let joined = &identify["properties"]["$anon_distinct_id"];
                assert!(
                    *joined != "ann" && *joined != device.as_str(),
                    "bob was joined to {joined} by {torn}"
                );
            }
        }
    }
}

fn encoded(text: &str) -> String {
    let byte = |byte: &u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' => char::from(*byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.as_bytes().iter().map(byte).collect()
}

#[test]
fn no_stored_text_keeps_events_from_being_captured() {
    let huge = format!(
        r#"{{"distinct_id":"d","huge":"{}"}}"#,
        "x".repeat(1_000_000)
    );
    let deep = format!(
        r#"{{"distinct_id":"d","deep":{}1{}}}"#,
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    for text in [
        "",
        "null",
        "[]",
        "<html>",
        "{\"distinct_id\":",
        "\u{0}\u{feff}",
        r#"{"distinct_id":5,"$device_id":[],"$sesid":"x","$groups":"g","$epp":"yes"}"#,
        r#"{"distinct_id":"d","$sesid":[1,2,3],"$client_session_props":{"props":1}}"#,
        r#"{"distinct_id":"","$device_id":""}"#,
        r#"{"distinct_id":"d","$initial_person_info":{"r":1,"u":[]}}"#,
        &huge,
        &deep,
    ] {
        let browser = Browser::start();
        let tab = browser.tab();
        browser
            .contents()
            .local
            .insert(MAIN.to_owned(), text.to_owned());
        for name in [
            MAIN,
            "ph_phc_test_window_id",
            "ph_phc_test_session_registered_properties",
        ] {
            tab.session
                .borrow_mut()
                .insert(name.to_owned(), text.to_owned());
        }
        let mut page = tab.open(&[("person_profiles", Value::Text("always"))]);
        let event = page.captured("event");
        let properties = &event["properties"];
        for key in ["distinct_id", "$device_id", "$session_id", "$window_id"] {
            let sound = properties[key].as_str().is_some_and(|id| !id.is_empty());
            let missing = key == "$device_id" && properties[key].is_null();
            assert!(sound || missing, "{key} of {properties}, of {text:.100}");
        }
        page.identify("ann");
        assert_eq!(page.deliver().len(), 2);
        let stored = browser.local(MAIN).unwrap();
        assert!(serde_json::from_str::<Json>(&stored).is_ok());
    }
}

#[test]
fn a_hostile_cookie_gives_nothing_that_only_the_sdk_sets() {
    let browser = Browser::start();
    let hostile = r#"{"distinct_id":"d","$lib":"evil","$feature_flag_payloads":{"a":1},"__proto__":{"x":1},"$user_id":"x","plan":"pro"}"#;
    browser.set_cookie(&format!("{MAIN}={}", encoded(hostile)));
    let mut page = browser.tab().open(&[]);
    let event = page.captured("event")["properties"].clone();
    assert_eq!(event["distinct_id"], "d");
    assert_eq!(event["plan"], "pro");
    assert_eq!(event["$lib"], "hoglet");
    for key in ["$user_id", "__proto__", "$feature_flag_payloads"] {
        assert_eq!(event.get(key), None, "{key}");
    }
}

#[test]
fn another_tab_can_damage_the_store_under_us() {
    let mut page = Page::open(&[]);
    page.identify("ann");
    for damage in ["", "<html>", "{\"distinct_id\":", "{}"] {
        page.tab
            .browser
            .contents()
            .local
            .insert(MAIN.to_owned(), damage.to_owned());
        let event = page.captured("event");
        let id = event["properties"]["distinct_id"].as_str().unwrap();
        assert!(!id.is_empty(), "{damage}");
        let stored = page.tab.browser.local(MAIN).unwrap();
        let stored: Json = serde_json::from_str(&stored).unwrap();
        assert_eq!(stored["distinct_id"], id, "{damage}");
    }
}
