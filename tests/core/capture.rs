//! What an event says, and what the app is told of it.

use hoglet::core::config::Value;
use hoglet::core::environment::Size;
use hoglet::core::event::Capture;
use hoglet::core::persistence::Place;
use serde_json::{Value as Json, json};

use crate::browser::{Browser, STARTED};
use crate::page::{Page, Visit, body};

#[test]
fn an_event_says_whose_it_is_and_where_it_happened() {
    let mut page = Page::open(&[]);
    let uuid = page
        .capture_with("added to cart", r#"{"price":3}"#)
        .unwrap();
    let id = page.distinct_id();
    page.task(|client, _| client.flush());
    let request = page.request();
    assert_eq!(request.url, "https://us.i.posthog.com/e/");
    assert!(request.gzip);
    let body = body(&request);
    assert_eq!(body["api_key"], "phc_test");
    assert_eq!(body["sent_at"], "2026-01-02T02:04:05.678Z");
    let event = &body["batch"][0];
    assert_eq!(event["uuid"], uuid.as_str());
    assert_eq!(event["event"], "added to cart");
    assert_eq!(event["timestamp"], "2026-01-02T02:04:05.678Z");
    let properties = &event["properties"];
    for (key, value) in [
        ("price", 3.into()),
        ("token", "phc_test".into()),
        ("distinct_id", id.as_str().into()),
        ("$device_id", id.as_str().into()),
        ("$lib", "hoglet".into()),
        ("$browser", "Firefox".into()),
        ("$browser_version", 140.into()),
        ("$os", "Linux".into()),
        ("$device_type", "Desktop".into()),
        ("$browser_language", "en-GB".into()),
        ("$timezone", "Europe/Vienna".into()),
        ("$timezone_offset", (-60).into()),
        ("$screen_width", 1_920.into()),
        ("$viewport_height", 600.into()),
        (
            "$current_url",
            "https://shop.example/cart?utm_source=news".into(),
        ),
        ("$host", "shop.example".into()),
        ("$pathname", "/cart".into()),
        ("$referrer", "https://search.example/".into()),
        ("$referring_domain", "search.example".into()),
        (
            "$session_entry_url",
            "https://shop.example/cart?utm_source=news".into(),
        ),
        ("$session_entry_referrer", "https://search.example/".into()),
        ("$session_entry_utm_source", "news".into()),
        ("utm_source", "news".into()),
        ("utm_medium", Json::Null),
        ("$configured_session_timeout_ms", 1_800_000.into()),
        ("$is_identified", false.into()),
        ("$process_person_profile", false.into()),
    ] {
        assert_eq!(properties[key], value, "{key}");
    }
    for key in [
        "$session_id",
        "$window_id",
        "$insert_id",
        "$lib_version",
        "$initialization_time",
    ] {
        assert!(properties[key].is_string(), "{key}");
    }
    for key in [
        "$sesid",
        "$user_state",
        "$initial_person_info",
        "$client_session_props",
        "$session_entry_utm_medium",
        "$cookieless_mode",
    ] {
        assert_eq!(properties.get(key), None, "{key}");
    }
}

#[test]
fn the_app_is_told_the_event_that_is_sent() {
    let mut page = Page::open(&[]);
    let mut told = vec![
        page.captured("one"),
        page.captured_with("two", r#"{"$lib":"mine"}"#).unwrap(),
        page.captured("three"),
        page.identify("ann").unwrap(),
        page.captured("four"),
    ];
    // Which one goes first is not the question here.
    told.sort_by_key(|event| event["uuid"].to_string());
    let mut sent = page.deliver();
    sent.sort_by_key(|event| event["uuid"].to_string());
    assert_eq!(told, sent);
}

#[test]
fn what_events_share_is_told_again_only_when_it_has_changed() {
    let mut page = Page::open(&[]);
    let told = |page: &mut Page| {
        let capture = Capture {
            name: "event",
            ..Capture::default()
        };
        let text = page.task(|client, now| client.capture(now, &capture));
        text.unwrap().contains('\n')
    };
    assert!(told(&mut page));
    assert!(!told(&mut page));
    page.register(r#"{"plan":"pro"}"#);
    assert!(told(&mut page));
    assert!(!told(&mut page));
}

#[test]
fn an_event_can_have_an_id_and_a_time_of_its_own_and_speak_of_the_person() {
    let mut page = Page::open(&[("person_profiles", Value::Text("always"))]);
    page.captured("first");
    let capture = Capture {
        name: "imported",
        timestamp: "2020-01-01T00:00:00.000Z",
        uuid: "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        set: r#"{"plan":"pro"}"#,
        set_once: r#"{"first_plan":"free"}"#,
        unset: r#"["trial"]"#,
        ..Capture::default()
    };
    let event = page
        .event(|client, now| client.capture(now, &capture))
        .unwrap();
    assert_eq!(event["uuid"], capture.uuid);
    assert_eq!(event["timestamp"], capture.timestamp);
    assert_eq!(event["properties"]["$event_time_override_provided"], true);
    assert_eq!(event["$set"], json!({"plan": "pro"}));
    assert_eq!(event["$set_once"], json!({"first_plan": "free"}));
    assert_eq!(event["$unset"], json!(["trial"]));
    let again = Capture {
        name: "again",
        uuid: "my own",
        ..Capture::default()
    };
    let event = page
        .event(|client, now| client.capture(now, &again))
        .unwrap();
    assert_eq!(event["uuid"].as_str().unwrap().len(), 36);
}

#[test]
fn the_address_and_the_window_are_followed() {
    let mut page = Page::open(&[]);
    page.captured("arrived");
    page.task(|client, _| {
        client.handle_address("https://shop.example/done".to_owned());
        client.handle_resize(Size {
            width: 320,
            height: 480,
        });
    });
    let event = page.captured("event");
    assert_eq!(event["properties"]["$pathname"], "/done");
    assert_eq!(event["properties"]["$viewport_width"], 320);
    assert_eq!(
        event["properties"]["utm_source"], "news",
        "the campaign stays the visit's"
    );
}

#[test]
fn an_address_is_told_as_the_settings_let_it() {
    let url = "https://shop.example/?gclid=g&plan=pro&word=s#top";
    let word = ["word".to_owned()];
    let mask = ("mask_personal_data_properties", Value::Boolean(true));
    let custom = ("custom_personal_data_properties", Value::List(&word));
    let hashes = ("disable_capture_url_hashes", Value::Boolean(true));
    for (settings, told) in [
        (&[][..], url),
        (
            &[mask],
            "https://shop.example/?gclid=<masked>&plan=pro&word=s#top",
        ),
        (
            &[mask, custom, hashes],
            "https://shop.example/?gclid=<masked>&plan=pro&word=<masked>",
        ),
    ] {
        let mut page = Browser::start().tab().visit(&Visit {
            settings,
            url,
            ..Visit::default()
        });
        let event = page.captured("event");
        assert_eq!(event["properties"]["$current_url"], told);
    }
}

#[test]
fn what_is_masked_is_masked_wherever_the_address_is_told() {
    let mask = ("mask_personal_data_properties", Value::Boolean(true));
    let always = ("person_profiles", Value::Text("always"));
    let mut page = Browser::start().tab().visit(&Visit {
        settings: &[mask, always],
        url: "https://shop.example/?gclid=click-7&utm_source=news",
        ..Visit::default()
    });
    let event = page.captured("event");
    assert_eq!(event["properties"]["gclid"], "<masked>");
    assert_eq!(event["properties"]["utm_source"], "news");
    page.leave();
    let stored = format!("{:?}", page.tab.browser.contents().local);
    for text in [event.to_string(), stored, page.tab.browser.cookies()] {
        assert!(!text.contains("click-7"), "{text}");
    }
}

#[test]
fn what_is_denied_is_in_no_event() {
    let denied = ["$browser", "plan", "secret"].map(str::to_owned);
    let mut page = Page::open(&[("property_denylist", Value::List(&denied))]);
    page.register(r#"{"plan":"pro"}"#);
    let event = page
        .captured_with("event", r#"{"secret":1,"kept":2}"#)
        .unwrap();
    for key in ["$browser", "plan", "secret"] {
        assert_eq!(event["properties"].get(key), None, "{key}");
    }
    assert_eq!(event["properties"]["kept"], 2);
}

#[test]
fn what_the_server_would_refuse_is_refused_and_said() {
    let mut page = Page::open(&[]);
    assert_eq!(page.capture(""), None);
    let large = format!(r#"{{"text":"{}"}}"#, "x".repeat(900_000));
    assert_eq!(page.capture_with("large", &large), None);
    assert_eq!(page.errors.len(), 2, "{:?}", page.errors);
    assert_eq!(page.deliver(), [] as [Json; 0]);
}

#[test]
fn a_burst_is_stored_in_a_bounded_number_of_writes() {
    let mut page = Page::open(&[]);
    page.writes.clear();
    page.pass(10_000);
    let capture = Capture {
        name: "event",
        ..Capture::default()
    };
    for _ in 0..1_000 {
        page.ask(|client, now| client.capture(now, &capture));
    }
    page.settle();
    let count = |place| {
        page.writes
            .iter()
            .filter(|write| write.place == place)
            .count()
    };
    assert_eq!(count(Place::LocalStorage), 1);
    // In pieces of at most 32 KB, up to the share of 256 KB.
    assert!(count(Place::Outbox) <= 8);
    assert_eq!(count(Place::SiteCookie), 1);
    // The visit, and which window it is in.
    assert_eq!(count(Place::SessionStorage), 2);
}

#[test]
fn an_event_that_changes_nothing_writes_nothing() {
    let mut page = Page::open(&[]);
    page.captured("event");
    page.writes.clear();
    page.pass(1_000);
    page.captured("event");
    page.writes.retain(|write| write.place != Place::Outbox);
    assert_eq!(page.writes, []);
}

#[test]
fn what_waits_can_be_read() {
    let mut page = Page::open(&[("lib", Value::Text("web"))]);
    page.capture("one");
    page.capture("two");
    let queue: Json = serde_json::from_str(&page.client.events_queue()).unwrap();
    assert_eq!(queue[1]["event"], "two");
    assert_eq!(queue[1]["properties"]["$lib"], "web");
    assert_eq!(queue[0]["properties"]["$time"], (STARTED as f64) / 1_000.0);
    page.deliver();
    assert_eq!(page.client.events_queue(), "[]");
}
