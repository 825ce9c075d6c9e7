//! A server always has an answer.

use super::*;

/// Whether the filter is a match on a server.
fn is_match(filter: &Value, properties: &Value) -> bool {
    let definitions = flags(&json!([one_condition("flag", &json!([filter]))]));
    value(
        &definitions,
        "flag",
        &person(properties),
        &at(Place::Server),
    ) == json!(true)
}

#[test]
fn a_property_that_there_is_not_matches_only_what_says_not() {
    let positive = [
        "exact",
        "is_set",
        "icontains",
        "starts_with",
        "ends_with",
        "regex",
        "gt",
        "gte",
        "lt",
        "lte",
        "is_date_before",
        "is_date_after",
        "semver_eq",
        "semver_neq",
        "semver_gt",
        "semver_gte",
        "semver_lt",
        "semver_lte",
        "semver_tilde",
        "semver_caret",
        "semver_wildcard",
        "unknown",
        "not_unknown",
    ];
    let negative = [
        "is_not",
        "is_not_set",
        "not_icontains",
        "not_starts_with",
        "not_ends_with",
        "not_regex",
    ];
    let operators = positive.map(|name| (name, false)).into_iter();
    for (operator, expected) in operators.chain(negative.map(|name| (name, true))) {
        let filter = json!({"key": "p", "operator": operator, "value": "1.0.0"});
        assert_eq!(is_match(&filter, &json!({})), expected, "{operator}");
    }
    assert!(!is_match(&json!({"key": "p", "value": "a"}), &json!({})));
    assert!(!is_match(
        &json!({"key": "p", "operator": "is_not_set"}),
        &json!({"p": null})
    ));
}

#[test]
fn integers_are_spelled_as_they_came() {
    let exact = |filter: Value| json!({"key": "p", "operator": "exact", "value": filter});
    assert!(is_match(&exact(json!("30")), &json!({"p": 30})));
    assert!(is_match(&exact(json!([1, 30])), &json!({"p": "30"})));
    assert!(is_match(&exact(json!({"a": 1})), &json!({"p": {"a": 1}})));
    assert!(is_match(&exact(json!("30.0")), &json!({"p": 30.0})));
    assert!(!is_match(&exact(json!("30")), &json!({"p": 31})));
}

#[test]
fn patterns_beyond_the_shared_part_are_those_of_rust() {
    let regex = |pattern: &str| json!({"key": "p", "operator": "regex", "value": pattern});
    assert!(is_match(
        &regex("(?i)\\bÉcole\\b"),
        &json!({"p": "une école"})
    ));
    assert!(is_match(&regex("^\\w+$"), &json!({"p": "é"})));
    for operator in ["regex", "not_regex"] {
        let filter = json!({"key": "p", "operator": operator, "value": "(?=a)"});
        assert!(
            !is_match(&filter, &json!({"p": "a"})),
            "Rust has no such pattern"
        );
    }
}

#[test]
fn what_cannot_be_compared_is_no_match() {
    let filters = [
        json!({"key": "p", "operator": "is_date_before", "value": "soon"}),
        json!({"key": "p", "operator": "is_date_after", "value": "-7d"}),
        json!({"key": "p", "operator": "semver_lt", "value": "1.0.0"}),
        json!({"key": "p", "operator": "unknown", "value": "x"}),
        json!({"type": "cohort", "key": "id", "value": 5}),
        json!({"type": "flag", "key": "nowhere", "value": false, "dependency_chain": ["nowhere"]}),
        json!(null),
    ];
    for filter in filters {
        assert!(!is_match(&filter, &json!({"p": "what"})), "{filter}");
    }
    let outside = json!({"type": "cohort", "key": "id", "value": 5, "operator": "not_in"});
    assert!(
        is_match(&outside, &json!({})),
        "nobody is in a cohort that there is not"
    );
}

#[test]
fn a_flag_that_keeps_its_value_is_evaluated() {
    let definitions = flags(&json!([
        {"key": "flag", "active": true, "ensure_experience_continuity": true, "filters": {"groups": [{}]}}
    ]));
    let subject = person(&json!({}));
    assert_eq!(
        value(&definitions, "flag", &subject, &at(Place::Server)),
        json!(true)
    );
    let local = value(&definitions, "flag", &subject, &at(Place::Local));
    assert_eq!(local, json!("experience_continuity"));
}

#[test]
fn a_dependency_needs_no_list() {
    let depends = |value: Value| json!([{"type": "flag", "key": "base", "value": value}]);
    let definitions = flags(&json!([
        {"key": "base", "active": true, "filters": {"groups": [{"variant": "a"}],
            "multivariate": {"variants": [{"key": "a", "rollout_percentage": 100}]}}},
        one_condition("wants-a", &depends(json!("a"))),
        one_condition("wants-b", &depends(json!("b"))),
    ]));
    let subject = person(&json!({}));
    assert_eq!(
        value(&definitions, "wants-a", &subject, &at(Place::Server)),
        json!(true)
    );
    assert_eq!(
        value(&definitions, "wants-b", &subject, &at(Place::Server)),
        json!(false)
    );
}

#[test]
fn what_cannot_be_bucketed_is_off() {
    let definitions = flags(&json!([
        {"key": "device", "active": true, "bucketing_identifier": "device_id", "filters": {"groups": [{}]}},
        {"key": "group", "active": true, "filters": {"aggregation_group_type_index": 3, "groups": [{}]}},
        {"key": "odd", "active": true, "filters": {"groups": "all"}},
    ]));
    for key in ["device", "group", "odd"] {
        let subject = person(&json!({}));
        assert_eq!(
            value(&definitions, key, &subject, &at(Place::Server)),
            json!(false)
        );
    }
}
