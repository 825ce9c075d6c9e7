//! What posthog-node 5.70.0 has answered.

use super::*;

fn vectors() -> Value {
    let text = include_str!("../../../../../tests/vectors/flag-evaluations.json");
    serde_json::from_str(text).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn circumstances(now: &Value, zone: &str) -> Circumstances {
    Circumstances {
        now: WallTime::from_millis(now.as_u64().unwrap()),
        zone: TimeZone::posix(zone).unwrap(),
        place: Place::Local,
    }
}

/// Compares one property with one filter.
fn letter(
    filter: &[Value],
    actual: Option<&Value>,
    version: &Value,
    circumstances: &Circumstances,
) -> char {
    let mut property = json!({"key": "p", "type": "person"});
    for (name, value) in ["operator", "value"].into_iter().zip(filter) {
        if !(name == "operator" && value.is_null()) {
            property[name] = value.clone();
        }
    }
    let definitions = json!({
        "flags": [one_condition("flag", &json!([property]))],
        "property_matching_version": version,
    });
    let definitions = Definitions::from_value(definitions).unwrap();
    let properties = actual.map_or(json!({}), |actual| json!({"p": actual}));
    match evaluate(&definitions, "flag", &person(&properties), circumstances).unwrap() {
        Ok(evaluation) if evaluation.answer == Answer::On => 't',
        Ok(_) => 'f',
        Err(Inconclusive::UnsupportedDefinition) => 'u',
        Err(Inconclusive::MissingContext) => 'm',
        Err(other) => panic!("one condition is never in doubt because {other}"),
    }
}

#[test]
fn properties_are_compared_as_posthog_node_does() {
    let mut compared = 0;
    for table in list(&vectors()["tables"]) {
        let circumstances = circumstances(&table["now"], table["zone"].as_str().unwrap());
        // The last person of each row has no such property.
        let actuals = list(&table["properties"]).iter().map(Some).chain([None]);
        for row in list(&table["filters"]) {
            let (expected, filter) = list(row).split_last().unwrap();
            let expected = expected.as_str().unwrap();
            assert_eq!(actuals.clone().count(), expected.len());
            for (actual, expected) in actuals.clone().zip(expected.chars()) {
                let found = letter(filter, actual, &table["version"], &circumstances);
                assert_eq!(
                    found, expected,
                    "{}: {filter:?} and {actual:?}",
                    table["about"]
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, COMPARED);
}

/// How many answers the vectors have: none may be passed over.
const COMPARED: usize = 34_932;
const EVALUATED: usize = 2_326;

fn subject(json: &Value) -> Subject {
    let groups = json["groups"].as_object().into_iter().flatten();
    let properties = json["groupProperties"].as_object().into_iter().flatten();
    Subject {
        distinct_id: json["id"].as_str().unwrap().to_owned(),
        person_properties: json["person"].as_object().cloned().unwrap_or_default(),
        groups: groups
            .map(|(kind, key)| (kind.clone(), key.as_str().unwrap().to_owned()))
            .collect(),
        group_properties: properties
            .map(|(kind, properties)| (kind.clone(), properties.as_object().unwrap().clone()))
            .collect(),
    }
}

fn answer(definitions: &Definitions, key: &str, subject: &Subject, now: &Circumstances) -> Value {
    let Some(evaluated) = evaluate(definitions, key, subject, now) else {
        return Value::Null;
    };
    match evaluated {
        Err(doubt) => json!(doubt.code()),
        Ok(evaluation) => {
            let payload = evaluation.payload;
            let answer = value(definitions, key, subject, now);
            payload.map_or_else(|| json!([answer]), |payload| json!([answer, payload]))
        }
    }
}

#[test]
fn flags_are_evaluated_as_posthog_node_does() {
    let mut evaluated = 0;
    for world in list(&vectors()["worlds"]) {
        let now = circumstances(&world["now"], "UTC0");
        let mut definitions = world["definitions"].clone();
        let flags = list(&world["flags"]).iter();
        definitions["flags"] = flags.clone().map(|row| row[0].clone()).collect();
        let contexts = world["contexts"].as_array().into_iter().flatten();
        let contexts: Vec<_> = contexts.map(|context| context.as_str().unwrap()).collect();
        let definitions = Definitions::from_value(definitions)
            .unwrap()
            .in_contexts(&contexts);
        for row in flags {
            let key = row[0]["key"].as_str().unwrap();
            for (subject_json, expected) in list(&world["subjects"]).iter().zip(list(&row[1])) {
                let found = answer(&definitions, key, &subject(subject_json), &now);
                assert!(
                    is_same(&found, expected),
                    "{}: {found}, not {expected} for {subject_json} of {}",
                    world["about"],
                    row[0]
                );
                evaluated += 1;
            }
        }
    }
    assert_eq!(evaluated, EVALUATED);
}

/// Whether JavaScript sees no difference: it has one kind of numbers, and objects whose members have no order.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| is_same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, left)| right.get(key).is_some_and(|right| is_same(left, right)))
        }
        _ => left == right,
    }
}
