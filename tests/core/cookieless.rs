//! Visitors who are counted without an identity.

use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use crate::browser::Browser;
use crate::page::{CONSENT, MAIN, Page, names};

const ALWAYS: (&str, Value<'_>) = ("cookieless_mode", Value::Text("always"));
const ON_REJECT: (&str, Value<'_>) = ("cookieless_mode", Value::Text("on_reject"));
const COOKIELESS: &str = "$posthog_cookieless";

fn assert_cookieless(event: &Json) {
    let properties = &event["properties"];
    assert_eq!(properties["distinct_id"], COOKIELESS);
    assert_eq!(properties["$device_id"], Json::Null);
    assert_eq!(properties["$cookieless_mode"], true);
    for key in ["$session_id", "$window_id", "$session_entry_url"] {
        assert_eq!(properties.get(key), None, "{key}");
    }
}

fn assert_recognised(event: &Json) {
    let properties = &event["properties"];
    assert_eq!(properties.get("$cookieless_mode"), None);
    assert_eq!(properties["distinct_id"].as_str().unwrap().len(), 36);
    assert_eq!(properties["$device_id"].as_str().unwrap().len(), 36);
    assert!(properties["$session_id"].is_string());
}

fn stored(page: &Page) -> Vec<String> {
    let contents = page.tab.browser.contents();
    let mut names: Vec<_> = contents.local.keys().cloned().collect();
    names.extend(page.tab.session.borrow().keys().cloned());
    names.extend(contents.cookies.iter().map(|cookie| cookie.name.clone()));
    names
}

#[test]
fn always_cookieless_visitors_leave_nothing_behind() {
    let mut page = Page::open(&[ALWAYS]);
    assert_cookieless(&page.captured("event"));
    page.register(r#"{"plan":"pro"}"#);
    assert_eq!(page.captured("event")["properties"]["plan"], "pro");
    assert_eq!(page.session_id(), "");
    let (opted_out, capturing) =
        page.task(|client, _| (client.is_opted_out(), client.is_capturing()));
    assert!(opted_out && capturing);
    page.leave();
    assert_eq!(stored(&page), [""; 0]);
    assert_eq!(page.requests.len(), 1, "what was captured goes");
}

#[test]
fn always_cookieless_visitors_have_nothing_to_choose() {
    let mut page = Page::open(&[ALWAYS]);
    page.capture("event");
    page.opt_out();
    assert_eq!(page.opt_in(), None);
    assert_eq!(page.errors.len(), 2, "{:?}", page.errors);
    assert_eq!(names(&page.deliver()), ["event"]);
    assert_eq!(stored(&page), [""; 0]);
}

#[test]
fn what_was_stored_before_goes_when_visitors_are_cookieless() {
    let mut page = Page::open(&[]);
    page.identify("ann");
    page.reload(&[ALWAYS]);
    assert_cookieless(&page.captured("event"));
    page.leave();
    assert_eq!(stored(&page), [""; 0]);
}

#[test]
fn cookieless_visitors_can_be_identified_for_the_page() {
    let mut page = Page::open(&[ALWAYS]);
    let event = page.identify("ann").unwrap();
    assert_eq!(event["event"], "$identify");
    assert_eq!(event["properties"]["$anon_distinct_id"], COOKIELESS);
    assert_eq!(event["properties"]["$cookieless_mode"], true);
    assert_eq!(page.distinct_id(), "ann");
    page.identify("ann");
    assert_eq!(page.property("$device_id"), Json::Null);
    page.reset();
    assert_cookieless(&page.captured("event"));
    page.reload(&[ALWAYS]);
    assert_cookieless(&page.captured("event"));
}

#[test]
fn who_has_not_chosen_is_not_counted_where_a_refusal_is_cookieless() {
    let mut page = Page::open(&[ON_REJECT]);
    assert_eq!(page.capture("event"), None);
    page.leave();
    assert_eq!(stored(&page), [""; 0]);
    assert_eq!(page.deliver(), [] as [Json; 0]);
}

#[test]
fn who_refuses_is_counted_without_an_identity_and_who_agrees_begins_anew() {
    let mut page = Page::open(&[ON_REJECT]);
    let first = page.distinct_id();
    page.opt_out();
    assert_cookieless(&page.captured("refused"));
    assert_eq!(stored(&page), [CONSENT]);
    page.reload(&[ON_REJECT]);
    assert_cookieless(&page.captured("refused"));
    let event = page.opt_in().unwrap();
    assert_recognised(&event);
    assert_ne!(event["properties"]["distinct_id"], first.as_str());
    assert!(page.tab.browser.local(MAIN).is_some());
    page.reload(&[ON_REJECT]);
    let again = page.captured("event");
    for key in ["distinct_id", "$device_id", "$session_id", "$window_id"] {
        assert_eq!(event["properties"][key], again["properties"][key], "{key}");
    }
    page.opt_out();
    let refused = page.captured("refused");
    assert_cookieless(&refused);
    let text = refused.to_string();
    assert!(!text.contains(event["properties"]["distinct_id"].as_str().unwrap()));
}

#[test]
fn what_was_captured_with_an_identity_goes_with_the_refusal() {
    let mut page = Page::open(&[ON_REJECT]);
    page.opt_in();
    page.deliver();
    page.capture("with an identity");
    page.opt_out();
    page.capture("without");
    assert_eq!(names(&page.deliver()), ["without"]);
}

#[test]
fn what_cookieless_visitors_did_is_sent_whatever_setting_changes() {
    let mut page = Page::open(&[ON_REJECT]);
    page.opt_out();
    page.capture("event");
    page.set("debug", Value::Boolean(true));
    assert_eq!(names(&page.deliver()), ["event"]);
}

#[test]
fn forgetting_the_refusal_ends_the_counting() {
    let mut page = Page::open(&[ON_REJECT]);
    page.opt_out();
    page.clear_consent();
    assert_eq!(page.capture("event"), None);
    assert_ne!(page.distinct_id(), COOKIELESS);
    assert_eq!(stored(&page), [""; 0]);
}

#[test]
fn other_tabs_follow_into_and_out_of_the_refusal_in_every_mode() {
    for mode in [
        "localStorage+cookie",
        "localStorage",
        "cookie",
        "sessionStorage",
        "memory",
    ] {
        let settings = [ON_REJECT, ("persistence", Value::Text(mode))];
        let browser = Browser::start();
        let mut here = browser.tab().open(&settings);
        let mut there = browser.tab().open(&settings);
        here.opt_out();
        assert_cookieless(&there.captured("event"));
        here.opt_in();
        let event = there.captured("event");
        assert_recognised(&event);
        if matches!(mode, "localStorage+cookie" | "localStorage" | "cookie") {
            assert_eq!(
                event["properties"]["distinct_id"],
                here.distinct_id().as_str(),
                "{mode}"
            );
        }
        here.opt_out();
        there.return_to();
        here.clear_consent();
        there.return_to();
        assert_eq!(there.capture("event"), None, "{mode}");
        there.opt_in();
        assert_recognised(&there.captured("event"));
    }
}

#[test]
fn the_sentinel_is_never_a_visitors_id() {
    let mut page = Page::open(&[ON_REJECT]);
    page.opt_out();
    page.captured("event");
    page.opt_in();
    page.identify("ann");
    let events = page.deliver();
    let identify = events.iter().find(|event| event["event"] == "$identify");
    assert_ne!(
        identify.unwrap()["properties"]["$anon_distinct_id"],
        json!(COOKIELESS)
    );
}
