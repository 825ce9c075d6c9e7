//! Logging out: nothing that comes later is the former person's.

use hoglet::core::Bootstrap;
use hoglet::core::config::Value;
use serde_json::Value as Json;

use crate::browser::Browser;
use crate::page::{Page, Visit, names};

#[test]
fn nothing_new_carries_the_former_person_after_reset() {
    let mut page = Page::open(&[]);
    let device = page.distinct_id();
    page.identify_with("user:ann", r#"{"name":"Ann"}"#, "");
    page.alias("ann@shop", "");
    page.register(r#"{"plan":"pro"}"#);
    page.task(|client, _| client.register_for_session(r#"{"theme":"dark"}"#));
    page.group("company", "acme", "");
    page.captured("hers");
    page.reset();
    page.captured("not hers");
    let events = page.deliver();
    assert_eq!(
        names(&events),
        [
            "$identify",
            "$create_alias",
            "$groupidentify",
            "hers",
            "not hers"
        ]
    );
    assert_eq!(events[3]["properties"]["distinct_id"], "user:ann");
    let after = &events[4]["properties"];
    assert_eq!(after["$device_id"], device.as_str());
    assert_ne!(after["distinct_id"], device.as_str());
    assert_ne!(after["$session_id"], events[3]["properties"]["$session_id"]);
    assert_ne!(after["$window_id"], events[3]["properties"]["$window_id"]);
    assert_eq!(after["$referrer"], "https://search.example/");
    assert_eq!(after["$is_identified"], false);
    assert_eq!(after["$process_person_profile"], false);
    assert!(after["$last_posthog_reset"].is_string());
    let contents = format!("{:?}", page.tab.browser.contents().local);
    let session = format!("{:?}", page.tab.session);
    let texts = [
        after.to_string(),
        contents,
        session,
        page.tab.browser.cookies(),
    ];
    for former in ["user:ann", "ann@shop", "plan", "theme", "acme"] {
        for text in &texts {
            assert!(!text.contains(former), "{former} in {text}");
        }
    }
}

#[test]
fn the_next_person_is_joined_to_what_came_after_the_reset_alone() {
    let mut page = Page::open(&[]);
    let device = page.distinct_id();
    page.identify("ann");
    page.reset();
    let anonymous = page.distinct_id();
    let event = page.identify("bob").unwrap();
    assert_eq!(event["event"], "$identify");
    assert_eq!(event["properties"]["$anon_distinct_id"], anonymous.as_str());
    assert_eq!(event["properties"]["$device_id"], device.as_str());
    assert!(anonymous != device && anonymous != "ann");
}

#[test]
fn the_device_is_forgotten_if_asked() {
    let mut page = Page::open(&[]);
    let device = page.distinct_id();
    page.reset_with_device();
    let id = page.distinct_id();
    assert_ne!(id, device);
    assert_eq!(page.property("$device_id"), id.as_str());
}

#[test]
fn the_app_can_name_the_next_visitor() {
    let mut page = Page::open(&[]);
    let device = page.distinct_id();
    page.task(|client, now| client.reset(now, false, "mine", &Bootstrap::default()));
    assert_eq!(page.distinct_id(), "mine");
    assert_eq!(page.property("$device_id"), device.as_str());
    page.task(|client, now| client.reset(now, true, "mine too", &Bootstrap::default()));
    assert_eq!(page.property("$device_id"), "mine too");
    let bootstrap = Bootstrap {
        distinct_id: "bob".to_owned(),
        is_identified: true,
        ..Bootstrap::default()
    };
    page.task(|client, now| client.reset(now, false, "", &bootstrap));
    let event = page.captured("event");
    assert_eq!(event["properties"]["distinct_id"], "bob");
    assert_eq!(event["properties"]["$is_identified"], true);
    assert_eq!(names(&page.deliver()), ["event"]);
}

#[test]
fn the_bootstrap_of_the_start_is_not_for_the_next_visitor() {
    let mut page = Browser::start().tab().visit(&Visit {
        bootstrap: Bootstrap {
            distinct_id: "ann".to_owned(),
            is_identified: true,
            ..Bootstrap::default()
        },
        ..Visit::default()
    });
    page.reset();
    let event = page.captured("event");
    assert_ne!(event["properties"]["distinct_id"], "ann");
    assert_eq!(event["properties"]["$is_identified"], false);
}

#[test]
fn what_was_captured_before_is_delivered_as_the_persons_even_after_failures() {
    let mut page = Page::open(&[("batch_size", Value::Number(1.0))]);
    page.identify("ann");
    let request = page.request();
    page.reset();
    page.captured("later");
    page.answer(&request, 503);
    let events = page.deliver();
    assert_eq!(names(&events), ["$identify", "later"]);
    assert_eq!(events[0]["properties"]["distinct_id"], "ann");
}

#[test]
fn a_refusal_outlives_the_reset() {
    let mut page = Page::open(&[]);
    page.opt_out();
    page.reset();
    assert_eq!(page.capture("event"), None);
    page.reload(&[]);
    assert_eq!(page.capture("event"), None);
    assert_eq!(page.deliver(), [] as [Json; 0]);
}

#[test]
fn an_agreement_outlives_the_reset() {
    let out = [("opt_out_capturing_by_default", Value::Boolean(true))];
    let mut page = Page::open(&out);
    page.opt_in();
    page.reset();
    page.reload(&out);
    assert!(page.capture("event").is_some());
}

#[test]
fn other_tabs_follow_the_reset_at_once() {
    let mut here = Page::open(&[]);
    let mut there = here.tab.browser.tab().open(&[]);
    here.identify("user:ann");
    here.register(r#"{"plan":"pro"}"#);
    there.task(|client, _| client.register_for_session(r#"{"theme":"dark"}"#));
    let before = there.captured("hers");
    assert_eq!(before["properties"]["distinct_id"], "user:ann");
    assert_eq!(before["properties"]["plan"], "pro");
    here.reset();
    let after = there.captured("not hers");
    let text = after.to_string();
    for former in ["user:ann", "plan", "theme"] {
        assert!(!text.contains(former), "{former} in {text}");
    }
    assert_ne!(
        after["properties"]["$session_id"],
        before["properties"]["$session_id"]
    );
    let here = here.captured("here too");
    for key in ["distinct_id", "$device_id", "$session_id"] {
        assert_eq!(here["properties"][key], after["properties"][key], "{key}");
    }
}
