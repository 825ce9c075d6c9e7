//! Where the visitor is remembered, and what happens where the browser does not let us.

use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use crate::browser::Browser;
use crate::page::{MAIN, MODES, Page, Settings};

fn parsed(text: Option<String>) -> Json {
    text.map_or(Json::Null, |text| serde_json::from_str(&text).unwrap())
}

#[test]
fn every_mode_remembers_the_visitor_where_and_as_long_as_it_says() {
    for mode in MODES {
        let settings = [("persistence", Value::Text(mode))];
        let mut page = Page::open(&settings);
        page.register(r#"{"plan":"pro"}"#);
        page.identify("ann");
        let before = page.captured("event")["properties"].clone();
        let browser = page.tab.browser.clone();
        let places = [
            browser.local(MAIN).is_some(),
            page.tab.session(MAIN).is_some(),
            browser.cookie(MAIN).is_some(),
        ];
        let expected = match mode {
            "localStorage+cookie" => [true, true, true],
            "localStorage" => [true, true, false],
            "cookie" => [false, true, true],
            "sessionStorage" => [false, true, false],
            _ => [false; 3],
        };
        assert_eq!(places, expected, "{mode}");
        page.reload(&settings);
        let after = page.captured("event")["properties"].clone();
        for key in [
            "distinct_id",
            "$device_id",
            "$session_id",
            "plan",
            "$user_id",
        ] {
            assert_eq!(before[key] == after[key], mode != "memory", "{mode} {key}");
        }
        let other = browser.tab().open(&settings).distinct_id();
        assert_eq!(other == "ann", expected[0] || expected[2], "{mode}");
        if mode == "memory" {
            assert!(page.tab.session.borrow().is_empty());
        } else {
            assert_eq!(before["$window_id"], after["$window_id"], "{mode}");
        }
    }
}

#[test]
fn the_visit_is_kept_apart_from_the_visitor() {
    let mut page = Page::open(&[]);
    page.captured("event");
    let visit = parsed(page.tab.session(MAIN));
    assert_eq!(visit["utm_source"], "news");
    assert_eq!(visit["$referring_domain"], "search.example");
    let visitor = parsed(page.tab.browser.local(MAIN));
    assert_eq!(visitor.get("utm_source"), None);
    assert_eq!(visitor.get("$referrer"), None);
}

#[test]
fn the_cookie_repeats_what_says_who_the_visitor_is() {
    let custom = ["plan".to_owned()];
    let mut page = Page::open(&[("cookie_persisted_properties", Value::List(&custom))]);
    page.register(r#"{"plan":"pro","other":1}"#);
    let id = page.distinct_id();
    page.identify("ann");
    let cookie = page.tab.browser.cookie(MAIN).unwrap();
    let keys: Vec<_> = [
        "$device_id",
        "distinct_id",
        "$sesid",
        "$epp",
        "$initial_person_info",
    ]
    .into_iter()
    .chain(["$user_state", "plan"])
    .map(|key| cookie.find(&format!("\"{key}\":")).unwrap())
    .collect();
    assert!(keys.is_sorted(), "{cookie}");
    let cookie: Json = serde_json::from_str(&cookie).unwrap();
    assert_eq!(cookie["distinct_id"], "ann");
    assert_eq!(cookie["$device_id"], id.as_str());
    assert_eq!(cookie["$user_state"], "identified");
    assert_eq!(cookie.as_object().unwrap().len(), 7);
}

#[test]
fn a_visitor_is_known_by_the_cookie_alone() {
    let mut page = Page::open(&[]);
    page.identify("ann");
    let before = page.captured("event")["properties"].clone();
    page.leave();
    page.tab.browser.contents().local.clear();
    let mut page = page.tab.open(&[]);
    let after = page.captured("event")["properties"].clone();
    for key in ["distinct_id", "$device_id", "$session_id", "$is_identified"] {
        assert_eq!(before[key], after[key], "{key}");
    }
    assert_eq!(parsed(page.tab.browser.local(MAIN))["distinct_id"], "ann");
}

#[test]
fn a_changed_mode_takes_the_visitor_along() {
    for from in MODES {
        for to in MODES {
            let mut page = Page::open(&[("persistence", Value::Text(from))]);
            page.identify("ann");
            page.register(r#"{"plan":"pro"}"#);
            page.captured("event");
            page.set("persistence", Value::Text(to));
            assert_eq!(page.distinct_id(), "ann");
            page.reload(&[("persistence", Value::Text(to))]);
            let known = page.distinct_id() == "ann";
            assert_eq!(known, to != "memory", "{from} to {to}");
            if known {
                assert_eq!(page.property("plan"), "pro", "{from} to {to}");
            }
            let browser = &page.tab.browser;
            let uses = |place: &str| to.to_lowercase().contains(place);
            assert_eq!(
                browser.local(MAIN).is_some(),
                uses("localstorage"),
                "{from} to {to}"
            );
            assert_eq!(
                browser.cookie(MAIN).is_some(),
                uses("cookie"),
                "{from} to {to}"
            );
        }
    }
}

#[test]
fn the_next_page_can_have_another_mode() {
    for from in MODES {
        for to in MODES {
            let mut page = Page::open(&[("persistence", Value::Text(from))]);
            page.identify("ann");
            page.reload(&[("persistence", Value::Text(to))]);
            let known = page.distinct_id() == "ann";
            assert_eq!(known, from != "memory" && to != "memory", "{from} to {to}");
        }
    }
}

#[test]
fn stores_of_two_names_do_not_meet() {
    let browser = Browser::start();
    let settings: [Settings<'_>; 2] = [
        &[("persistence_name", Value::Text("one"))],
        &[("persistence_name", Value::Text("two"))],
    ];
    let [mut one, mut two] = settings.map(|settings| browser.tab().open(settings));
    one.identify("ann");
    assert_ne!(two.distinct_id(), "ann");
    assert!(browser.local("ph_one").is_some());
    assert!(browser.cookie("ph_one").is_some());
    one.reload(settings[0]);
    assert_eq!(one.distinct_id(), "ann");
}

#[test]
fn nothing_is_stored_where_persistence_is_disabled() {
    let settings = [("disable_persistence", Value::Boolean(true))];
    let mut page = Page::open(&[]);
    page.identify("ann");
    page.reload(&settings);
    assert!(page.capture("event").is_some());
    page.leave();
    assert!(page.tab.browser.contents().local.is_empty());
    assert!(page.tab.browser.cookies().is_empty());
    assert!(page.tab.session.borrow().is_empty());
}

/// What can be wrong with a browser.
type Limit = fn(&Browser);

/// Limits, and whether the browser can still remember the visitor.
const LIMITS: [(&str, Limit, bool); 5] = [
    (
        "no localStorage",
        |browser| browser.contents().allows_local = false,
        true,
    ),
    (
        "a full localStorage",
        |browser| browser.contents().local_quota = 100,
        true,
    ),
    (
        "no cookies",
        |browser| browser.contents().allows_cookies = false,
        true,
    ),
    (
        "no sessionStorage",
        |browser| browser.contents().allows_session = false,
        true,
    ),
    (
        "nothing",
        |browser| {
            let mut contents = browser.contents();
            contents.allows_local = false;
            contents.allows_session = false;
            contents.allows_cookies = false;
        },
        false,
    ),
];

#[test]
fn events_are_captured_and_the_visitor_is_remembered_as_well_as_the_browser_lets_us() {
    for (name, limit, remembers) in LIMITS {
        let browser = Browser::start();
        limit(&browser);
        let mut page = browser.tab().open(&[]);
        page.identify("ann");
        page.register(r#"{"plan":"pro"}"#);
        assert!(page.capture("event").is_some(), "{name}");
        page.reload(&[]);
        let event = page.captured("event")["properties"].clone();
        assert_eq!(event["distinct_id"] == "ann", remembers, "{name}");
        assert_eq!(event["plan"] == "pro", remembers, "{name}");
        assert!(event["$session_id"].is_string());
        let mut other = browser.tab().open(&[]);
        assert_eq!(other.distinct_id() == "ann", remembers, "{name}");
    }
}

#[test]
fn a_store_that_fills_up_later_does_not_lose_the_visitor() {
    let mut page = Page::open(&[]);
    page.identify("ann");
    page.tab.browser.contents().local_quota = 100;
    page.register(r#"{"plan":"pro"}"#);
    let event = page.captured("event")["properties"].clone();
    assert_eq!(
        (&event["distinct_id"], &event["plan"]),
        (&json!("ann"), &json!("pro"))
    );
    page.reload(&[]);
    let event = page.captured("event")["properties"].clone();
    assert_eq!(
        (&event["distinct_id"], &event["plan"]),
        (&json!("ann"), &json!("pro"))
    );
}

#[test]
fn tabs_of_a_full_browser_follow_one_another_no_further_back_than_now() {
    let browser = Browser::start();
    browser.tab().open(&[]).leave();
    browser.contents().local.clear();
    browser.contents().local_quota = 100;
    let mut here = browser.tab().open(&[]);
    let mut there = browser.tab().open(&[]);
    here.identify("ann");
    here.register(r#"{"plan":"pro"}"#);
    there.opt_in();
    let event = here.captured("event")["properties"].clone();
    assert_eq!(event["distinct_id"], "ann");
    assert_eq!(event["plan"], "pro");
}

#[test]
fn what_does_not_fit_the_cookie_goes_with_events_all_the_same() {
    let settings = [("persistence", Value::Text("cookie"))];
    let mut page = Page::open(&settings);
    let large = "x".repeat(5_000);
    page.register(&format!(r#"{{"large":"{large}","plan":"pro"}}"#));
    assert_eq!(page.errors.len(), 1, "{:?}", page.errors);
    assert!(page.errors[0].ends_with(" large"), "{:?}", page.errors);
    for _ in 0..2 {
        let event = page.captured("event")["properties"].clone();
        assert_eq!(event["large"], large.as_str());
        assert_eq!(event["plan"], "pro");
    }
    assert_eq!(page.errors.len(), 1, "said once");
    page.reload(&settings);
    let event = page.captured("event")["properties"].clone();
    assert_eq!(event.get("large"), None);
    assert_eq!(event["plan"], "pro");
}
