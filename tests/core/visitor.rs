//! Who an event belongs to, and what it says of page and visitor.

use hoglet::core::config::Value;
use hoglet::core::environment::Size;
use hoglet::core::event::Capture;
use hoglet::core::persistence::Place;

use crate::page::{OPENED, Page, body};

#[test]
fn an_event_says_whose_it_is_and_where_it_happened() {
    let mut page = Page::open(&[]);
    let uuid = page
        .capture_with("added to cart", r#"{"price":3}"#)
        .unwrap();
    let id = page.client.distinct_id();
    page.client.flush();
    page.settle();
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
        ("utm_source", "news".into()),
        ("utm_medium", serde_json::Value::Null),
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
    assert!(properties.get("$sesid").is_none());
    assert!(properties.get("$user_state").is_none());
}

#[test]
fn the_next_page_goes_on_with_visitor_and_session() {
    let mut first = Page::open(&[]);
    first.client.register(r#"{"plan":"pro"}"#);
    first.capture("one");
    let one = first.deliver().remove(0);
    let mut second = Page::open_with(&[], first.stored(), 60_000);
    second.capture("two");
    let two = second.deliver().remove(0);
    for key in [
        "distinct_id",
        "$device_id",
        "$session_id",
        "$window_id",
        "plan",
        "$referrer",
    ] {
        assert_eq!(one["properties"][key], two["properties"][key], "{key}");
    }
    let mut third = Page::open_with(&[], second.stored(), 60_000 + 1_800_001);
    third.capture("three");
    let three = third.deliver().remove(0);
    assert_eq!(
        one["properties"]["distinct_id"],
        three["properties"]["distinct_id"]
    );
    assert_ne!(
        one["properties"]["$session_id"],
        three["properties"]["$session_id"]
    );
}

#[test]
fn identify_joins_the_anonymous_visitor_to_the_person() {
    let mut page = Page::open(&[]);
    let anonymous = page.client.distinct_id();
    page.capture("before");
    page.client
        .identify(page.now(), "ann", r#"{"name":"Ann"}"#, r#"{"first":true}"#);
    page.capture("after");
    let events = page.deliver();
    let names: Vec<_> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["before", "$identify", "after"]);
    assert_eq!(events[0]["properties"]["distinct_id"], anonymous.as_str());
    let identify = &events[1];
    assert_eq!(identify["properties"]["distinct_id"], "ann");
    assert_eq!(
        identify["properties"]["$anon_distinct_id"],
        anonymous.as_str()
    );
    assert_eq!(identify["$set"]["name"], "Ann");
    assert_eq!(identify["$set_once"]["first"], true);
    assert_eq!(events[2]["properties"]["distinct_id"], "ann");
    assert_eq!(events[2]["properties"]["$device_id"], anonymous.as_str());
    assert_eq!(events[2]["properties"]["$process_person_profile"], true);
}

#[test]
fn identify_of_somebody_else_switches_without_an_event() {
    let mut page = Page::open(&[]);
    page.client.identify(page.now(), "ann", "", "");
    page.client.identify(page.now(), "bob", "", "");
    page.client
        .identify(page.now(), "bob", r#"{"name":"Bob"}"#, "");
    let events = page.deliver();
    let names: Vec<_> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["$identify", "$set"]);
    assert_eq!(events[1]["properties"]["distinct_id"], "bob");
    assert_eq!(events[1]["properties"]["$set"]["name"], "Bob");
}

#[test]
fn an_id_that_cannot_be_anybodys_is_refused() {
    let mut page = Page::open(&[]);
    let anonymous = page.client.distinct_id();
    page.client.identify(page.now(), "undefined", "", "");
    assert_eq!(page.client.distinct_id(), anonymous);
    assert_eq!(page.deliver(), [] as [serde_json::Value; 0]);
}

#[test]
fn nothing_new_carries_the_former_person_after_reset() {
    let mut page = Page::open(&[]);
    let device = page.client.distinct_id();
    page.client.identify(page.now(), "ann", "", "");
    page.client.register(r#"{"plan":"pro"}"#);
    page.capture("hers");
    page.client.reset(page.now(), false);
    page.capture("not hers");
    let events = page.deliver();
    assert_eq!(events[1]["properties"]["distinct_id"], "ann");
    let after = &events[2]["properties"];
    assert_eq!(after["$device_id"], device.as_str());
    assert_ne!(after["$session_id"], events[1]["properties"]["$session_id"]);
    assert_eq!(after["$referrer"], "https://search.example/");
    let text = after.to_string();
    assert!(
        !text.contains("\"ann\"") && !text.contains("plan"),
        "{text}"
    );
    assert_ne!(after["distinct_id"], device.as_str());
}

#[test]
fn a_session_rotates_after_a_rest_but_not_for_a_backdated_event() {
    let mut page = Page::open(&[]);
    page.capture("one");
    let backdated = Capture {
        name: "backdated",
        timestamp: "2020-01-01T00:00:00.000Z",
        ..Capture::default()
    };
    page.client.capture(page.now(), &backdated);
    page.clock += 1_800_001;
    page.capture("after a rest");
    let events = page.deliver();
    let session = |at: usize| &events[at]["properties"]["$session_id"];
    assert_eq!(session(0), session(1));
    assert_ne!(session(1), session(2));
}

#[test]
fn the_address_and_the_window_are_followed() {
    let mut page = Page::open(&[]);
    page.client
        .handle_address("https://shop.example/done".to_owned());
    page.client.handle_resize(Size {
        width: 320,
        height: 480,
    });
    page.capture("event");
    let event = page.deliver().remove(0);
    assert_eq!(event["properties"]["$pathname"], "/done");
    assert_eq!(event["properties"]["$viewport_width"], 320);
    assert_eq!(
        event["properties"]["utm_source"], "news",
        "the campaign stays the visit's"
    );
}

#[test]
fn a_burst_is_stored_in_a_bounded_number_of_writes() {
    let mut page = Page::open(&[]);
    page.writes.clear();
    page.clock += 10_000;
    for _ in 0..1_000 {
        page.capture("event");
    }
    page.settle();
    let count = |place| {
        page.writes
            .iter()
            .filter(|write| write.place == place)
            .count()
    };
    assert!(count(Place::LocalStorage) <= 1);
    assert!(count(Place::Cookie) <= 1);
    assert!(count(Place::SessionStorage) <= 1);
}

#[test]
fn what_waits_can_be_read() {
    let mut page = Page::open(&[("lib", Value::Text("web"))]);
    page.capture("one");
    page.capture("two");
    let queue: serde_json::Value = serde_json::from_str(&page.client.events_queue()).unwrap();
    assert_eq!(queue[1]["event"], "two");
    assert_eq!(queue[1]["properties"]["$lib"], "web");
    assert_eq!(queue[0]["properties"]["$time"], (OPENED as f64) / 1_000.0);
    page.deliver();
    assert_eq!(page.client.events_queue(), "[]");
}

#[test]
fn a_damaged_store_is_repaired() {
    let mut stored = Page::open(&[]).stored();
    let id = Page::open_with(&[], stored.clone(), 0).client.distinct_id();
    let local = stored.local.unwrap();
    stored.local = Some(local[..local.len() - 20].to_owned());
    stored.cookies = "ph_phc_test_posthog=%7B%22distinct".to_owned();
    let page = Page::open_with(&[], stored, 0);
    assert_eq!(page.client.distinct_id(), id);
    let repaired = page.stored().local.unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&repaired).is_ok());
}
