//! Features that people switch on for themselves.

use serde_json::{Value, json};

use crate::support::{Collector, event, uuid};

fn features(collector: &Collector, query: &str) -> Vec<Value> {
    let path = format!("/api/early_access_features/?token=phc_test{query}");
    let answer = collector.send("GET", &path, &[], &[]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let mut json: Value = serde_json::from_str(&answer.body).unwrap();
    serde_json::from_value(json["earlyAccessFeatures"].take()).unwrap()
}

fn keys(collector: &Collector, query: &str) -> Vec<Value> {
    let features = features(collector, query);
    features
        .iter()
        .map(|feature| feature["flagKey"].clone())
        .collect()
}

#[test]
fn features_are_listed_by_stage() {
    let collector = Collector::start();
    collector.define_flag("plain", &json!({}));
    let owls = json!({
        "name": "Owl delivery",
        "description": "By night",
        "stage": "concept",
        "documentation_url": "https://shop.test/owls",
        "payload": { "price": 450 },
    });
    let id = collector.define_flag("owls", &json!({ "early_access": owls }))["id"].clone();
    collector.define_flag("maps", &json!({ "early_access": {} }));

    assert_eq!(keys(&collector, ""), ["maps"]);
    assert_eq!(
        keys(&collector, "&stage=concept&stage=beta&_=1"),
        ["owls", "maps"]
    );
    assert!(keys(&collector, "&stage=alpha").is_empty());
    assert_eq!(
        features(&collector, "&stage=concept"),
        [json!({
            "id": id.to_string(),
            "name": "Owl delivery",
            "description": "By night",
            "stage": "concept",
            "documentationUrl": "https://shop.test/owls",
            "payload": { "price": 450 },
            "flagKey": "owls",
        })]
    );
}

#[test]
fn who_has_chosen_gets_what_was_chosen_and_others_what_the_conditions_say() {
    let collector = Collector::start();
    let nobody = json!([{ "rollout_percentage": 0 }]);
    collector.define_flag(
        "owls",
        &json!({ "early_access": {}, "filters": { "groups": nobody, "payloads": { "true": "\"hoot\"" } } }),
    );
    collector.define_flag("maps", &json!({ "early_access": {} }));
    let enabled = |properties: Value| {
        let question = json!({ "distinct_id": "anonymous", "person_properties": properties });
        let flags = collector.flags(&question)["flags"].take();
        (
            flags["owls"]["enabled"].clone(),
            flags["maps"]["enabled"].clone(),
        )
    };
    assert_eq!(enabled(json!({})), (false.into(), true.into()));
    let owls = "$feature_enrollment/owls";
    let maps = "$feature_enrollment/maps";
    assert_eq!(
        enabled(json!({ owls: true, maps: false })),
        (true.into(), false.into())
    );
    assert_eq!(
        enabled(json!({ owls: "true", maps: "false" })),
        (true.into(), false.into())
    );

    // The choice reaches the collector as a property of the person.
    let mut enrolment = event("$feature_enrollment_update", &uuid(1));
    enrolment["properties"]["$set"] = json!({ owls: true });
    collector.post("/e/", enrolment.to_string());
    let flags = collector.flags(&json!({ "distinct_id": "anonymous" }));
    let detail = &flags["flags"]["owls"];
    assert_eq!(detail["enabled"], true);
    assert_eq!(detail["reason"]["code"], "super_condition_value");
    assert_eq!(detail["metadata"]["payload"], "\"hoot\"");
}
