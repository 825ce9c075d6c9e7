//! `$feature_flag_called`: what the app was answered, told once.

use hoglet::core::config::Value;
use serde_json::{Map, Value as Json, json};

use crate::browser::STARTED;
use crate::page::Page;

/// The event's own properties of flags, without those that every event has, and those that are null.
pub(super) fn told(event: &Json) -> Json {
    let properties = event["properties"].as_object().unwrap();
    let own = properties.iter().filter(|(key, value)| {
        let is_shared = ["$feature_flag_payloads", "$feature_flag_request_id"].contains(&&***key);
        let is_of_flags = key.starts_with("$feature_flag") || *key == "$used_bootstrap_value";
        is_of_flags && !is_shared && !value.is_null()
    });
    let own: Map<_, _> = own
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Json::Object(own)
}

fn detail(value: &Json) -> Json {
    let payload = value.is_string().then_some(r#"{"color":"blue"}"#);
    json!({
        "enabled": value != false,
        "variant": value.as_str(),
        "reason": {"code": "condition_match", "description": "Matched condition set 1"},
        "metadata": {"id": 7, "version": 3, "payload": payload},
    })
}

/// A page that knows a flag that is on, one that is off and one with a variant and a payload.
pub(super) fn knowing(settings: &[(&str, Value<'_>)]) -> Page {
    let mut page = Page::with_flags(settings);
    page.learn(&json!({
        "on": detail(&json!(true)),
        "off": detail(&json!(false)),
        "variant": detail(&json!("blue")),
    }));
    page
}

#[test]
fn what_the_server_said_of_a_flag_is_told() {
    let mut page = knowing(&[]);
    let expected = |key: &str, value: &Json| {
        json!({
            "$feature_flag": key,
            "$feature_flag_response": value,
            "$feature_flag_evaluated_at": STARTED,
            "$used_bootstrap_value": false,
            "$feature_flag_version": 3,
            "$feature_flag_reason": "Matched condition set 1",
            "$feature_flag_id": 7,
            "$feature_flag_source": "server",
        })
    };
    for (key, value) in [("on", json!(true)), ("off", json!(false))] {
        let event = page.flag_called(key).unwrap();
        assert_eq!(event["event"], "$feature_flag_called");
        assert_eq!(told(&event), expected(key, &value));
        let nulls = ["payload", "bootstrapped_response", "bootstrapped_payload"];
        for key in nulls.map(|key| format!("$feature_flag_{key}")) {
            assert_eq!(event["properties"].get(&key), Some(&Json::Null), "{key}");
        }
        assert_eq!(event["properties"]["$feature_flag_request_id"], "request");
    }
    let mut with_payload = expected("variant", &json!("blue"));
    with_payload["$feature_flag_payload"] = json!(r#"{"color":"blue"}"#);
    assert_eq!(told(&page.flag_called("variant").unwrap()), with_payload);
}

#[test]
fn properties_are_told_in_the_order_of_posthog_js() {
    let mut page = Page::with_flags(&[]);
    let mut flag = detail(&json!("blue"));
    flag["metadata"]["has_experiment"] = json!(true);
    page.learn(&json!({"a": flag}));
    page.override_flags(r#"{"a":false}"#, "");
    let text = page
        .task(|client, now| client.flag_called(now, "a"))
        .unwrap();
    let properties = text.split_once(r#""properties":{"#).unwrap().1;
    let mut rest = properties;
    for key in [
        "$feature_flag",
        "$feature_flag_response",
        "$feature_flag_payload",
        "$feature_flag_evaluated_at",
        "$feature_flag_bootstrapped_response",
        "$feature_flag_bootstrapped_payload",
        "$used_bootstrap_value",
        "$feature_flag_has_experiment",
        "$feature_flag_version",
        "$feature_flag_reason",
        "$feature_flag_id",
        "$feature_flag_original_response",
        "$feature_flag_original_payload",
    ] {
        let found = rest.split_once(&format!("\"{key}\":"));
        rest = found.unwrap_or_else(|| panic!("{key}: {properties}")).1;
    }
}

#[test]
fn a_flag_that_nobody_knows_is_missing() {
    let mut page = knowing(&[]);
    let expected = json!({
        "$feature_flag": "nope",
        "$feature_flag_evaluated_at": STARTED,
        "$used_bootstrap_value": false,
        "$feature_flag_error": "flag_missing",
        "$feature_flag_source": "server",
    });
    let event = page.flag_called("nope").unwrap();
    assert_eq!(told(&event), expected);
    assert_eq!(event["properties"].get("$feature_flag_response"), None);
}

#[test]
fn as_long_as_nothing_is_known_nothing_is_told() {
    let mut page = Page::with_flags(&[]);
    assert_eq!(page.flag_called("on"), None);
    page.learn(&json!({"on": true}));
    assert!(page.flag_called("on").is_some());
}

#[test]
fn after_a_failure_its_reason_is_told() {
    let mut page = Page::with_flags(&[]);
    let request = page.ask_once();
    page.answer_status(&request, 500);
    let event = told(&page.flag_called("on").unwrap());
    assert_eq!(event["$feature_flag_error"], "api_error_500,flag_missing");
    assert_eq!(event["$used_bootstrap_value"], true);
    page.reload_flags();
    page.learn(&json!({"on": true}));
    page.reload(&[super::ON]);
    let request = page.ask_once();
    page.answer_status(&request, 0);
    let event = told(&page.flag_called("on").unwrap());
    assert_eq!(event["$feature_flag_error"], "connection_error");
    assert_eq!(event["$feature_flag_response"], true);
    assert_eq!(event["$feature_flag_source"], "cache");
}

#[test]
fn what_is_from_an_earlier_page_says_so_with_its_age() {
    let mut page = knowing(&[]);
    page.flag_called("on");
    page.pass(60_000);
    page.reload(&[super::ON]);
    assert_eq!(page.flag_called("on"), None, "told on the page before");
    let event = told(&page.flag_called("off").unwrap());
    assert_eq!(event["$feature_flag_source"], "cache");
    assert_eq!(event["$feature_flag_age_ms"], 60_005);
    assert_eq!(event["$used_bootstrap_value"], true);
    assert_eq!(event["$feature_flag_version"], 3);
}

#[test]
fn what_the_app_began_with_is_told_beside_what_the_server_said() {
    let mut page = Page::begun_with(r#"{"on":"boot","off":false}"#, r#"{"on":{"a":1}}"#);
    let event = told(&page.flag_called("on").unwrap());
    let expected = json!({
        "$feature_flag": "on",
        "$feature_flag_response": "boot",
        "$feature_flag_payload": {"a": 1},
        "$feature_flag_bootstrapped_response": "boot",
        "$feature_flag_bootstrapped_payload": {"a": 1},
        "$used_bootstrap_value": true,
        "$feature_flag_source": "bootstrap",
        "$feature_flag_age_ms": 0,
    });
    assert_eq!(event, expected);
    let event = told(&page.flag_called("nope").unwrap());
    assert_eq!(event["$feature_flag_error"], "flag_missing");
    page.reload_flags();
    page.learn(&json!({"on": "real"}));
    let event = told(&page.flag_called("on").unwrap());
    assert_eq!(event["$feature_flag_response"], "real");
    assert_eq!(event["$feature_flag_bootstrapped_response"], "boot");
    assert_eq!(event["$used_bootstrap_value"], false);
}

#[test]
fn overrides_are_told_and_what_they_hide_if_it_is_the_opposite() {
    let mut page = knowing(&[]);
    page.override_flags(
        r#"{"on":"mine","variant":false,"more":true}"#,
        r#"{"on":{"b":2}}"#,
    );
    let event = told(&page.flag_called("on").unwrap());
    assert_eq!(event["$feature_flag_response"], "mine");
    assert_eq!(event["$feature_flag_payload"], json!({"b": 2}));
    assert_eq!(event["$feature_flag_id"], 7);
    assert_eq!(event.get("$feature_flag_original_response"), None);
    let event = told(&page.flag_called("variant").unwrap());
    assert_eq!(event["$feature_flag_response"], false);
    assert_eq!(event["$feature_flag_original_response"], "blue");
    assert_eq!(
        event["$feature_flag_original_payload"],
        r#"{"color":"blue"}"#
    );
    let event = told(&page.flag_called("more").unwrap());
    assert_eq!(event["$feature_flag_response"], true);
    assert_eq!(event.get("$feature_flag_error"), None);
    assert_eq!(event.get("$feature_flag_id"), None);
}

#[test]
fn what_the_app_says_has_no_version_of_the_servers() {
    let mut page = knowing(&[]);
    page.update_flags(r#"{"on":"up"}"#, r#"{"on":{"a":2}}"#, true);
    let event = told(&page.flag_called("on").unwrap());
    let expected = json!({
        "$feature_flag": "on",
        "$feature_flag_response": "up",
        "$feature_flag_payload": {"a": 2},
        "$feature_flag_evaluated_at": STARTED,
        "$used_bootstrap_value": false,
        "$feature_flag_source": "local",
    });
    assert_eq!(event, expected);
    assert_eq!(
        told(&page.flag_called("off").unwrap())["$feature_flag_id"],
        7
    );
}

#[test]
fn of_flags_without_an_experiment_the_server_may_want_the_least() {
    let mut page = Page::with_flags(&[]);
    let request = page.ask_once();
    let mut flags = json!({"no": detail(&json!("blue")), "yes": detail(&json!(true))});
    flags["no"]["metadata"]["has_experiment"] = json!(false);
    flags["yes"]["metadata"]["has_experiment"] = json!(true);
    let text = super::answer(&flags);
    let minimal = r#"{"minimalFlagCalledEvents":true,"#;
    page.answer_text(&request, &text.replacen('{', minimal, 1));
    page.identify_with("ada", "", "");
    let event = page.flag_called("no").unwrap();
    assert_eq!(
        told(&event),
        json!({
            "$feature_flag": "no",
            "$feature_flag_response": "blue",
            "$feature_flag_has_experiment": false,
            "$feature_flag_id": 7,
            "$feature_flag_version": 3,
            "$feature_flag_reason": "Matched condition set 1",
            "$feature_flag_evaluated_at": STARTED,
            "$feature_flag_source": "server",
        })
    );
    let properties = &event["properties"];
    for key in [
        "$feature_flag_request_id",
        "$process_person_profile",
        "$current_url",
        "$pathname",
        "$referring_domain",
        "$session_id",
        "$window_id",
        "$lib",
        "$lib_version",
        "$device_id",
        "token",
        "distinct_id",
        "utm_source",
    ] {
        assert!(properties.get(key).is_some(), "{key}");
    }
    for key in [
        "$browser",
        "$referrer",
        "$active_feature_flags",
        "$feature_flag_payloads",
        "$feature_flag_payload",
        "$feature/no",
        "$is_identified",
    ] {
        assert_eq!(properties.get(key), None, "{key}");
    }
    assert_eq!(event.get("$set_once"), None);
    let event = page.flag_called("yes").unwrap();
    assert_eq!(event["properties"]["$used_bootstrap_value"], false);
    assert!(event["properties"].get("$browser").is_some());
}

#[test]
fn who_joins_an_early_access_feature_has_it_at_once() {
    let mut page = knowing(&[]);
    page.news();
    let about = r#"{"stage":"beta","name":"Beta"}"#;
    let event = page.event(|client, now| client.enroll(now, "beta", true, about));
    let event = event.unwrap();
    let properties = &event["properties"];
    assert_eq!(event["event"], "$feature_enrollment_update");
    for (key, value) in [
        ("$feature_flag", json!("beta")),
        ("$feature_enrollment", json!(true)),
        ("$set", json!({"$feature_enrollment/beta": true})),
        ("$feature_enrollment_stage", json!("beta")),
        ("$early_access_feature_name", json!("Beta")),
        ("$feature/beta", json!(true)),
    ] {
        assert_eq!(properties[key], value, "{key}");
    }
    assert_eq!(page.values()["beta"], true);
    assert!(page.news().contains(&"true None".to_owned()));
    let request = super::asked(&page.ask_once());
    assert_eq!(
        request["person_properties"]["$feature_enrollment/beta"],
        true
    );
    page.event(|client, now| client.enroll(now, "beta", false, ""));
    assert_eq!(page.values()["beta"], false);
}
