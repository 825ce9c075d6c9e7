//! What `/flags/` answers. Who is in which rollout is taken from vectors that posthog-node agrees with: of
//! `pricing-test` at 50 %, `anon-3` is in and `anon-1` is out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Collector, envelope, event, gzip, uuid};

/// On for half of all.
fn half() -> Value {
    json!({ "filters": { "groups": [{ "properties": [], "rollout_percentage": 50 }] } })
}

/// On for those who pass one condition.
fn only(property: Value) -> Value {
    json!({ "filters": { "groups": [{ "properties": [property] }] } })
}

fn enabled(collector: &Collector, key: &str, question: &Value) -> Value {
    collector.flags(question)["flags"][key]["enabled"].clone()
}

fn keys(answer: &Value) -> Vec<&str> {
    answer["flags"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// As posthog-js writes it.
fn question() -> Value {
    json!({
        "token": "phc_test",
        "distinct_id": "anon-3",
        "groups": {},
        "person_properties": {
            "$initial_current_url": "http://shop.test/",
            "$lib": "web",
            "$lib_version": "1.449.2",
        },
        "timezone": "Europe/Vienna",
        "$device_id": "anon-3",
        "sent_at": "2026-01-02T03:04:06.000Z",
    })
}

#[test]
fn every_packing_of_posthog_js_is_answered() {
    let collector = Collector::start();
    collector.define_flag("pricing-test", &half());
    let text = question().to_string();
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("data", &STANDARD.encode(&text))
        .finish();
    let form_type = "application/x-www-form-urlencoded";
    for (path, content_type, body, packing) in [
        ("/flags/?v=2", "text/plain", gzip(text.as_bytes()), "gzip"),
        (
            "/flags/?v=2&compression=base64",
            form_type,
            form.into_bytes(),
            "form+base64",
        ),
        ("/flags/?v=2", "application/json", text.into_bytes(), "none"),
    ] {
        let headers = [
            ("content-type", content_type),
            ("origin", "http://shop.test"),
        ];
        let answer = collector.send("POST", path, &headers, &body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(
            answer.headers["access-control-allow-origin"],
            "http://shop.test"
        );
        let json: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(json["flags"]["pricing-test"]["enabled"], true, "{packing}");
        let request = collector.list("requests").pop().unwrap();
        assert_eq!(request["compression"], packing);
        assert_eq!(request["token"], "phc_test");
    }
}

#[test]
fn an_answer_has_all_that_the_second_version_has() {
    let collector = Collector::start();
    let mut definition = half();
    definition["name"] = "Which price is liked".into();
    definition["has_experiment"] = true.into();
    definition["filters"]["multivariate"] = json!({ "variants": [
        { "key": "control", "rollout_percentage": 33.33 },
        { "key": "a", "rollout_percentage": 33.33 },
        { "key": "b", "rollout_percentage": 33.34 },
    ]});
    definition["filters"]["payloads"] = json!({ "control": "{\"price\":7}", "a": "not JSON" });
    collector.define_flag("pricing-test", &definition);
    let id = collector.define_flag("pricing-test", &definition)["id"].clone();
    collector.define_flag("switched-off", &json!({ "active": false }));

    let answer = collector.flags(&json!({ "distinct_id": "anon-3" }));
    assert_eq!(
        answer["flags"],
        json!({ "pricing-test": {
            "key": "pricing-test",
            "enabled": true,
            "variant": "control",
            "reason": {
                "code": "condition_match",
                "condition_index": 0,
                "description": "Matched condition set 1",
            },
            "metadata": {
                "id": id,
                "version": 2,
                "description": "Which price is liked",
                "payload": "{\"price\":7}",
                "has_experiment": true,
            },
        }})
    );
    assert_eq!(answer["errorsWhileComputingFlags"], false);
    assert!(answer["requestId"].is_string() && answer["evaluatedAt"].is_u64());

    let answer = collector.flags(&json!({ "distinct_id": "anon-1" }));
    let detail = &answer["flags"]["pricing-test"];
    assert_eq!(
        (&detail["enabled"], &detail["variant"]),
        (&false.into(), &Value::Null)
    );
    assert_eq!(detail["reason"]["code"], "out_of_rollout_bound");
    assert_eq!(detail["metadata"]["payload"], Value::Null);
}

#[test]
fn a_request_can_ask_for_some_flags_or_none() {
    let collector = Collector::start();
    for key in ["a", "b", "survey-targeting-x"] {
        collector.define_flag(key, &json!({}));
    }
    collector.define_flag(
        "docs-only",
        &json!({ "evaluation_contexts": ["docs", "blog"] }),
    );
    let all = ["a", "b", "survey-targeting-x", "docs-only"];
    let asked = |mut question: Value| {
        question["distinct_id"] = "d".into();
        collector.flags(&question)
    };
    assert_eq!(keys(&asked(json!({}))), all);
    assert_eq!(
        keys(&asked(json!({ "flag_keys": ["b", "none such"] }))),
        ["b"]
    );
    assert!(keys(&asked(json!({ "flag_keys": [] }))).is_empty());
    assert!(keys(&asked(json!({ "disable_flags": true }))).is_empty());
    assert_eq!(
        keys(&asked(json!({ "evaluation_contexts": ["shop", "docs"] }))),
        all
    );
    assert_eq!(
        keys(&asked(json!({ "evaluation_contexts": ["shop"] }))),
        all[..3]
    );
    let answer = collector.post(
        "/flags/?v=2&only_evaluate_survey_feature_flags=true",
        question().to_string(),
    );
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(keys(&answer), ["survey-targeting-x"]);
}

#[test]
fn what_the_request_says_of_a_person_counts_more_than_what_is_stored() {
    let collector = Collector::start();
    let paid = json!({ "key": "plan", "type": "person", "operator": "exact", "value": ["paid"] });
    let anybody =
        json!({ "key": "plan", "type": "person", "operator": "is_not_set", "value": "is_not_set" });
    collector.define_flag("thanks", &only(paid));
    collector.define_flag("offer", &only(anybody));
    let person = json!({ "distinct_id": "anonymous" });
    assert_eq!(enabled(&collector, "thanks", &person), false);
    assert_eq!(enabled(&collector, "offer", &person), true);

    let mut bought = event("bought", &uuid(1));
    bought["$set"] = json!({ "plan": "paid" });
    collector.post("/e/", envelope(&[bought]));
    assert_eq!(enabled(&collector, "thanks", &person), true);
    assert_eq!(enabled(&collector, "offer", &person), false);
    assert_eq!(
        enabled(
            &collector,
            "thanks",
            &json!({ "distinct_id": "somebody else" })
        ),
        false
    );
    let cancelled = json!({ "distinct_id": "anonymous", "person_properties": { "plan": "free" } });
    assert_eq!(enabled(&collector, "thanks", &cancelled), false);
}

#[test]
fn group_types_have_their_places_by_first_appearance() {
    let collector = Collector::start();
    let mut big = only(json!({ "key": "size", "type": "group", "operator": "gt", "value": "100" }));
    big["filters"]["aggregation_group_type_index"] = 1.into();
    collector.define_flag("for-companies", &big);
    let of = |question: Value| enabled(&collector, "for-companies", &question);
    for (number, (kind, key, size)) in [("team", "red", 5), ("company", "acme", 500)]
        .into_iter()
        .enumerate()
    {
        let mut group = event("$groupidentify", &uuid(number as u32));
        group["properties"]["$group_type"] = kind.into();
        group["properties"]["$group_key"] = key.into();
        group["properties"]["$group_set"] = json!({ "size": size });
        collector.post("/e/", envelope(&[group]));
    }
    assert_eq!(
        of(json!({ "distinct_id": "d", "groups": { "company": "acme" } })),
        true
    );
    assert_eq!(
        of(json!({ "distinct_id": "d", "groups": { "company": "tiny" } })),
        false
    );
    assert_eq!(
        of(json!({ "distinct_id": "d", "groups": { "team": "red" } })),
        false
    );
    let grown = json!({
        "distinct_id": "d",
        "groups": { "company": "tiny" },
        "group_properties": { "company": { "size": 101 } },
    });
    assert_eq!(of(grown), true);
}

#[test]
fn a_flag_can_go_by_device() {
    let collector = Collector::start();
    let mut definition = half();
    definition["bucketing_identifier"] = "device_id".into();
    collector.define_flag("pricing-test", &definition);
    for (distinct_id, device_id, is_in) in [("anon-1", "anon-3", true), ("anon-3", "anon-1", false)]
    {
        let question = json!({ "distinct_id": distinct_id, "$device_id": device_id });
        assert_eq!(enabled(&collector, "pricing-test", &question), is_in);
    }
}

#[test]
fn a_flag_can_stay_the_same_through_login() {
    let collector = Collector::start();
    let mut definition = half();
    definition["ensure_experience_continuity"] = true.into();
    collector.define_flag("pricing-test", &definition);
    let visitor = json!({ "distinct_id": "anon-3" });
    let login = json!({ "distinct_id": "anon-1", "$anon_distinct_id": "anon-3" });
    let user = json!({ "distinct_id": "anon-1" });
    let second_device = json!({ "distinct_id": "anon-1", "$anon_distinct_id": "anon-2" });
    for question in [&visitor, &login, &user, &second_device] {
        assert_eq!(
            enabled(&collector, "pricing-test", question),
            true,
            "{question}"
        );
    }
    collector.define_flag("pricing-test", &half());
    assert_eq!(enabled(&collector, "pricing-test", &login), false);
}

#[test]
fn a_flag_that_cannot_be_decided_has_failed_and_the_others_have_not() {
    let collector = Collector::start();
    let cohort = json!({ "key": "id", "type": "cohort", "operator": "in", "value": 5 });
    collector.define_flag("regulars", &only(cohort.clone()));
    collector.define_flag("everybody", &json!({}));
    let first_matches = json!([{ "properties": [] }, { "properties": [cohort] }]);
    collector.define_flag("either", &json!({ "filters": { "groups": first_matches } }));

    let answer = collector.flags(&json!({ "distinct_id": "d" }));
    assert_eq!(answer["errorsWhileComputingFlags"], true);
    let detail = &answer["flags"]["regulars"];
    assert_eq!(
        (&detail["failed"], &detail["enabled"]),
        (&true.into(), &false.into())
    );
    assert_eq!(detail["reason"]["code"], "unsupported_definition");
    for key in ["everybody", "either"] {
        let detail = &answer["flags"][key];
        assert_eq!(
            (&detail["failed"], &detail["enabled"]),
            (&Value::Null, &true.into())
        );
    }
}

#[test]
fn a_question_that_cannot_be_answered_is_refused_and_says_why() {
    let collector = Collector::start();
    collector.define_flag("a", &json!({}));
    for (body, status, told) in [
        (r#"{"token":"phc_test"}"#, 400, "distinct_id is missing"),
        (
            r#"{"token":"phc_test","distinct_id":""}"#,
            400,
            "distinct_id is missing",
        ),
        (
            r#"{"token":"phc_test","distinct_id":"d","flag_keys":"a"}"#,
            400,
            "flag_keys: invalid type",
        ),
        (
            r#"{"token":"phc_test","distinct_id":"d","person_properties":[]}"#,
            400,
            "person_properties",
        ),
        (r#"{"distinct_id":"d"}"#, 401, "token"),
        ("{", 400, "not acceptable JSON"),
    ] {
        let answer = collector.post("/flags/?v=2", body);
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.body.contains(told), "{body}: {}", answer.body);
    }
    assert_eq!(enabled(&collector, "a", &json!({ "distinct_id": 7 })), true);
}

#[test]
fn remote_config_says_whether_a_project_has_flags() {
    let collector = Collector::start();
    let config = || -> Value {
        let answer = collector.send("GET", "/array/phc_test/config", &[], &[]);
        serde_json::from_str(&answer.body).unwrap()
    };
    assert_eq!(config()["hasFeatureFlags"], false);
    collector.define_flag("a", &json!({ "active": false }));
    assert_eq!(config()["hasFeatureFlags"], true);
    let script = collector.send("GET", "/array/phc_test/config.js", &[], &[]);
    assert!(
        script.body.contains(r#""hasFeatureFlags":true"#),
        "{}",
        script.body
    );
    let other = collector.send("GET", "/array/phc_other/config", &[], &[]);
    assert!(
        other.body.contains(r#""hasFeatureFlags":false"#),
        "{}",
        other.body
    );
}
