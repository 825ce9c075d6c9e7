//! Reading definitions, and what an evaluation tells beside the value.

use super::*;

#[test]
fn an_error_says_what_to_do() {
    let error = |json: &str| Definitions::read(json).unwrap_err();
    let expected = [
        ("", "not_json", "check that they come from"),
        ("{\"flags\": [", "not_json", "check that they come from"),
        ("<!doctype html>", "not_json", "check that they come from"),
        ("[]", "no_flags", "pass an object such as"),
        ("null", "no_flags", "pass an object such as"),
        ("{\"flags\": {}}", "no_flags", "pass an object such as"),
        (
            "{\"flags\": [{\"key\": \"a\"}, {}]}",
            "no_key",
            "flag number 2",
        ),
        (
            "{\"flags\": [{\"key\": 5}]}",
            "no_key",
            "name it or leave it out",
        ),
        ("{\"flags\": [null]}", "no_key", "flag number 1"),
    ];
    for (json, code, hint) in expected {
        let error = error(json);
        assert_eq!(error.code(), code, "{json}");
        assert!(error.to_string().contains(hint), "{error}");
    }
}

#[test]
fn keys_are_in_the_order_of_the_definitions_and_the_last_of_a_key_counts() {
    let definitions = Definitions::read(
        r#"{"flags": [{"key": "z"}, {"key": "a", "active": true, "filters": {"groups": [{}]}}, {"key": "m"}, {"key": "z"}],
            "cohorts": null, "group_type_mapping": 5, "property_matching_version": "2"}"#,
    )
    .unwrap();
    assert_eq!(definitions.keys().collect::<Vec<_>>(), ["z", "a", "m"]);
    let subject = person(&json!({}));
    assert!(evaluate(&definitions, "unknown", &subject, &at(Place::Local)).is_none());
    assert_eq!(
        value(&definitions, "a", &subject, &at(Place::Local)),
        json!(true)
    );

    let twice =
        flags(&json!([{"key": "a", "active": true, "filters": {"groups": [{}]}}, {"key": "a"}]));
    assert_eq!(
        value(&twice, "a", &subject, &at(Place::Local)),
        json!(false)
    );
}

#[test]
fn the_condition_that_decided_is_told() {
    let definitions = Definitions::from_value(json!({
        "group_type_mapping": {"0": "company"},
        "flags": [
            {"key": "second", "active": true, "filters": {"groups": [
                {"properties": [{"key": "plan", "value": "free"}]}, {}
            ], "payloads": {"true": "[1]"}}},
            {"key": "none", "active": true, "filters": {"groups": [
                {"properties": [{"key": "plan", "value": "free"}]}
            ]}},
            {"key": "left-out", "active": true, "filters": {"groups": [
                {"properties": [{"key": "plan", "value": "free"}]}, {"rollout_percentage": 0}, {"rollout_percentage": 0}
            ]}},
            {"key": "exit", "active": true, "filters": {"early_exit": true, "groups": [{"rollout_percentage": 0}, {}]}},
            {"key": "off", "active": false, "filters": {"groups": [{}]}},
            {"key": "held", "active": true, "filters": {"groups": [{}], "holdout": {"id": 7, "exclusion_percentage": 100}}},
            {"key": "company", "active": true, "filters": {"aggregation_group_type_index": 0, "groups": [{}]}}
        ]
    }))
    .unwrap();
    let expected = [
        ("second", Answer::On, Some(1), "condition_match"),
        ("none", Answer::Off, None, "no_condition_match"),
        ("left-out", Answer::Off, Some(1), "out_of_rollout_bound"),
        ("exit", Answer::Off, Some(0), "out_of_rollout_bound"),
        ("off", Answer::Off, None, "flag_disabled"),
        (
            "held",
            Answer::Variant("holdout-7".to_owned()),
            None,
            "holdout_condition_value",
        ),
        ("company", Answer::Off, None, "no_group_type"),
    ];
    let subject = person(&json!({"plan": "pro"}));
    for (key, answer, condition, reason) in expected {
        for place in [Place::Local, Place::Server] {
            let evaluated = evaluate(&definitions, key, &subject, &at(place));
            let evaluation = evaluated.unwrap().unwrap();
            assert_eq!(evaluation.answer, answer, "{key}");
            assert_eq!(evaluation.condition, condition, "{key}");
            assert_eq!(evaluation.reason.code(), reason, "{key}");
            let payload = (key == "second").then(|| json!([1]));
            assert_eq!(evaluation.payload, payload);
        }
    }
}

#[test]
fn what_keeps_a_flag_from_being_evaluated_says_what_to_do() {
    let reasons = [
        Inconclusive::ExperienceContinuity,
        Inconclusive::UnsupportedDefinition,
        Inconclusive::UnresolvedDependency,
        Inconclusive::MissingContext,
    ];
    for reason in reasons {
        assert!(reason.to_string().contains("ask the server"), "{reason}");
    }
    assert!(reasons.is_sorted(), "the first that applies is told");
}
