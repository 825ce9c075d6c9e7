//! What events tell of flags.

use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use crate::page::Page;

/// What an event captured now tells of flags.
fn told(page: &mut Page) -> Json {
    let event = page.captured("event");
    let mut told = event["properties"].as_object().unwrap().clone();
    told.retain(|key, _| key.contains("feature"));
    Json::Object(told)
}

#[test]
fn events_tell_of_every_flag_once_flags_are_known() {
    let mut page = Page::with_flags(&[]);
    assert_eq!(told(&mut page), json!({}));
    page.learn(&json!({
        "on": true,
        "off": false,
        "variant": {"enabled": true, "variant": "blue", "metadata": {"payload": "1"}},
    }));
    let all = json!({
        "$active_feature_flags": ["on", "variant"],
        "$feature_flag_payloads": {"variant": "1"},
        "$feature_flag_request_id": "request",
        "$feature/on": true,
        "$feature/off": false,
        "$feature/variant": "blue",
    });
    let mut expected = all.clone();
    assert_eq!(told(&mut page), expected);
    page.override_flags(r#"{"on":false,"more":true}"#, "");
    expected["$override_feature_flags"] = json!({"on": false, "more": true});
    assert_eq!(
        told(&mut page),
        expected,
        "what the server said, and the overrides"
    );
    page.reload(&[]);
    assert_eq!(told(&mut page), expected, "of an earlier page");
    page.override_flags("false", "");
    assert_eq!(told(&mut page), all);
    page.reset();
    assert_eq!(told(&mut page), json!({}));
}

#[test]
fn they_stand_between_what_the_visit_tells_and_the_token() {
    let mut page = Page::with_flags(&[]);
    page.learn(&json!({"on": true, "off": false}));
    page.override_flags(r#"{"on":"mine"}"#, "");
    page.captured("event");
    page.client.flush();
    page.settle();
    let text = page.requests.remove(0).body;
    let mut rest = &*text;
    for key in [
        "$referring_domain",
        "$active_feature_flags",
        "$feature_flag_payloads",
        "$feature_flag_request_id",
        "$override_feature_flags",
        "$feature/",
        "token",
    ] {
        rest = rest.split_once(&format!("\"{key}")).expect(key).1;
    }
}

#[test]
fn what_the_app_began_with_is_told() {
    let mut page = Page::begun_with(r#"{"on":"boot","off":false}"#, r#"{"on":{"a":1}}"#);
    let expected = json!({
        "$active_feature_flags": ["on"],
        "$feature_flag_payloads": {"on": {"a": 1}},
        "$feature/on": "boot",
        "$feature/off": false,
    });
    assert_eq!(told(&mut page), expected);
}

#[test]
fn of_a_failure_events_tell_nothing() {
    let mut page = Page::with_flags(&[]);
    let request = page.ask_once();
    page.answer_status(&request, 500);
    assert_eq!(told(&mut page), json!({}));
}

#[test]
fn of_what_is_too_old_the_values_are_not_told() {
    let settings = [
        ("feature_flag_cache_ttl_ms", Value::Number(1_000.0)),
        ("flag_refresh.interval_ms", Value::Number(0.0)),
    ];
    let mut page = Page::with_flags(&settings);
    page.learn(&json!({"on": true}));
    assert_eq!(told(&mut page)["$feature/on"], true);
    page.pass(1_000);
    page.settle();
    let told = told(&mut page);
    assert_eq!(told.get("$feature/on"), None);
    assert_eq!(told["$active_feature_flags"], json!(["on"]));
}
