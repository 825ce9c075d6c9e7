//! What comes of the server's answers.

use hoglet::core::config::Value;
use serde_json::{Value as Json, json};

use super::answer;
use crate::page::Page;

/// A page that knows `a` with a payload, `b` and `c`.
fn knowing(settings: &[(&str, Value<'_>)]) -> Page {
    let mut page = Page::with_flags(settings);
    page.learn(&json!({
        "a": {"key": "a", "enabled": true, "variant": "old", "metadata": {"payload": "1"}},
        "b": true,
        "c": false,
    }));
    page.news();
    page
}

fn partial(flags: &Json) -> String {
    answer(flags).replace(
        r#""errorsWhileComputingFlags":false"#,
        r#""errorsWhileComputingFlags":true"#,
    )
}

#[test]
fn an_answer_takes_the_place_of_what_was_known() {
    let mut page = knowing(&[]);
    assert_eq!(page.values(), json!({"a": "old", "b": true, "c": false}));
    assert_eq!(page.snapshot()["payloads"], json!({"a": "1"}));
    page.reload_flags();
    page.learn(&json!({"c": "x"}));
    let snapshot = page.snapshot();
    assert_eq!(snapshot["values"], json!({"c": "x"}));
    assert_eq!(snapshot["payloads"], json!({}));
    assert_eq!(snapshot["source"], "server");
    let states = ["fresh", "ready", "failed"].map(|key| snapshot[key].clone());
    assert_eq!(states, [true, true, false]);
}

#[test]
fn what_the_server_could_not_evaluate_stays_as_it_was() {
    let mut page = knowing(&[]);
    page.reload_flags();
    let request = page.ask_once();
    page.answer_text(
        &request,
        &partial(&json!({
            "a": {"key": "a", "enabled": true, "variant": "new"},
            "b": {"key": "b", "enabled": false, "failed": true},
            "d": {"key": "d", "enabled": false, "failed": true},
            "e": true,
        })),
    );
    let snapshot = page.snapshot();
    let expected = json!({"a": "new", "b": true, "c": false, "e": true});
    assert_eq!(snapshot["values"], expected);
    assert_eq!(snapshot["payloads"], json!({}), "the old variant's");
    assert_eq!(
        page.property("$feature_flag_errors"),
        json!(["errors_while_computing_flags"])
    );
    assert_eq!(page.news(), ["reloading", "true Loaded"]);
}

#[test]
fn what_is_asked_for_surveys_alone_stands_beside_the_rest() {
    let surveys = (
        "advanced_only_evaluate_survey_feature_flags",
        Value::Boolean(true),
    );
    let mut page = knowing(&[]);
    page.set(surveys.0, surveys.1);
    page.reload_flags();
    let request = page.learn(&json!({"survey": true}));
    assert!(
        request
            .url
            .ends_with("/flags/?v=2&only_evaluate_survey_feature_flags=true")
    );
    let expected = json!({"a": "old", "b": true, "c": false, "survey": true});
    assert_eq!(page.values(), expected);
    assert_eq!(page.property("$feature_flag_errors"), json!([]));
}

#[test]
fn a_quota_that_is_used_up_changes_nothing() {
    let mut page = knowing(&[]);
    page.reload_flags();
    let request = page.ask_once();
    let text = r#"{"flags":{"z":{"enabled":true}},"quotaLimited":["feature_flags"]}"#;
    page.answer_text(&request, text);
    assert_eq!(page.values(), json!({"a": "old", "b": true, "c": false}));
    assert_eq!(
        page.property("$feature_flag_errors"),
        json!(["quota_limited"])
    );
    assert_eq!(page.news(), ["reloading", "false Failed"]);
    assert!(page.errors.last().unwrap().contains("quota"));
    let mut page = Page::with_flags(&[]);
    let request = page.ask_once();
    page.answer_text(&request, text);
    assert_eq!(page.snapshot()["ready"], false, "nobody has said anything");
    assert!(page.news().contains(&"false Failed".to_owned()));
}

#[test]
fn what_cannot_be_taken_leaves_what_is_known() {
    let many: serde_json::Map<_, _> = (0..2_001)
        .map(|number| (format!("flag {number}"), json!(true)))
        .collect();
    for text in [
        "",
        "<html></html>",
        "null",
        "[]",
        "{}",
        r#"{"flags":null}"#,
        r#"{"flags":["a"]}"#,
        r#"{"flags":{"a":{"enabl"#,
        r#"{"featureFlags":{"a":true},"featureFlagPayloads":{}}"#,
        &answer(&Json::Object(many)),
        &format!(r#"{{"flags":{{}},"x":"{}"}}"#, "x".repeat(1_000_000)),
    ] {
        let start = &text[..text.len().min(40)];
        let mut page = knowing(&[]);
        page.reload_flags();
        let request = page.ask_once();
        page.answer_text(&request, text);
        let snapshot = page.snapshot();
        let expected = json!({"a": "old", "b": true, "c": false});
        assert_eq!(snapshot["values"], expected, "{start}");
        assert_eq!(snapshot["failed"], true, "{start}");
        assert_eq!(page.news(), ["reloading", "false Failed"], "{start}");
    }
}

#[test]
fn a_failure_is_told_once_and_its_reason_kept() {
    for (status, error) in [(0, "connection_error"), (500, "api_error_500")] {
        let mut page = Page::with_flags(&[]);
        page.news();
        let request = page.ask_once();
        page.answer_status(&request, status);
        assert_eq!(page.news(), ["true Failed"]);
        assert_eq!(page.property("$feature_flag_errors"), json!([error]));
        let snapshot = page.snapshot();
        assert_eq!(snapshot["values"], json!({}));
        let states = ["fresh", "ready", "failed"].map(|key| snapshot[key].clone());
        assert_eq!(states, [false, true, true]);
        page.reload_flags();
        let request = page.ask_once();
        page.answer_status(&request, status);
        assert_eq!(page.news(), ["reloading", "false Failed"], "as before");
    }
}

#[test]
fn the_same_values_are_no_news_whatever_their_order() {
    let mut page = Page::with_flags(&[]);
    let flag =
        |key: &str| format!(r#""{key}":{{"enabled":true,"metadata":{{"payload":"{key}"}}}}"#);
    let [a, b] = ["a", "b"].map(flag);
    let request = page.ask_once();
    page.answer_text(&request, &format!(r#"{{"flags":{{{a},{b}}}}}"#));
    page.news();
    page.reload_flags();
    let request = page.ask_once();
    let off = r#""c":{"enabled":false}"#;
    page.answer_text(&request, &format!(r#"{{"flags":{{{b},{off},{a}}}}}"#));
    assert_eq!(page.news(), ["reloading", "false Loaded"]);
}

#[test]
fn what_changes_several_times_in_one_task_is_told_once() {
    let mut page = knowing(&[]);
    page.ask(|client, _| client.update_flags(r#"{"a":"one"}"#, "", false));
    page.ask(|client, _| client.update_flags(r#"{"a":"two"}"#, "", false));
    page.settle();
    assert_eq!(page.news(), ["true None"]);
    assert_eq!(page.heard.last().unwrap()["values"], json!({"a": "two"}));
    page.ask(|client, _| client.update_flags(r#"{"a":"three"}"#, "", false));
    page.ask(|client, _| client.update_flags(r#"{"a":"two"}"#, "", false));
    page.settle();
    assert_eq!(page.news(), ["false None"]);
}
