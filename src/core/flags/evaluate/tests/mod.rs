mod any;
mod definitions;
mod evaluations;
mod hashes;
mod loops;
mod server;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::*;

/// 2024-03-31T12:00:00.123Z.
const NOW: u64 = 1_711_886_400_123;

fn at(place: Place) -> Circumstances {
    Circumstances {
        now: WallTime::from_millis(NOW),
        zone: TimeZone::UTC,
        place,
    }
}

/// Definitions of these flags, which have no more than a key and what is given.
fn flags(flags: &Value) -> Definitions {
    Definitions::from_value(json!({ "flags": flags })).unwrap()
}

/// A flag that is on for those who match all these filters.
fn one_condition(key: &str, properties: &Value) -> Value {
    json!({"key": key, "active": true, "filters": {"groups": [{"properties": properties}]}})
}

fn person(properties: &Value) -> Subject {
    Subject {
        distinct_id: "someone".to_owned(),
        person_properties: properties.as_object().cloned().unwrap_or_default(),
        ..Subject::default()
    }
}

/// The value of the flag, or the reason why it has none.
fn value(
    definitions: &Definitions,
    key: &str,
    subject: &Subject,
    circumstances: &Circumstances,
) -> Value {
    let evaluated = evaluate(definitions, key, subject, circumstances).expect("the flag is known");
    match evaluated.map(|evaluation| evaluation.answer) {
        Ok(Answer::Off) => json!(false),
        Ok(Answer::On) => json!(true),
        Ok(Answer::Variant(variant)) => json!(variant),
        Err(doubt) => json!(doubt.code()),
    }
}
