//! Whatever the definitions and the properties are.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Words that mean something in a definition or in a property.
const WORDS: [&str; 84] = [
    "",
    "a",
    "b",
    "A",
    "é",
    "🦔",
    "true",
    "False",
    "null",
    "p",
    "q",
    "x",
    "flag",
    "cohort",
    "person",
    "group",
    "AND",
    "OR",
    "property",
    "in",
    "not_in",
    "exact",
    "is_not",
    "is_set",
    "is_not_set",
    "icontains",
    "not_icontains",
    "starts_with",
    "ends_with",
    "regex",
    "not_regex",
    "gt",
    "gte",
    "lt",
    "lte",
    "is_date_before",
    "is_date_after",
    "semver_eq",
    "semver_tilde",
    "semver_caret",
    "semver_wildcard",
    "device_id",
    "$device_id",
    "distinct_id",
    "$group_key",
    "company",
    "0",
    "1",
    "42",
    "-7d",
    "9999y",
    "9999m",
    "7h",
    "2024-02-30",
    "2024-03-31T12:00",
    "Jan 5",
    "+275760-09-13",
    "-271821-04-19T00:00:00Z",
    "999999999/1/1",
    "1/1/999999999",
    "12:00 +9999:59",
    "24:00:00.5 pm",
    "1.2.3",
    "1.*",
    "*",
    "v1",
    "99999999999999999999.9.9",
    "(",
    "[",
    "[a-z]",
    "(?:a|b)*",
    "a{2,1}",
    "a{9999}{9}",
    "(a{999}){999}",
    "\\",
    "\\b",
    "\\x",
    "[\\",
    "{\"a\":",
    "\u{feff}",
    "\u{85}",
    "1e400",
    "0x",
    "holdout",
];

/// The names of members that are looked for.
const NAMES: [&str; 24] = [
    "key",
    "value",
    "values",
    "operator",
    "type",
    "negation",
    "dependency_chain",
    "properties",
    "rollout_percentage",
    "variant",
    "variants",
    "aggregation_group_type_index",
    "groups",
    "multivariate",
    "payloads",
    "early_exit",
    "holdout",
    "id",
    "exclusion_percentage",
    "filters",
    "active",
    "ensure_experience_continuity",
    "bucketing_identifier",
    "evaluation_contexts",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..120_i64).prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        let name = prop_oneof![select(&NAMES[..]), select(&WORDS[..])];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(name.prop_map(str::to_owned), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_filter() -> impl Strategy<Value = Value> {
    let kind = select(&["person", "person", "person", "cohort", "flag", "group", "?"][..]);
    (
        kind,
        select(&WORDS[..]),
        select(&WORDS[..]),
        any_json(),
        any_json(),
    )
        .prop_map(|(kind, key, operator, value, more)| {
            let mut filter =
                json!({"type": kind, "key": key, "operator": operator, "value": value});
            if kind == "flag" {
                filter["dependency_chain"] = json!([key, more]);
            }
            filter
        })
}

/// Mostly of the form that definitions have, with anything in it.
fn any_flag(key: &'static str) -> impl Strategy<Value = Value> {
    let conditions = vec((vec(any_filter(), 0..4), any_json()), 0..4);
    (conditions, any_json(), any_json()).prop_map(move |(conditions, multivariate, filters)| {
        let mut flag = one_condition(key, &json!([]));
        if let Value::Object(_) = filters {
            flag["filters"] = filters;
        }
        flag["filters"]["multivariate"] = multivariate;
        let groups = conditions.into_iter().map(|(properties, more)| {
            let mut condition = match more {
                Value::Object(members) => Value::Object(members),
                more => json!({"rollout_percentage": more}),
            };
            condition["properties"] = Value::from(properties);
            condition
        });
        flag["filters"]["groups"] = groups.collect();
        flag
    })
}

fn any_place() -> impl Strategy<Value = Place> {
    select(&[Place::Local, Place::Server][..])
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => [("p".to_owned(), other.clone()), ("a".to_owned(), other)]
            .into_iter()
            .collect(),
    }
}

proptest! {
    #[test]
    fn definitions_are_read_or_refused(json in any_json(), text in ".{0,40}") {
        let _ = Definitions::read(&text);
        let _ = Definitions::from_value(json.clone());
        let _ = Definitions::from_value(json!({"flags": json}));
    }

    #[test]
    fn every_flag_is_evaluated_or_in_doubt_and_never_in_doubt_on_a_server(
        flags in (any_flag("a"), any_flag("b"), any_json()),
        cohorts in (any_json(), any_json()),
        person in any_json(),
        group in any_json(),
        now in any::<u64>(),
        version in 1..3,
        place in any_place(),
    ) {
        let (first, second, odd) = flags;
        let odd = json!({"key": "x", "active": true, "filters": odd});
        let definitions = Definitions::from_value(json!({
            "flags": [first, second, odd],
            "cohorts": {"a": cohorts.0, "1": cohorts.1},
            "group_type_mapping": {"0": "company", "1": 5},
            "property_matching_version": version,
        })).unwrap();
        let subject = Subject {
            distinct_id: "someone".to_owned(),
            person_properties: members(person),
            groups: [("company".to_owned(), "acme".to_owned())].into(),
            group_properties: [("company".to_owned(), members(group))].into(),
        };
        let circumstances = Circumstances { now: WallTime::from_millis(now), ..at(place) };
        for key in definitions.keys() {
            let evaluated = evaluate(&definitions, key, &subject, &circumstances).unwrap();
            prop_assert!(evaluated.is_ok() || place == Place::Local);
            let again = evaluate(&definitions, key, &subject, &circumstances).unwrap();
            prop_assert_eq!(evaluated, again);
        }
    }

    #[test]
    fn a_property_is_compared_whatever_it_is(filter in any_filter(), actual in any_json(), place in any_place()) {
        let mut filter = filter;
        filter["key"] = json!("p");
        let definitions = flags(&json!([one_condition("flag", &json!([filter]))]));
        let subject = person(&json!({"p": actual}));
        let evaluated = evaluate(&definitions, "flag", &subject, &at(place)).unwrap();
        prop_assert!(evaluated.is_ok() || place == Place::Local);
    }

    #[test]
    fn a_pattern_is_found_or_not_whatever_it_is(
        pieces in vec(select(&["a", "b", "1", ".", "^", "$", "|", "(", "(?:", ")", "[", "[^", "]", "{", "}", "{2}",
            "{1,2}", "*", "+", "?", "\\", "\\d", "\\x41", "-", ",", "é", "[a-c]", "\\]"][..]), 0..12),
        text in "[ab1 é\\n]{0,8}",
        place in any_place(),
    ) {
        let filter = |operator| json!([{"key": "p", "operator": operator, "value": pieces.concat()}]);
        let definitions = flags(&json!([
            one_condition("found", &filter("regex")), one_condition("not", &filter("not_regex")),
        ]));
        let subject = person(&json!({"p": text}));
        let [found, not] = ["found", "not"].map(|key| value(&definitions, key, &subject, &at(place)));
        prop_assert!(found != json!(true) || not == json!(false));
        prop_assert_eq!(found.is_string(), not.is_string());
    }

    #[test]
    fn who_is_in_a_rollout_stays_in_it_as_it_grows(
        id in ".{0,20}",
        key in ".{1,20}",
        mut percentages in vec(0.0..=100.0_f64, 2..6),
    ) {
        percentages.sort_by(f64::total_cmp);
        percentages.push(100.0);
        let subject = Subject { distinct_id: id, ..Subject::default() };
        let is_in = percentages.into_iter().map(|percentage| {
            let filters = json!({"groups": [{"rollout_percentage": percentage}]});
            let definitions = flags(&json!([{"key": key, "active": true, "filters": filters}]));
            value(&definitions, &key, &subject, &at(Place::Local)) == json!(true)
        });
        let is_in: Vec<_> = is_in.collect();
        prop_assert!(is_in.is_sorted(), "out again: {:?}", is_in);
        prop_assert_eq!(is_in.last(), Some(&true));
    }
}
