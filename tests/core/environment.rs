//! What events tell of browser and device.

use hoglet::core::config::Value;
use hoglet::core::environment::Size;
use serde_json::Value as Json;

use crate::browser::Browser;
use crate::page::{MAIN, Page, Settings, Visit};

const ON: Value<'_> = Value::Boolean(true);
const SEARCH_APP: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
GSA/300.1.598994205 Mobile/15E148 Safari/604.1";

fn search_app(settings: Settings<'_>) -> Page {
    Browser::start().tab().visit(&Visit {
        settings,
        user_agent: SEARCH_APP,
        ..Visit::default()
    })
}

/// The browser answers what the device is.
fn tell(page: &mut Page, model: &str) {
    page.task(|client, _| client.handle_device_model(model));
}

fn told(page: &mut Page, key: &str) -> Json {
    page.captured("event")["properties"][key].clone()
}

#[test]
fn a_web_view_names_its_app() {
    let mut page = search_app(&[]);
    let event = page.captured("event");
    assert_eq!(event["properties"]["$webview_app"], "Google");
    assert_eq!(
        event["properties"]["$webview_app_version"],
        "300.1.598994205"
    );
}

#[test]
fn googles_search_app_is_a_browser_from_when_that_is_asked_for() {
    let mut page = search_app(&[]);
    assert_eq!(told(&mut page, "$browser"), "Mobile Safari");
    page.client.handle_resize(Size {
        width: 390,
        height: 844,
    });
    page.set("detect_google_search_app", ON);
    let event = page.captured("event");
    assert_eq!(event["properties"]["$browser"], "Google Search App");
    assert_eq!(event["properties"]["$browser_version"], 300.1);
    assert_eq!(event["properties"]["$viewport_width"], 390);
    let mut page = search_app(&[("detect_google_search_app", ON)]);
    assert_eq!(told(&mut page, "$browser"), "Google Search App");
}

#[test]
fn the_devices_model_goes_with_every_event_once_it_is_known_on_later_pages_too() {
    let mut page = Page::open(&[]);
    assert_eq!(told(&mut page, "$device_model"), Json::Null);
    tell(&mut page, "Pixel 8");
    assert_eq!(told(&mut page, "$device_model"), "Pixel 8");
    let stored = page.tab.browser.local(MAIN).unwrap();
    let stored: Json = serde_json::from_str(&stored).unwrap();
    assert_eq!(stored["$device_model"], "Pixel 8");
    page.reload(&[]);
    assert_eq!(told(&mut page, "$device_model"), "Pixel 8");
    page.reset();
    assert_eq!(told(&mut page, "$device_model"), "Pixel 8");
    page.reset_with_device();
    assert_eq!(told(&mut page, "$device_model"), Json::Null);
}

#[test]
fn a_model_that_is_known_already_changes_nothing() {
    let mut page = Page::open(&[]);
    tell(&mut page, "Pixel 8");
    page.capture("event");
    page.writes.clear();
    tell(&mut page, "Pixel 8");
    assert!(
        page.writes.iter().all(|write| write.name != MAIN),
        "{:?}",
        page.writes
    );
}

#[test]
fn of_who_is_not_to_be_recognised_no_model_is_told() {
    let always: Settings<'_> = &[("cookieless_mode", Value::Text("always"))];
    let on_reject: Settings<'_> = &[("cookieless_mode", Value::Text("on_reject"))];
    let mut page = Page::open(always);
    tell(&mut page, "Pixel 8");
    assert_eq!(told(&mut page, "$device_model"), Json::Null);
    let mut page = Page::open(on_reject);
    page.opt_out();
    tell(&mut page, "Pixel 8");
    assert_eq!(told(&mut page, "$device_model"), Json::Null);
    page.opt_in();
    tell(&mut page, "Pixel 8");
    assert_eq!(told(&mut page, "$device_model"), "Pixel 8");
    page.opt_out();
    assert_eq!(told(&mut page, "$device_model"), Json::Null);
}

#[test]
fn of_who_has_not_agreed_no_model_is_kept() {
    for stores in [true, false] {
        let mut page = Page::open(&[
            ("opt_out_capturing_by_default", ON),
            ("opt_out_persistence_by_default", Value::Boolean(stores)),
        ]);
        tell(&mut page, "Pixel 8");
        assert_eq!(page.property("$device_model"), Json::Null);
        page.opt_in();
        assert_eq!(page.property("$device_model"), Json::Null);
        tell(&mut page, "Pixel 8");
        assert_eq!(page.property("$device_model"), "Pixel 8");
    }
}
