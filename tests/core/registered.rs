//! Properties that go with every event.

use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use crate::browser::Browser;
use crate::page::{MAIN, Page};

#[test]
fn what_is_registered_goes_with_every_event_on_every_page() {
    let mut page = Page::open(&[]);
    page.register(r#"{"plan":"pro","list":[1,{"a":null}]}"#);
    page.reload(&[]);
    let event = page.captured("event");
    assert_eq!(event["properties"]["plan"], "pro");
    assert_eq!(event["properties"]["list"], json!([1, {"a": null}]));
    page.register(r#"{"plan":"free"}"#);
    assert_eq!(page.captured("event")["properties"]["plan"], "free");
    let event = page.captured_with("event", r#"{"plan":"trial"}"#).unwrap();
    assert_eq!(
        event["properties"]["plan"], "trial",
        "the event's own word counts"
    );
    page.task(|client, _| client.unregister("plan"));
    assert_eq!(page.captured("event")["properties"].get("plan"), None);
    page.reload(&[]);
    assert_eq!(page.captured("event")["properties"].get("plan"), None);
}

#[test]
fn what_is_registered_once_stays_unless_it_is_the_default() {
    let mut page = Page::open(&[]);
    let once = |page: &mut Page, properties, default| {
        page.task(|client, _| client.register_once(properties, default, None));
        page.property("plan")
    };
    assert_eq!(once(&mut page, r#"{"plan":"None"}"#, r#""None""#), "None");
    assert_eq!(once(&mut page, r#"{"plan":"pro"}"#, r#""None""#), "pro");
    assert_eq!(once(&mut page, r#"{"plan":"free"}"#, r#""None""#), "pro");
    assert_eq!(once(&mut page, r#"{"plan":"free"}"#, r#""pro""#), "free");
}

#[test]
fn the_core_speaks_first_of_what_only_it_knows() {
    let mut page = Page::open(&[]);
    page.register(r#"{"token":"other","$session_id":"s","$lib":"mine"}"#);
    let event = page
        .captured_with("event", r#"{"$session_id":"s"}"#)
        .unwrap();
    assert_eq!(event["properties"]["token"], "phc_test");
    assert_ne!(event["properties"]["$session_id"], "s");
    assert_eq!(event["properties"]["$lib"], "mine");
}

#[test]
fn what_is_no_object_registers_nothing() {
    let mut page = Page::open(&[]);
    let before = page.task(|client, _| client.properties().to_json());
    for wrong in ["", "null", "[1]", "\"a\"", "{\"a\":", "<html>"] {
        page.register(wrong);
    }
    assert_eq!(page.task(|client, _| client.properties().to_json()), before);
}

#[test]
fn what_is_registered_for_the_session_is_this_tabs_and_ends_with_it() {
    let mut page = Page::open(&[]);
    page.captured("begins the session");
    page.task(|client, _| client.register_for_session(r#"{"theme":"dark"}"#));
    assert_eq!(page.captured("event")["properties"]["theme"], "dark");
    let mut other = page.tab.browser.tab().open(&[]);
    assert_eq!(other.captured("event")["properties"].get("theme"), None);
    page.reload(&[]);
    assert_eq!(page.captured("event")["properties"]["theme"], "dark");
    page.pass(1_800_001);
    assert_eq!(page.captured("event")["properties"].get("theme"), None);
    page.reload(&[]);
    assert_eq!(page.captured("event")["properties"].get("theme"), None);
}

#[test]
fn what_is_registered_for_the_session_can_be_taken_back() {
    let mut page = Page::open(&[]);
    page.task(|client, _| client.register_for_session(r#"{"theme":"dark","size":1}"#));
    page.task(|client, _| client.unregister_for_session("theme"));
    let event = page.captured("event");
    assert_eq!(event["properties"].get("theme"), None);
    assert_eq!(event["properties"]["size"], 1);
    let visit = page.task(|client, _| client.visit_properties().to_json());
    let visit: Json = serde_json::from_str(&visit).unwrap();
    assert_eq!(visit["size"], 1);
}

#[test]
fn what_another_tab_ends_the_session_of_ends_here_too() {
    let mut here = Page::open(&[]);
    here.captured("event");
    here.task(|client, _| client.register_for_session(r#"{"theme":"dark"}"#));
    let mut there = here.tab.browser.tab().open(&[]);
    there.pass(1_800_001);
    there.captured("begins another session");
    assert_eq!(here.captured("event")["properties"].get("theme"), None);
}

#[test]
fn the_days_that_the_app_asks_for_are_the_cookies() {
    let lasts = |page: &Page, days: u64| {
        let browser = &page.tab.browser;
        let before = browser.contents().clock;
        browser.pass(days * 24 * 60 * 60 * 1_000 - 1);
        let there = browser.cookie(MAIN).is_some();
        browser.pass(1);
        let gone = browser.cookie(MAIN).is_none();
        browser.contents().clock = before;
        there && gone
    };
    let mut page = Page::open(&[]);
    assert!(lasts(&page, 365));
    page.task(|client, _| client.register(r#"{"plan":"pro"}"#, Some(7)));
    assert!(lasts(&page, 7));
    page.captured("event");
    assert!(lasts(&page, 7), "later writes keep to it");
    page.task(|client, _| client.register_once(r#"{"plan":"pro"}"#, "", None));
    assert!(lasts(&page, 365));
    let page = Page::open(&[("cookie_expiration", Value::Number(30.0))]);
    assert!(lasts(&page, 30));
    let page = Page::open(&[("cookie_expiration", Value::Number(0.0))]);
    page.pass(1_000 * 24 * 60 * 60 * 1_000);
    assert!(
        page.tab.browser.cookie(MAIN).is_some(),
        "it goes with the browser"
    );
}

#[test]
fn two_tabs_register_side_by_side() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[]);
    here.register(r#"{"a":1,"c":1}"#);
    there.register(r#"{"b":2,"c":2}"#);
    for page in [&mut here, &mut there] {
        let properties = page.captured("event")["properties"].clone();
        for (key, value) in [("a", 1), ("b", 2), ("c", 2)] {
            assert_eq!(properties[key], value, "{key}");
        }
    }
    here.task(|client, _| client.unregister("b"));
    assert_eq!(there.captured("event")["properties"].get("b"), None);
}
