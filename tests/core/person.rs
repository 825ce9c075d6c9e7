//! What is known of the visitor as a person, their groups, and whether there is a person at all.

use hoglet::core::Client;
use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use crate::browser::Browser;
use crate::page::{MAIN, Page, Visit, names};

const ALWAYS: (&str, Value<'_>) = ("person_profiles", Value::Text("always"));
const NEVER: (&str, Value<'_>) = ("person_profiles", Value::Text("never"));

fn processes_person(event: &Json) -> bool {
    event["properties"]["$process_person_profile"]
        .as_bool()
        .unwrap()
}

#[test]
fn persons_are_made_of_those_whom_the_app_knows_and_of_those_it_speaks_of() {
    let ways: [fn(&mut Page); 6] = [
        |page| drop(page.identify("ann")),
        |page| drop(page.alias("ann", "")),
        |page| drop(page.group("company", "acme", "")),
        |page| drop(page.set_person(r#"{"a":1}"#, "")),
        |page| {
            page.event(|client, now| client.unset_person_properties(now, r#"["a"]"#));
        },
        |page| {
            page.event(|client, now| client.create_person_profile(now));
        },
    ];
    for way in ways {
        let mut page = Page::open(&[]);
        assert!(!processes_person(&page.captured("before")));
        way(&mut page);
        assert!(processes_person(&page.captured("after")));
        page.reload(&[]);
        assert!(processes_person(&page.captured("on the next page")));
    }
}

#[test]
fn persons_can_be_made_of_everybody() {
    let mut page = Page::open(&[ALWAYS]);
    assert!(processes_person(&page.captured("event")));
    page.reload(&[]);
    assert!(
        processes_person(&page.captured("event")),
        "once made, a person stays one"
    );
}

#[test]
fn persons_can_be_made_of_nobody() {
    let mut page = Page::open(&[NEVER]);
    let id = page.distinct_id();
    assert_eq!(page.identify("ann"), None);
    assert_eq!(page.alias("ann", ""), None);
    assert_eq!(page.set_person(r#"{"a":1}"#, ""), None);
    let unset = page.event(|client, now| client.unset_person_properties(now, r#"["a"]"#));
    assert_eq!(unset, None);
    assert_eq!(page.errors.len(), 4, "{:?}", page.errors);
    assert_eq!(page.group("company", "acme", ""), None);
    let event = page.captured("event");
    assert!(!processes_person(&event));
    assert_eq!(event["properties"]["distinct_id"], id.as_str());
    assert_eq!(event["properties"]["$groups"], json!({"company": "acme"}));
    assert_eq!(event.get("$set_once"), None);
}

#[test]
fn persons_properties_are_set_and_what_was_just_said_is_not_said_again() {
    let mut page = Page::open(&[]);
    let event = page
        .set_person(r#"{"plan":"pro"}"#, r#"{"first":1}"#)
        .unwrap();
    assert_eq!(event["event"], "$set");
    assert_eq!(event["properties"]["$set"], json!({"plan": "pro"}));
    assert_eq!(event["properties"]["$set_once"], json!({"first": 1}));
    assert_eq!(page.set_person(r#"{"plan":"pro"}"#, r#"{"first":1}"#), None);
    assert!(page.set_person(r#"{"plan":"free"}"#, "").is_some());
    assert!(
        page.set_person(r#"{"plan":"pro"}"#, r#"{"first":1}"#)
            .is_some()
    );
    assert_eq!(page.set_person("", ""), None);
}

#[test]
fn another_person_is_told_the_same_properties() {
    let mut page = Page::open(&[]);
    page.identify_with("ann", r#"{"plan":"pro"}"#, "");
    assert_eq!(page.set_person(r#"{"plan":"pro"}"#, ""), None);
    let event = page.identify_with("bob", r#"{"plan":"pro"}"#, "");
    assert_eq!(event.unwrap()["properties"]["distinct_id"], "bob");
}

#[test]
fn what_could_not_be_captured_was_not_said() {
    let mut page = Page::open(&[]);
    page.opt_out();
    assert_eq!(page.set_person(r#"{"plan":"pro"}"#, ""), None);
    page.task(|client, now| client.opt_in(now, "", ""));
    assert!(page.set_person(r#"{"plan":"pro"}"#, "").is_some());
}

#[test]
fn persons_properties_are_unset_and_can_be_set_again() {
    let mut page = Page::open(&[]);
    page.set_person(r#"{"plan":"pro"}"#, "");
    let event = page
        .event(|client, now| client.unset_person_properties(now, r#"["plan"]"#))
        .unwrap();
    assert_eq!(event["event"], "$set");
    assert_eq!(event["properties"]["$unset"], json!(["plan"]));
    assert!(page.set_person(r#"{"plan":"pro"}"#, "").is_some());
}

#[test]
fn a_profile_is_made_once() {
    let mut page = Page::open(&[]);
    let make = |page: &mut Page| page.event(|client, now| client.create_person_profile(now));
    assert_eq!(make(&mut page).unwrap()["event"], "$set");
    assert_eq!(make(&mut page), None);
}

#[test]
fn the_first_event_of_a_page_tells_how_the_person_arrived() {
    let mut page = Page::open(&[ALWAYS]);
    let told = page.captured("first")["$set_once"].clone();
    for (key, value) in [
        ("$initial_referrer", json!("https://search.example/")),
        ("$initial_referring_domain", json!("search.example")),
        (
            "$initial_current_url",
            json!("https://shop.example/cart?utm_source=news"),
        ),
        ("$initial_host", json!("shop.example")),
        ("$initial_pathname", json!("/cart")),
        ("$initial_utm_source", json!("news")),
        ("$initial_utm_medium", Json::Null),
        ("$initial_gclid", Json::Null),
        ("$referrer", json!("https://search.example/")),
        (
            "$current_url",
            json!("https://shop.example/cart?utm_source=news"),
        ),
        ("utm_source", json!("news")),
    ] {
        assert_eq!(told.get(key), Some(&value), "{key}");
    }
    assert_eq!(page.captured("second").get("$set_once"), None);
    let identify = page
        .identify_with("ann", "", r#"{"$initial_host":"mine"}"#)
        .unwrap();
    assert_eq!(identify["$set_once"]["$initial_utm_source"], "news");
    assert_eq!(
        identify["$set_once"]["$initial_host"], "mine",
        "the app's word counts"
    );
}

#[test]
fn the_first_arrival_stays_the_first() {
    let tab = Browser::start().tab();
    tab.open(&[]).captured("event");
    let mut page = tab.visit(&Visit {
        settings: &[ALWAYS],
        url: "https://shop.example/later",
        referrer: "https://elsewhere.example/",
        ..Visit::default()
    });
    let told = page.captured("event")["$set_once"].clone();
    assert_eq!(told["$initial_pathname"], "/cart");
    assert_eq!(told["$initial_referring_domain"], "search.example");
}

#[test]
fn what_older_versions_noted_of_the_arrival_is_told_too() {
    let browser = Browser::start();
    browser.contents().local.insert(
        MAIN.to_owned(),
        r#"{"distinct_id":"d","$initial_referrer_info":{"$referrer":"https://old.example/","referring_domain":"old.example"},"$initial_campaign_params":{"utm_source":"old"}}"#
            .to_owned(),
    );
    let mut page = browser.tab().open(&[ALWAYS]);
    let told = page.captured("event")["$set_once"].clone();
    assert_eq!(told["$initial_referrer"], "https://old.example/");
    assert_eq!(told["$initial_utm_source"], "old");
    assert_eq!(page.property("$initial_person_info"), Json::Null);
}

#[test]
fn a_group_is_told_when_it_is_new_or_something_is_said_of_it() {
    let mut page = Page::open(&[]);
    let event = page.group("company", "acme", "").unwrap();
    assert_eq!(event["event"], "$groupidentify");
    assert_eq!(event["properties"]["$group_type"], "company");
    assert_eq!(event["properties"]["$group_key"], "acme");
    assert_eq!(event["properties"].get("$group_set"), None);
    assert!(event["$set_once"].is_object());
    assert_eq!(page.group("company", "acme", ""), None);
    let event = page.group("company", "acme", r#"{"size":3}"#).unwrap();
    assert_eq!(event["properties"]["$group_set"], json!({"size": 3}));
    page.group("team", "blue", "");
    let event = page.captured("event");
    assert_eq!(
        event["properties"]["$groups"],
        json!({"company": "acme", "team": "blue"})
    );
    assert!(
        event["$set_once"].is_object(),
        "the first event that tells of a person tells how they arrived, and groups are none"
    );
    assert!(page.group("company", "other", "").is_some());
}

#[test]
fn groups_are_left_again() {
    let mut page = Page::open(&[]);
    page.group("company", "acme", "");
    page.reload(&[]);
    assert_eq!(page.property("$groups"), json!({"company": "acme"}));
    page.task(Client::reset_groups);
    let event = page.captured("event");
    assert_eq!(event["properties"]["$groups"], json!({}));
    assert!(page.group("company", "acme", "").is_some());
}

#[test]
fn an_event_can_name_its_groups() {
    let mut page = Page::open(&[]);
    page.group("company", "acme", "");
    let groups = |page: &mut Page, named| {
        let event = page.captured_with("event", named).unwrap();
        event["properties"].get("$groups").cloned()
    };
    assert_eq!(
        groups(&mut page, r#"{"$groups":{"team":"blue"}}"#),
        Some(json!({"company": "acme", "team": "blue"}))
    );
    assert_eq!(groups(&mut page, r#"{"$groups":{}}"#), Some(json!({})));
    assert_eq!(groups(&mut page, ""), Some(json!({"company": "acme"})));
}

#[test]
fn a_group_without_type_or_key_is_refused_and_said() {
    let mut page = Page::open(&[]);
    assert_eq!(page.group("", "acme", ""), None);
    assert_eq!(page.group("company", "", ""), None);
    assert_eq!(page.errors.len(), 2);
    assert_eq!(names(&page.deliver()), [""; 0]);
}
