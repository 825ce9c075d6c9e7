//! Hashes and what follows from them, computed by another program and compared with posthog-node 5.70.0.

use super::super::hash;
use super::*;

fn vectors() -> Vec<Value> {
    let text = include_str!("../../../../../tests/vectors/flag-vectors.json");
    let mut file: Value = serde_json::from_str(text).unwrap();
    match file["vectors"].take() {
        Value::Array(vectors) => vectors,
        other => panic!("the vectors are a list, not {other}"),
    }
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().unwrap()
}

#[test]
fn hashes_have_the_same_bits() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 40);
    for vector in &vectors {
        let (key, id) = (text(vector, "key"), text(vector, "distinct_id"));
        for (name, hash) in [
            ("rollout", hash::rollout(key, id)),
            ("variant", hash::variant(key, id)),
        ] {
            let digits = u64::from_str_radix(text(vector, &format!("{name}_hex15")), 16).unwrap();
            assert_eq!(
                hash.to_bits(),
                (digits as f64 / (1_u64 << 60) as f64).to_bits()
            );
            let expected = vector[format!("{name}_hash")].as_f64().unwrap();
            assert_eq!(hash.to_bits(), expected.to_bits(), "{name} of {key}, {id}");
        }
    }
}

#[test]
fn flags_roll_out_to_the_same_people_with_the_same_variants() {
    let splits = [
        (
            "variant_33_33_34",
            json!([["control", 33.33], ["a", 33.33], ["b", 33.34]]),
        ),
        ("variant_10_20_30", json!([["x", 10], ["y", 20], ["z", 30]])),
    ];
    for vector in vectors() {
        let key = text(&vector, "key");
        let subject = Subject {
            distinct_id: text(&vector, "distinct_id").to_owned(),
            ..Subject::default()
        };
        let evaluated = |filters: &Value| {
            let definitions = flags(&json!([{"key": key, "active": true, "filters": filters}]));
            value(&definitions, key, &subject, &at(Place::Local))
        };
        for (percentage, expected) in vector["in_rollout"].as_object().unwrap() {
            let percentage: u64 = percentage.parse().unwrap();
            let filters = json!({"groups": [{"rollout_percentage": percentage}]});
            assert_eq!(&evaluated(&filters), expected, "{key} at {percentage} %");
        }
        for (name, split) in &splits {
            let variants = split
                .as_array()
                .unwrap()
                .iter()
                .map(|variant| json!({"key": variant[0], "rollout_percentage": variant[1]}));
            let variants: Vec<_> = variants.collect();
            let filters = json!({"groups": [{}], "multivariate": {"variants": variants}});
            let expected = match &vector[*name] {
                Value::Null => json!(true),
                variant => variant.clone(),
            };
            assert_eq!(evaluated(&filters), expected, "{name} of {key}");
        }
    }
}
