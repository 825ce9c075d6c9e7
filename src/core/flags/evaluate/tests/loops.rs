//! Definitions within themselves: posthog-node does not come to an end there.

use super::*;

const DOUBT: &str = "unsupported_definition";

fn depends_on(key: &str) -> Value {
    json!({"type": "flag", "key": key, "value": true, "dependency_chain": [key]})
}

fn is_in(id: usize) -> Value {
    json!({"type": "cohort", "key": "id", "value": id})
}

#[test]
fn flags_that_depend_on_each_other_are_in_doubt_and_off_on_a_server() {
    let definitions = flags(&json!([
        one_condition("a", &json!([depends_on("b")])),
        one_condition("b", &json!([depends_on("a")])),
        one_condition("self", &json!([depends_on("self")])),
    ]));
    let subject = person(&json!({}));
    for key in ["a", "b", "self"] {
        let local = value(&definitions, key, &subject, &at(Place::Local));
        assert_eq!(local, json!("unresolved_dependency"));
        assert_eq!(
            value(&definitions, key, &subject, &at(Place::Server)),
            json!(false)
        );
    }
}

#[test]
fn cohorts_within_each_other_come_to_an_end_at_once() {
    // Each of forty is in all of them: along all ways that would take longer than there is time.
    let all: Vec<_> = (0..40).map(is_in).collect();
    let cohorts = (0..40).map(|id| (id.to_string(), json!({"type": "OR", "values": all})));
    let cohorts: Map<_, _> = cohorts.collect();
    let definitions = Definitions::from_value(json!({
        "flags": [one_condition("flag", &json!([is_in(0)]))],
        "cohorts": cohorts,
    }))
    .unwrap();
    let subject = person(&json!({}));
    assert_eq!(
        value(&definitions, "flag", &subject, &at(Place::Local)),
        json!(DOUBT)
    );
    assert_eq!(
        value(&definitions, "flag", &subject, &at(Place::Server)),
        json!(false)
    );
}

#[test]
fn a_chain_may_be_long_but_not_endless() {
    let chain = |length: usize| {
        let mut chain = vec![one_condition("flag-0", &json!([]))];
        chain.extend((1..=length).map(|index| {
            one_condition(
                &format!("flag-{index}"),
                &json!([depends_on(&format!("flag-{}", index - 1))]),
            )
        }));
        flags(&json!(chain))
    };
    let subject = person(&json!({}));
    let evaluated = |length: usize| {
        value(
            &chain(length),
            &format!("flag-{length}"),
            &subject,
            &at(Place::Local),
        )
    };
    assert_eq!(evaluated(50), json!(true));
    assert_eq!(evaluated(10_000), json!("unresolved_dependency"));
}

#[test]
fn a_cohort_is_asked_about_once_for_persons_and_once_for_groups() {
    let definitions = Definitions::from_value(json!({
        "group_type_mapping": {"0": "company"},
        "cohorts": {"1": {"type": "AND", "values": [{"key": "plan", "value": "pro"}]}},
        "flags": [{"key": "flag", "active": true, "filters": {"groups": [
            {"properties": [is_in(1)]},
            {"properties": [is_in(1)], "aggregation_group_type_index": 0},
        ]}}],
    }))
    .unwrap();
    let mut subject = person(&json!({"plan": "free"}));
    subject
        .groups
        .insert("company".to_owned(), "acme".to_owned());
    let properties = json!({"plan": "pro"}).as_object().cloned().unwrap();
    subject
        .group_properties
        .insert("company".to_owned(), properties);
    let evaluated = evaluate(&definitions, "flag", &subject, &at(Place::Local));
    assert_eq!(evaluated.unwrap().unwrap().condition, Some(1));
}
