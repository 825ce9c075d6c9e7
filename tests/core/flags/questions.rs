//! What the server is asked.

use hoglet::core::config::Value;
use hoglet::core::json;
use serde_json::{Value as Json, json};

use super::asked;
use crate::page::{Page, TOKEN};

fn members(text: &str) -> Vec<String> {
    json::members(text)
        .map(|member| member.key().into_owned())
        .collect()
}

#[test]
fn a_question_has_what_flags_depend_on_in_the_order_of_posthog_js() {
    let contexts = ["shop".to_owned()];
    let keys = ["on".to_owned(), " x ".to_owned()];
    let mut page = Page::with_flags(&[
        ("api_host", Value::Text("https://hog.example")),
        ("evaluation_contexts", Value::List(&contexts)),
        ("flag_keys.list", Value::List(&keys)),
        ("flag_keys.given", Value::Boolean(true)),
    ]);
    let anonymous_id = page.distinct_id();
    page.group("company", "hog", r#"{"size":3}"#);
    page.identify_with("ada", r#"{"plan":"pro"}"#, r#"{"first":1}"#);
    let request = page.ask_once();
    assert_eq!(request.url, "https://hog.example/flags/?v=2");
    assert_eq!(
        members(&request.body),
        [
            "token",
            "distinct_id",
            "groups",
            "$anon_distinct_id",
            "person_properties",
            "group_properties",
            "timezone",
            "$device_id",
            "evaluation_contexts",
            "flag_keys",
            "sent_at",
        ]
    );
    let body = asked(&request);
    assert_eq!(body["token"], TOKEN);
    assert_eq!(body["distinct_id"], "ada");
    assert_eq!(body["groups"], json!({"company": "hog"}));
    assert_eq!(body["$anon_distinct_id"], anonymous_id.as_str());
    assert_eq!(body["group_properties"], json!({"company": {"size": 3}}));
    assert_eq!(body["timezone"], "Europe/Vienna");
    assert_eq!(body["$device_id"], anonymous_id.as_str());
    assert_eq!(body["evaluation_contexts"], json!(["shop"]));
    assert_eq!(body["flag_keys"], json!(["on", " x "]));
    assert_eq!(body["sent_at"], "2026-01-02T02:04:05.683Z");
    let person = json::members(&request.body).find(|member| member.key() == "person_properties");
    let mut keys = members(person.unwrap().value);
    assert_eq!(keys[0], "$initial_referrer");
    assert_eq!(
        keys.split_off(keys.len() - 4),
        ["first", "plan", "$lib", "$lib_version"]
    );
    assert!(keys.iter().all(|key| key.starts_with("$initial_")));
}

#[test]
fn what_there_is_not_is_left_out() {
    let mut page = Page::with_flags(&[("flags_api_host", Value::Text("https://flags.example"))]);
    let request = page.ask_once();
    assert_eq!(request.url, "https://flags.example/flags/?v=2");
    assert_eq!(
        members(&request.body),
        [
            "token",
            "distinct_id",
            "groups",
            "person_properties",
            "timezone",
            "$device_id",
            "sent_at",
        ]
    );
    let body = asked(&request);
    assert_eq!(body["groups"], json!({}));
    assert_eq!(body["person_properties"]["$lib"], "hoglet");
    let given = ("flag_keys.given", Value::Boolean(true));
    let body = asked(&Page::with_flags(&[given]).ask_once());
    assert_eq!(body["flag_keys"], json!([]), "none, as the app says");
}

#[test]
fn without_cookies_there_is_no_device() {
    let mut page = Page::with_flags(&[("cookieless_mode", Value::Text("always"))]);
    let body = asked(&page.ask_once());
    assert_eq!(body["distinct_id"], "$posthog_cookieless");
    assert_eq!(body.get("$device_id"), None);
    assert!(page.tab.browser.contents().local.is_empty());
}

#[test]
fn the_anonymous_id_is_told_until_the_server_has_heard_of_it() {
    let mut page = Page::with_flags(&[]);
    let anonymous_id = page.distinct_id();
    page.learn(&json!({}));
    page.identify("ada");
    let told = |request| asked(request)["$anon_distinct_id"].clone();
    let request = page.ask_once();
    assert_eq!(told(&request), anonymous_id.as_str());
    page.answer_status(&request, 500);
    page.reload_flags();
    let request = page.learn(&json!({}));
    assert_eq!(told(&request), anonymous_id.as_str());
    page.reload_flags();
    assert_eq!(told(&page.ask_once()), Json::Null);
}

#[test]
fn a_reset_forgets_the_anonymous_id() {
    let mut page = Page::with_flags(&[]);
    page.identify("ada");
    page.reset();
    assert_eq!(asked(&page.ask_once()).get("$anon_distinct_id"), None);
    page.reset();
    let anonymous_id = page.distinct_id();
    page.identify("zed");
    let body = asked(&page.ask_once());
    assert_eq!(body["$anon_distinct_id"], anonymous_id.as_str());
}

/// How often a call asks.
fn asks(page: &mut Page, call: impl FnOnce(&mut Page)) -> usize {
    call(page);
    let requests = page.asked();
    for request in &requests {
        page.answer_text(request, r#"{"flags":{}}"#);
    }
    requests.len()
}

#[test]
fn identify_asks_if_it_says_anything_new() {
    let page = &mut Page::with_flags(&[]);
    page.learn(&json!({}));
    let plan = |plan: &str| format!(r#"{{"plan":"{plan}"}}"#);
    assert_eq!(
        asks(page, |page| drop(page.identify_with("ada", &plan("a"), ""))),
        1
    );
    assert_eq!(asks(page, |page| drop(page.identify("ada"))), 0);
    assert_eq!(
        asks(page, |page| drop(page.identify_with("ada", &plan("b"), ""))),
        1
    );
    assert_eq!(
        asks(page, |page| drop(page.identify_with("ada", &plan("b"), ""))),
        0
    );
    assert_eq!(asks(page, |page| drop(page.identify("bob"))), 1);
    assert_eq!(asks(page, Page::reset), 1);
    let own = page.distinct_id();
    assert_eq!(asks(page, |page| drop(page.identify(&own))), 0);
    page.reset();
    page.learn(&json!({}));
    let own = page.distinct_id();
    assert_eq!(
        asks(page, |page| drop(page.identify_with(&own, &plan("a"), ""))),
        1
    );
}

#[test]
fn groups_ask_if_they_say_anything() {
    let page = &mut Page::with_flags(&[]);
    page.learn(&json!({}));
    let size = r#"{"size":3}"#;
    for (key, set, count) in [
        ("hog", "", 1),
        ("hog", "", 0),
        ("hog", size, 1),
        ("hog", size, 1),
        ("other", "", 1),
    ] {
        assert_eq!(
            asks(page, |page| drop(page.group("company", key, set))),
            count,
            "{key} {set}"
        );
    }
    assert_eq!(
        page.property("$stored_group_properties"),
        json!({"company": {}})
    );
    let reset = |page: &mut Page| page.task(hoglet::core::Client::reset_groups);
    assert_eq!(asks(page, reset), 1);
    assert_eq!(page.property("$stored_group_properties"), Json::Null);
}

#[test]
fn properties_of_groups_are_merged_for_each_type() {
    let page = &mut Page::with_flags(&[]);
    page.learn(&json!({}));
    let set = |groups: &'static str, reloads| {
        move |page: &mut Page| {
            page.task(|client, now| client.set_flag_groups(now, groups, reloads));
        }
    };
    assert_eq!(
        asks(page, set(r#"{"company":{"size":3},"team":{"a":1}}"#, true)),
        1
    );
    assert_eq!(asks(page, set(r#"{"company":{"name":"hog"}}"#, false)), 0);
    let all = json!({"company": {"size": 3, "name": "hog"}, "team": {"a": 1}});
    assert_eq!(page.property("$stored_group_properties"), all);
    let reset = |kind: &'static str| {
        move |page: &mut Page| page.task(|client, _| client.reset_flag_groups(kind))
    };
    assert_eq!(asks(page, reset("team")), 0);
    assert_eq!(page.property("$stored_group_properties")["team"], json!({}));
    assert_eq!(asks(page, reset("")), 0);
    assert_eq!(page.property("$stored_group_properties"), Json::Null);
}

#[test]
fn properties_of_the_person_ask_if_they_are_new() {
    let page = &mut Page::with_flags(&[]);
    page.learn(&json!({}));
    let plan = r#"{"plan":"pro"}"#;
    assert_eq!(asks(page, |page| drop(page.set_person(plan, ""))), 1);
    assert_eq!(asks(page, |page| drop(page.set_person(plan, ""))), 0);
    assert_eq!(
        asks(page, |page| drop(
            page.set_person("", r#"{"plan":"x","first":1}"#)
        )),
        1
    );
    let stored = json!({"plan": "pro", "first": 1});
    assert_eq!(page.property("$stored_person_properties"), stored);
    let unset = |page: &mut Page| {
        page.event(|client, now| client.unset_person_properties(now, r#"["plan"]"#));
    };
    assert_eq!(asks(page, unset), 1);
    assert_eq!(
        page.property("$stored_person_properties"),
        json!({"first": 1})
    );
}

#[test]
fn an_event_that_sets_properties_asks_if_that_changes_something() {
    let page = &mut Page::with_flags(&[]);
    page.learn(&json!({}));
    let event = |properties: &'static str| {
        move |page: &mut Page| drop(page.captured_with("event", properties))
    };
    assert_eq!(asks(page, event(r#"{"$set":{"plan":"pro"}}"#)), 1);
    assert_eq!(asks(page, event(r#"{"$set":{"plan":"pro"}}"#)), 0);
    assert_eq!(asks(page, event(r#"{"$set":{}}"#)), 0);
    assert_eq!(asks(page, event(r#"{"$set_once":{"first":1}}"#)), 0);
    assert_eq!(asks(page, event(r#"{"plan":"other"}"#)), 0);
    assert_eq!(
        page.property("$stored_person_properties"),
        json!({"plan": "pro"})
    );
    let set = |page: &mut Page| {
        page.event(|client, now| {
            let capture = hoglet::core::event::Capture {
                name: "event",
                set: r#"{"plan":"free"}"#,
                ..Default::default()
            };
            client.capture(now, &capture)
        });
    };
    assert_eq!(asks(page, set), 1);
    assert_eq!(
        page.property("$stored_person_properties"),
        json!({"plan": "free"})
    );
}

#[test]
fn properties_for_flags_ask_unless_the_app_says_otherwise() {
    let page = &mut Page::with_flags(&[]);
    page.learn(&json!({}));
    let set = |set: &'static str, once: &'static str, reloads| {
        move |page: &mut Page| page.set_flag_person(set, once, reloads)
    };
    assert_eq!(asks(page, set(r#"{"plan":"pro"}"#, "", true)), 1);
    assert_eq!(asks(page, set(r#"{"plan":"pro"}"#, "", true)), 1);
    assert_eq!(
        asks(page, set(r#"{"a":1}"#, r#"{"plan":"x","b":2}"#, false)),
        0
    );
    let stored = json!({"plan": "pro", "b": 2, "a": 1});
    assert_eq!(page.property("$stored_person_properties"), stored);
    let reset = |reloads| {
        move |page: &mut Page| page.task(|client, now| client.reset_flag_person(now, reloads))
    };
    assert_eq!(asks(page, reset(false)), 0);
    assert_eq!(asks(page, reset(true)), 1);
    assert_eq!(page.property("$stored_person_properties"), Json::Null);
}
