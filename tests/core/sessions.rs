//! Sessions: when they begin and end, across pages and for events of other times.

use hoglet::core::config::Value;
use hoglet::core::event::Capture;
use hoglet::core::time::WallTime;
use hoglet::core::{Bootstrap, Reason};
use serde_json::{Value as Json, json};

use crate::browser::{Browser, STARTED};
use crate::page::{MAIN, Page, Visit};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

fn session(event: &Json) -> &Json {
    &event["properties"]["$session_id"]
}

fn window(event: &Json) -> &Json {
    &event["properties"]["$window_id"]
}

#[test]
fn the_next_page_goes_on_with_visitor_and_session() {
    let mut page = Page::open(&[]);
    page.register(r#"{"plan":"pro"}"#);
    let one = page.captured("one");
    page.pass(MINUTE);
    page.reload(&[]);
    let two = page.captured("two");
    for key in [
        "distinct_id",
        "$device_id",
        "$session_id",
        "$window_id",
        "$session_entry_url",
        "plan",
        "$referrer",
    ] {
        assert_eq!(one["properties"][key], two["properties"][key], "{key}");
    }
    page.leave();
    page.pass(30 * MINUTE + 1);
    page.reload(&[]);
    let three = page.captured("three");
    assert_eq!(
        one["properties"]["distinct_id"],
        three["properties"]["distinct_id"]
    );
    assert_ne!(session(&one), session(&three));
    assert_ne!(window(&one), window(&three));
}

#[test]
fn a_session_is_stored_as_posthog_js_stores_it() {
    let mut page = Page::open(&[]);
    let event = page.captured("event");
    let session_id = session(&event);
    assert_eq!(
        page.property("$sesid"),
        json!([STARTED, session_id, STARTED])
    );
    page.pass(MINUTE);
    page.captured("event");
    let sesid = json!([STARTED + MINUTE, session_id, STARTED]);
    assert_eq!(page.property("$sesid"), sesid);
    let cookie = page.tab.browser.cookie(MAIN).unwrap();
    let cookie: Json = serde_json::from_str(&cookie).unwrap();
    assert_eq!(cookie["$sesid"], sesid);
    assert_eq!(
        page.tab.session("ph_phc_test_window_id"),
        Some(window(&event).to_string())
    );
}

#[test]
fn a_rest_ends_the_session_and_the_window() {
    let mut page = Page::open(&[]);
    let before = page.captured("before");
    page.pass(30 * MINUTE);
    let in_time = page.captured("in time");
    assert_eq!(session(&before), session(&in_time));
    page.pass(30 * MINUTE + 1);
    let after = page.captured("after");
    assert_ne!(session(&before), session(&after));
    assert_ne!(window(&before), window(&after));
    let reasons: Vec<_> = page.sessions.iter().map(|change| change.reason).collect();
    assert_eq!(reasons, [Reason::None, Reason::Idle]);
    assert_eq!(
        &*page.sessions[1].session_id,
        session(&after).as_str().unwrap()
    );
    assert_eq!(
        &*page.sessions[1].window_id,
        window(&after).as_str().unwrap()
    );
}

#[test]
fn how_long_a_rest_may_be_is_the_apps_choice() {
    let mut page = Page::open(&[("session_idle_timeout_seconds", Value::Number(60.0))]);
    let before = page.captured("before");
    assert_eq!(
        before["properties"]["$configured_session_timeout_ms"],
        60_000
    );
    page.pass(MINUTE + 1);
    assert_ne!(session(&before), session(&page.captured("after")));
}

#[test]
fn a_day_is_the_longest_session() {
    let mut page = Page::open(&[]);
    let first = page.captured("first");
    for _ in 0..72 {
        page.pass(20 * MINUTE);
        assert_eq!(session(&first), session(&page.captured("busy")));
    }
    page.pass(1);
    let next = page.captured("next day");
    assert_ne!(session(&first), session(&next));
    assert_eq!(page.sessions.last().unwrap().reason, Reason::Maximum);
}

#[test]
fn a_session_says_how_it_began() {
    let tab = Browser::start().tab();
    tab.open(&[]).captured("event");
    tab.browser.pass(HOUR);
    let mut page = tab.visit(&Visit {
        url: "https://shop.example/later?utm_source=ad",
        referrer: "https://elsewhere.example/",
        ..Visit::default()
    });
    let event = page.captured("event");
    for (key, value) in [
        (
            "$session_entry_url",
            "https://shop.example/later?utm_source=ad",
        ),
        ("$session_entry_pathname", "/later"),
        ("$session_entry_utm_source", "ad"),
        ("$session_entry_referrer", "https://elsewhere.example/"),
    ] {
        assert_eq!(event["properties"][key], value, "{key}");
    }
}

#[test]
fn a_backdated_event_does_not_end_the_session() {
    let mut page = Page::open(&[]);
    let one = page.captured("one");
    let backdated = Capture {
        name: "backdated",
        timestamp: "2020-01-01T00:00:00.000Z",
        ..Capture::default()
    };
    let two = page.event(|client, now| client.capture(now, &backdated));
    let three = page.captured("three");
    assert_eq!(session(&one), session(&two.unwrap()));
    assert_eq!(session(&one), session(&three));
}

#[test]
fn a_call_from_before_the_core_came_belongs_to_the_session_that_follows() {
    let mut page = Page::open(&[]);
    page.pass(10_000);
    let early = page.event(|client, mut now| {
        now.wall = WallTime::from_millis(now.wall.as_millis() - 8_000);
        let capture = Capture {
            name: "early",
            ..Capture::default()
        };
        client.capture(now, &capture)
    });
    let live = page.captured("live");
    assert_eq!(session(&early.unwrap()), session(&live));
}

#[test]
fn asking_for_the_session_is_no_activity() {
    let mut page = Page::open(&[]);
    let id = page.session_id();
    assert_eq!(session(&page.captured("event")), id.as_str());
    page.pass(20 * MINUTE);
    assert_eq!(page.session_id(), id);
    page.pass(20 * MINUTE);
    assert_eq!(page.session_id(), id, "asking does not end it either");
    assert_ne!(session(&page.captured("event")), id.as_str());
    page.pass(25 * HOUR);
    assert_ne!(page.session_id(), id);
}

#[test]
fn a_clock_that_was_set_back_ends_the_session() {
    let mut page = Page::open(&[]);
    page.pass(10 * HOUR);
    let before = page.captured("before");
    page.tab.browser.contents().clock -= HOUR;
    assert_ne!(session(&before), session(&page.captured("after")));
}

fn named(session_id: &str) -> Visit<'static> {
    Visit {
        bootstrap: Bootstrap {
            session_id: session_id.to_owned(),
            ..Bootstrap::default()
        },
        ..Visit::default()
    }
}

#[test]
fn the_app_can_name_the_session_to_go_on_with() {
    let name = Browser::another(1).tab().open(&[]).session_id();
    let tab = Browser::start().tab();
    tab.open(&[]).captured("of another session");
    tab.browser.pass(MINUTE);
    let mut page = tab.visit(&named(&name));
    let event = page.captured("event");
    assert_eq!(session(&event), name.as_str());
    assert_eq!(
        page.property("$sesid"),
        json!([STARTED + MINUTE, name, STARTED]),
        "it began when its id was made"
    );
    let mut page = tab.visit(&named("mine"));
    assert_eq!(page.errors.len(), 1, "{:?}", page.errors);
    assert_eq!(session(&page.captured("event")), name.as_str());
}

#[test]
fn a_session_that_the_app_names_on_every_page_keeps_its_window() {
    let name = Browser::another(1).tab().open(&[]).session_id();
    let tab = Browser::start().tab();
    let mut page = tab.visit(&named(&name));
    let one = page.captured("one");
    page.leave();
    let mut page = tab.visit(&named(&name));
    let two = page.captured("two");
    assert_eq!(session(&one), session(&two));
    assert_eq!(window(&one), window(&two));
}

#[test]
fn a_reset_can_name_the_next_session() {
    let mut page = Page::open(&[]);
    page.captured("before");
    let name = Browser::another(1).tab().open(&[]).session_id();
    let bootstrap = Bootstrap {
        session_id: name.clone(),
        ..Bootstrap::default()
    };
    page.task(|client, now| client.reset(now, false, "", &bootstrap));
    assert_eq!(session(&page.captured("after")), name.as_str());
}
