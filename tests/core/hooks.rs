//! Events that the app's hooks look at before they are taken.

use hoglet::core::config::Value;
use serde_json::Value as Json;

use crate::browser::Browser;
use crate::page::{Page, names};

fn holding(settings: &[(&str, Value<'_>)]) -> Page {
    let mut page = Page::open(settings);
    page.ask(|client, _| client.hold(true));
    page
}

fn uuid(event: &Json) -> String {
    event["uuid"].as_str().unwrap().to_owned()
}

fn resolve(page: &mut Page, uuid: &str, event: &str) {
    page.task(|client, now| client.resolve(now, uuid, event));
}

/// The event as hooks hand it back: its uuid in front.
fn text(event: &Json) -> String {
    let mut event = event.as_object().unwrap().clone();
    let uuid = event.remove("uuid").unwrap();
    let rest = serde_json::to_string(&event).unwrap();
    format!("{{\"uuid\":{uuid},{}", &rest[1..])
}

#[test]
fn a_held_event_goes_as_the_hooks_left_it() {
    let mut page = holding(&[]);
    let mut event = page.captured("event");
    assert_eq!(page.client.events_queue(), "[]");
    event["properties"]["added"] = 1.into();
    event["event"] = "renamed".into();
    resolve(&mut page, &uuid(&event), &text(&event));
    assert_eq!(page.deliver(), [event]);
}

#[test]
fn a_held_event_can_be_dropped() {
    let mut page = holding(&[]);
    let dropped = page.captured("dropped");
    let kept = page.captured("kept");
    resolve(&mut page, &uuid(&dropped), "");
    resolve(&mut page, &uuid(&kept), &text(&kept));
    assert_eq!(names(&page.deliver()), ["kept"]);
}

#[test]
fn what_hooks_broke_is_not_sent_and_said() {
    for broken in ["{}", "null", r#"{"event":"e"}"#, "{\"uuid\":\""] {
        let mut page = holding(&[]);
        let event = page.captured("event");
        resolve(&mut page, &uuid(&event), broken);
        assert_eq!(page.errors.len(), 1, "{broken}");
        assert_eq!(page.deliver(), [] as [Json; 0]);
    }
}

#[test]
fn an_event_is_taken_once() {
    let mut page = holding(&[]);
    let event = page.captured("event");
    resolve(&mut page, &uuid(&event), &text(&event));
    resolve(&mut page, &uuid(&event), &text(&event));
    resolve(
        &mut page,
        "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        &text(&event),
    );
    assert_eq!(page.deliver().len(), 1);
}

#[test]
fn who_refuses_while_the_hooks_look_is_not_counted() {
    let mut page = holding(&[]);
    let event = page.captured("event");
    page.opt_out();
    resolve(&mut page, &uuid(&event), &text(&event));
    page.opt_in();
    resolve(&mut page, &uuid(&event), &text(&event));
    assert_eq!(page.deliver(), [] as [Json; 0], "the agreement is held too");
}

#[test]
fn who_refuses_in_another_tab_while_the_hooks_look_is_not_counted() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    here.ask(|client, _| client.hold(true));
    let event = here.captured("event");
    browser.tab().open(&[]).opt_out();
    resolve(&mut here, &uuid(&event), &text(&event));
    assert_eq!(here.deliver(), [] as [Json; 0]);
}

#[test]
fn a_reset_while_the_hooks_look_does_not_change_whose_event_it_is() {
    let mut page = holding(&[]);
    page.ask(|client, _| client.hold(false));
    page.identify("ann");
    page.deliver();
    page.ask(|client, _| client.hold(true));
    let event = page.captured("event");
    page.reset();
    resolve(&mut page, &uuid(&event), &text(&event));
    assert_eq!(page.deliver()[0]["properties"]["distinct_id"], "ann");
}

#[test]
fn an_event_that_should_go_at_once_does_so_after_the_hooks() {
    let mut page = holding(&[]);
    let event = page.identify("ann").unwrap();
    assert_eq!(page.requests, []);
    resolve(&mut page, &uuid(&event), &text(&event));
    assert_eq!(page.requests.len(), 1);
}

#[test]
fn without_hooks_events_are_not_held_any_more() {
    let mut page = holding(&[]);
    page.captured("held");
    page.ask(|client, _| client.hold(false));
    page.captured("free");
    assert_eq!(names(&page.deliver()), ["free"]);
}
