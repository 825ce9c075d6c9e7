//! Who the visitor is: identify in all its branches, alias, and what the app or its server says of it at the start.

use hoglet::core::Bootstrap;
use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use crate::browser::Browser;
use crate::page::{MAIN, Page, Visit, events, names};

const NO_EVENTS: [Json; 0] = [];

#[test]
fn identify_joins_the_anonymous_visitor_to_the_person() {
    let mut page = Page::open(&[]);
    let anonymous = page.distinct_id();
    page.captured("before");
    page.identify_with("ann", r#"{"name":"Ann"}"#, r#"{"first":true}"#);
    page.captured("after");
    let events = page.deliver();
    assert_eq!(names(&events), ["before", "$identify", "after"]);
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
    assert_eq!(events[2]["properties"]["$user_id"], "ann");
    assert_eq!(events[2]["properties"]["$device_id"], anonymous.as_str());
    assert_eq!(events[2]["properties"]["$is_identified"], true);
    assert_eq!(events[2]["properties"]["$process_person_profile"], true);
}

#[test]
fn identify_goes_at_once() {
    let mut page = Page::open(&[]);
    page.captured("before");
    assert_eq!(page.requests, []);
    page.identify("ann");
    assert_eq!(events(&page.request()).len(), 2);
}

#[test]
fn identify_of_the_same_person_says_nothing_new() {
    let mut page = Page::open(&[]);
    page.identify("ann");
    assert_eq!(page.identify("ann"), None);
    let event = page.identify_with("ann", r#"{"plan":"pro"}"#, "").unwrap();
    assert_eq!(event["event"], "$set");
    assert_eq!(event["properties"]["$set"], json!({"plan": "pro"}));
    assert_eq!(page.identify_with("ann", r#"{"plan":"pro"}"#, ""), None);
}

#[test]
fn identify_of_somebody_else_switches_without_joining() {
    let mut page = Page::open(&[("debug", Value::Boolean(true))]);
    page.identify("ann");
    assert_eq!(page.identify("bob"), None);
    page.identify_with("bob", r#"{"name":"Bob"}"#, "");
    let events = page.deliver();
    assert_eq!(names(&events), ["$identify", "$set"]);
    assert_eq!(events[1]["properties"]["distinct_id"], "bob");
    assert_eq!(events[1]["properties"]["$user_id"], "bob");
    assert_eq!(events[1]["properties"]["$set"]["name"], "Bob");
}

#[test]
fn identify_of_an_anonymous_visitor_by_the_id_they_have_confirms_them() {
    let mut page = Page::open(&[]);
    let id = page.distinct_id();
    let event = page.identify(&id).unwrap();
    assert_eq!(event["event"], "$set");
    assert_eq!(event["properties"]["$set"], json!({}));
    assert_eq!(event["properties"].get("$anon_distinct_id"), None);
    assert_eq!(event["properties"]["$is_identified"], true);
    page.identify("bob");
    assert_eq!(names(&page.deliver()), ["$set"], "they are known by now");
}

#[test]
fn identify_can_leave_the_anonymous_id_out() {
    let mut page = Page::open(&[("reuseAnonymousId", Value::Boolean(true))]);
    let event = page.identify("ann").unwrap();
    assert_eq!(event["event"], "$identify");
    assert_eq!(event["properties"].get("$anon_distinct_id"), None);
}

#[test]
fn what_broken_code_passes_for_an_id_is_refused_and_said() {
    for id in ["", "undefined", "NULL", "distinctId", "$posthog_cookieless"] {
        let mut page = Page::open(&[]);
        let anonymous = page.distinct_id();
        assert_eq!(page.identify(id), None);
        assert_eq!(page.distinct_id(), anonymous);
        assert_eq!(page.errors.len(), 1, "{id}");
        assert_eq!(page.deliver(), NO_EVENTS);
    }
}

#[test]
fn a_visitor_of_old_whose_device_has_no_id_gets_one() {
    let browser = Browser::start();
    browser.contents().local.insert(
        MAIN.to_owned(),
        r#"{"distinct_id":"old","$user_state":"anonymous"}"#.to_owned(),
    );
    let mut page = browser.tab().open(&[]);
    assert_eq!(page.distinct_id(), "old");
    let event = page.identify("ann").unwrap();
    assert_eq!(event["properties"]["$anon_distinct_id"], "old");
    assert_eq!(event["properties"]["$device_id"], "old");
    assert_eq!(event["properties"]["$had_persisted_distinct_id"], true);
}

#[test]
fn the_person_is_known_on_the_next_page_and_after_the_session() {
    let mut page = Page::open(&[]);
    page.identify("ann");
    page.reload(&[]);
    assert_eq!(page.distinct_id(), "ann");
    page.leave();
    page.pass(40 * 24 * 60 * 60 * 1_000);
    let mut later = page.tab.browser.tab().open(&[]);
    assert_eq!(later.captured("event")["properties"]["distinct_id"], "ann");
    assert_eq!(later.identify("ann"), None);
}

#[test]
fn an_alias_is_another_id_of_the_same_person() {
    let mut page = Page::open(&[]);
    let device = page.distinct_id();
    let event = page.alias("ann@shop", "").unwrap();
    assert_eq!(event["event"], "$create_alias");
    assert_eq!(event["properties"]["alias"], "ann@shop");
    assert_eq!(event["properties"]["distinct_id"], device.as_str());
    assert_eq!(event["properties"]["$process_person_profile"], true);
    assert_eq!(page.distinct_id(), device);
    let event = page.identify("ann@shop").unwrap();
    assert_eq!(event["event"], "$identify");
    assert_eq!(event["properties"]["distinct_id"], "ann@shop");
    assert_eq!(page.distinct_id(), device, "the alias is no id of its own");
    assert_eq!(page.property("__alias"), "ann@shop");
    page.identify("bob");
    assert_eq!(page.distinct_id(), "bob");
    assert_eq!(page.property("__alias"), Json::Null);
}

#[test]
fn an_alias_can_be_given_to_another_id() {
    let mut page = Page::open(&[]);
    let device = page.distinct_id();
    let event = page.alias("new", "old").unwrap();
    assert_eq!(event["properties"]["alias"], "new");
    assert_eq!(event["properties"]["distinct_id"], "old");
    let event = page.captured("event");
    assert_eq!(event["properties"]["distinct_id"], device.as_str());
}

#[test]
fn the_app_can_name_the_device() {
    let tab = Browser::start().tab();
    let visit = Visit {
        device_id: "till 7",
        ..Visit::default()
    };
    let event = tab.visit(&visit).captured("event");
    assert_eq!(event["properties"]["distinct_id"], "till 7");
    assert_eq!(event["properties"]["$device_id"], "till 7");
    let visit = Visit {
        device_id: "till 8",
        ..Visit::default()
    };
    let event = tab.visit(&visit).captured("event");
    assert_eq!(
        event["properties"]["$device_id"], "till 7",
        "it has an id already"
    );
}

fn bootstrap(distinct_id: &str, is_identified: bool) -> Visit<'static> {
    Visit {
        bootstrap: Bootstrap {
            distinct_id: distinct_id.to_owned(),
            is_identified,
            ..Bootstrap::default()
        },
        ..Visit::default()
    }
}

#[test]
fn the_app_can_say_who_a_new_visitor_is() {
    let mut page = Browser::start().tab().visit(&bootstrap("ann", true));
    let event = page.captured("event");
    assert_eq!(event["properties"]["distinct_id"], "ann");
    assert_eq!(event["properties"]["$is_identified"], true);
    assert_ne!(event["properties"]["$device_id"], "ann");
    assert_eq!(names(&page.deliver()), ["event"], "nobody is joined");
    let mut page = Browser::start().tab().visit(&bootstrap("visitor", false));
    let event = page.captured("event");
    assert_eq!(event["properties"]["distinct_id"], "visitor");
    assert_eq!(event["properties"]["$device_id"], "visitor");
    assert_eq!(event["properties"]["$is_identified"], false);
}

#[test]
fn the_apps_word_joins_an_anonymous_visitor_but_no_known_one() {
    let tab = Browser::start().tab();
    let anonymous = tab.open(&[]).distinct_id();
    let mut page = tab.visit(&bootstrap("ann", true));
    let events = page.deliver();
    assert_eq!(names(&events), ["$identify"]);
    assert_eq!(
        events[0]["properties"]["$anon_distinct_id"],
        anonymous.as_str()
    );
    let mut page = tab.visit(&bootstrap("bob", true));
    assert_eq!(page.distinct_id(), "ann");
    assert_eq!(page.errors.len(), 1, "{:?}", page.errors);
    assert_eq!(page.deliver(), NO_EVENTS);
    let mut page = tab.visit(&bootstrap("ann", true));
    assert_eq!(page.errors, [""; 0]);
    assert_eq!(page.deliver(), NO_EVENTS);
}

#[test]
fn an_anonymous_id_from_the_app_takes_the_place_of_a_known_person() {
    let tab = Browser::start().tab();
    tab.open(&[]).identify("ann");
    let mut page = tab.visit(&bootstrap("visitor", false));
    let event = page.captured("event");
    assert_eq!(event["properties"]["distinct_id"], "visitor");
    assert_eq!(event["properties"]["$is_identified"], false);
    assert_eq!(names(&page.deliver()), ["event"]);
}

#[test]
fn the_server_can_say_who_the_visitor_is_in_a_cookie() {
    let settings = [("identity_cookie", Value::Text("ph_distinct_id"))];
    let browser = Browser::start();
    let tab = browser.tab();
    let anonymous = tab.open(&settings).distinct_id();
    browser.set_cookie("ph_distinct_id=ann%40shop; path=/");
    let mut page = tab.open(&settings);
    let events = page.deliver();
    assert_eq!(names(&events), ["$identify"]);
    assert_eq!(events[0]["properties"]["distinct_id"], "ann@shop");
    assert_eq!(
        events[0]["properties"]["$anon_distinct_id"],
        anonymous.as_str()
    );
    assert_eq!(tab.open(&settings).deliver(), NO_EVENTS, "known by now");
    browser.set_cookie("ph_distinct_id=bob; path=/");
    let mut page = tab.open(&settings);
    assert_eq!(page.distinct_id(), "bob", "the server knows who logged in");
    assert_eq!(page.deliver(), NO_EVENTS, "and nobody is joined");
    browser.set_cookie("ph_distinct_id=undefined; path=/");
    assert_eq!(tab.open(&settings).distinct_id(), "bob");
}
