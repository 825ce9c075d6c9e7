//! Tabs of one browser: one visitor, one session, a window each.

use hoglet::core::Reason;
use hoglet::core::config::Value;
use serde_json::Value as Json;

use crate::browser::Browser;
use crate::page::{CONSENT, MAIN, Page};

const MINUTE: u64 = 60_000;

fn property<'a>(event: &'a Json, key: &str) -> &'a Json {
    &event["properties"][key]
}

#[test]
fn tabs_share_visitor_and_session_and_have_a_window_each() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let one = here.captured("one");
    let mut there = browser.tab().open(&[]);
    let two = there.captured("two");
    for key in ["distinct_id", "$device_id", "$session_id"] {
        assert_eq!(property(&one, key), property(&two, key), "{key}");
    }
    assert_ne!(property(&one, "$window_id"), property(&two, "$window_id"));
}

#[test]
fn tabs_that_were_open_before_the_first_event_share_the_session_too() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[]);
    let one = here.captured("one");
    let two = there.captured("two");
    for key in ["distinct_id", "$device_id", "$session_id"] {
        assert_eq!(property(&one, key), property(&two, key), "{key}");
    }
    assert_ne!(property(&one, "$window_id"), property(&two, "$window_id"));
}

#[test]
fn an_open_tab_follows_who_the_visitor_is() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[]);
    here.identify("ann");
    let event = there.captured("event");
    assert_eq!(property(&event, "distinct_id"), "ann");
    assert_eq!(property(&event, "$is_identified"), true);
    assert_eq!(there.identify("ann"), None, "it was said already");
    there.identify("bob");
    assert_eq!(here.distinct_id(), "bob");
    let events: Vec<_> = [here.deliver(), there.deliver()].concat();
    let joined = events.iter().filter(|event| event["event"] == "$identify");
    assert_eq!(joined.count(), 1, "nobody is joined to bob");
}

#[test]
fn a_busy_tab_keeps_the_session_of_a_resting_one() {
    let browser = Browser::start();
    let mut resting = browser.tab().open(&[]);
    let first = resting.captured("first");
    let mut busy = browser.tab().open(&[]);
    for _ in 0..4 {
        browser.pass(20 * MINUTE);
        let event = busy.captured("busy");
        assert_eq!(
            property(&event, "$session_id"),
            property(&first, "$session_id")
        );
    }
    browser.pass(20 * MINUTE);
    let event = resting.captured("back");
    assert_eq!(
        property(&event, "$session_id"),
        property(&first, "$session_id")
    );
    assert_eq!(
        property(&event, "$window_id"),
        property(&first, "$window_id")
    );
}

#[test]
fn a_new_tabs_first_event_is_activity() {
    let browser = Browser::start();
    let first = browser.tab().open(&[]).captured("first");
    browser.pass(29 * MINUTE);
    let mut page = browser.tab().open(&[]);
    page.captured("in another tab");
    browser.pass(2 * MINUTE);
    let event = page.captured("a little later");
    assert_eq!(
        property(&event, "$session_id"),
        property(&first, "$session_id")
    );
}

#[test]
fn a_tab_adopts_the_session_that_another_has_begun() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let first = here.captured("first");
    let mut there = browser.tab().open(&[]);
    browser.pass(31 * MINUTE);
    let next = there.captured("next");
    assert_ne!(
        property(&first, "$session_id"),
        property(&next, "$session_id")
    );
    assert_eq!(
        here.session_id(),
        property(&next, "$session_id").as_str().unwrap()
    );
    assert_eq!(here.sessions.last().unwrap().reason, Reason::Adopted);
    let event = here.captured("event");
    assert_eq!(
        property(&event, "$session_id"),
        property(&next, "$session_id")
    );
    assert_eq!(
        property(&event, "$window_id"),
        property(&first, "$window_id"),
        "the window is still the same"
    );
    assert_eq!(
        property(&event, "$session_entry_url"),
        property(&next, "$session_entry_url")
    );
}

#[test]
fn a_duplicated_tab_is_another_window_and_a_reloaded_one_the_same() {
    let mut page = Page::open(&[]);
    let window = page.captured("event")["properties"]["$window_id"].clone();
    let mut copy = page.tab.duplicate().open(&[]);
    let copied = copy.captured("event")["properties"]["$window_id"].clone();
    assert_ne!(window, copied);
    for (page, window) in [(&mut page, &window), (&mut copy, &copied)] {
        page.reload(&[]);
        let event = page.captured("event");
        assert_eq!(property(&event, "$window_id"), window);
    }
}

#[test]
fn a_duplicated_tab_that_is_reloaded_before_its_first_event_is_another_window() {
    let mut page = Page::open(&[]);
    let window = page.captured("event")["properties"]["$window_id"].clone();
    let mut copy = page.tab.duplicate().open(&[]);
    copy.reload(&[]);
    let event = copy.captured("event");
    assert_ne!(property(&event, "$window_id"), &window);
}

#[test]
fn a_page_that_is_brought_back_is_still_its_window() {
    let mut page = Page::open(&[]);
    let window = page.captured("event")["properties"]["$window_id"].clone();
    page.leave();
    page.client.mark_window(true);
    page.return_to();
    let event = page.captured("event");
    assert_eq!(property(&event, "$window_id"), &window);
    let mut copy = page.tab.duplicate().open(&[]);
    let event = copy.captured("event");
    assert_ne!(property(&event, "$window_id"), &window);
}

#[test]
fn a_tab_does_not_overwrite_what_another_has_stored() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[]);
    here.captured("event");
    for round in 0..3 {
        here.register(&format!(r#"{{"here":{round}}}"#));
        there.register(&format!(r#"{{"there":{round}}}"#));
        there.identify(&format!("user {round}"));
        browser.pass(MINUTE);
        let properties = here.captured("event")["properties"].clone();
        assert_eq!(properties["here"], round);
        assert_eq!(properties["there"], round);
        assert_eq!(properties["distinct_id"], format!("user {round}").as_str());
    }
}

#[test]
fn what_another_tab_has_removed_stays_removed() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[]);
    here.register(r#"{"plan":"pro"}"#);
    there.captured("event");
    there.task(|client, _| client.unregister("plan"));
    here.register(r#"{"other":1}"#);
    assert_eq!(there.captured("event")["properties"].get("plan"), None);
}

#[test]
fn a_store_that_somebody_has_emptied_is_filled_again() {
    let mut page = Page::open(&[]);
    page.identify("ann");
    page.tab.browser.contents().local.clear();
    let event = page.captured("event");
    assert_eq!(property(&event, "distinct_id"), "ann");
    assert!(page.tab.browser.local(MAIN).is_some());
    page.reload(&[]);
    assert_eq!(page.distinct_id(), "ann");
}

#[test]
fn the_cookie_says_the_same_as_local_storage_whichever_tab_wrote_last() {
    let keys = ["plan".to_owned()];
    let settings = [("cookie_persisted_properties", Value::List(&keys))];
    let browser = Browser::start();
    let mut here = browser.tab().open(&settings);
    let mut there = browser.tab().open(&settings);
    here.register(r#"{"plan":"pro"}"#);
    there.register(r#"{"plan":"free"}"#);
    here.register(r#"{"plan":"pro"}"#);
    let cookie: Json = serde_json::from_str(&browser.cookie(MAIN).unwrap()).unwrap();
    assert_eq!(cookie["plan"], "pro");
}

#[test]
fn subdomains_follow_one_another_through_the_cookie() {
    let settings = [("cookieWinsOnConflict", Value::Boolean(true))];
    let www = Browser::start();
    let mut on_www = www.tab().open(&settings);
    on_www.register(r#"{"plan":"pro"}"#);
    on_www.captured("event");
    // Another host of the site has the cookie, but a localStorage of its own.
    let shop = Browser::start();
    let share = |from: &Browser, to: &Browser| {
        let cookies = from.contents().cookies.clone();
        to.contents().cookies = cookies;
    };
    share(&www, &shop);
    let mut on_shop = shop.tab().open(&settings);
    assert_eq!(on_shop.distinct_id(), on_www.distinct_id());
    assert_eq!(on_shop.session_id(), on_www.session_id());
    on_shop.identify("ann");
    share(&shop, &www);
    assert_eq!(on_www.distinct_id(), "ann");
    assert_eq!(on_www.captured("event")["properties"]["plan"], "pro");
    on_shop.reset();
    share(&shop, &www);
    let event = on_www.captured("event");
    assert_eq!(
        property(&event, "distinct_id"),
        on_shop.distinct_id().as_str()
    );
    assert_eq!(event["properties"].get("plan"), None);
    assert_eq!(event["properties"].get("$user_id"), None);
}

#[test]
fn a_refusal_in_one_tab_stops_all() {
    let browser = Browser::start();
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[("batch_size", Value::Number(2.0))]);
    there.capture("waits");
    there.capture("is being compressed");
    let request = there.request();
    there.capture("waits");
    here.opt_out();
    assert_eq!(browser.local(CONSENT).as_deref(), Some("0"));
    there.return_to();
    assert!(!there.dispatch(&request), "not sent any more");
    assert_eq!(there.client.events_queue(), "[]");
    assert_eq!(there.capture("event"), None);
    assert_eq!(there.deliver(), [] as [Json; 0]);
    assert_eq!(browser.local(MAIN), None);
    assert_eq!(there.tab.session.borrow().len(), 0);
    assert_eq!(browser.cookies(), "");
    there.opt_in();
    assert!(here.capture("event").is_some());
    assert_eq!(here.distinct_id(), there.distinct_id());
}

#[test]
fn what_the_cookie_could_not_repeat_can_be_unregistered_by_another_tab() {
    let keys = ["large".to_owned()];
    let settings = [("cookie_persisted_properties", Value::List(&keys))];
    let browser = Browser::start();
    let mut here = browser.tab().open(&settings);
    let mut there = browser.tab().open(&settings);
    let large = "x".repeat(5_000);
    here.register(&format!(r#"{{"large":"{large}"}}"#));
    let event = there.captured("event");
    assert_eq!(property(&event, "large"), large.as_str());
    there.task(|client, _| client.unregister("large"));
    assert_eq!(here.captured("event")["properties"].get("large"), None);
}
