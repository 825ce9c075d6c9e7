//! Flags as they are defined, listed and deleted.

use serde_json::{Value, json};

use crate::support::{Collector, envelope, event, uuid};

fn list(collector: &Collector, query: &str) -> Vec<Value> {
    let answer = collector.send("GET", &format!("/_collector/flags{query}"), &[], &[]);
    let mut json: Value = serde_json::from_str(&answer.body).unwrap();
    serde_json::from_value(json["flags"].take()).unwrap()
}

fn put(collector: &Collector, path: &str, body: &str) -> (u16, String) {
    let path = format!("/_collector/flags/{path}");
    let answer = collector.send("PUT", &path, &[], body.as_bytes());
    (answer.status, answer.body)
}

fn delete(collector: &Collector, path: &str) -> u16 {
    let path = format!("/_collector/flags/{path}");
    collector.send("DELETE", &path, &[], &[]).status
}

#[test]
fn a_change_raises_the_version_and_a_new_flag_has_a_new_id() {
    let collector = Collector::start();
    let first = collector.define_flag("promo", &json!({}));
    assert_eq!((&first["id"], &first["version"]), (&json!(1), &json!(1)));
    assert_eq!(first["filters"]["groups"][0]["rollout_percentage"], 100);
    // What was read can be written back as it is.
    let mut changed = first.clone();
    changed["active"] = false.into();
    let second = collector.define_flag("promo", &changed);
    assert_eq!(
        (&second["id"], &second["version"], &second["active"]),
        (&json!(1), &json!(2), &json!(false))
    );
    assert_eq!(list(&collector, "?token=phc_test"), [second]);

    assert_eq!(delete(&collector, "promo?token=phc_test"), 204);
    assert_eq!(delete(&collector, "promo?token=phc_test"), 404);
    let third = collector.define_flag("promo", &json!({}));
    assert!(third["id"].as_i64() > Some(1));
    assert_eq!(third["version"], 1);
}

#[test]
fn flags_belong_to_a_project_and_outlive_what_was_sent() {
    let collector = Collector::start();
    collector.define_flag("promo", &json!({}));
    assert_eq!(put(&collector, "promo?token=phc_other", "{}").0, 200);
    assert_eq!(put(&collector, "a%20b%2Fc?token=phc_other", "{}").0, 200);
    assert_eq!(list(&collector, "?token=phc_test").len(), 1);
    let others = list(&collector, "?token=phc_other");
    assert_eq!([&others[0]["key"], &others[1]["key"]], ["promo", "a b/c"]);
    assert_eq!(list(&collector, "").len(), 3);

    collector.post("/e/", envelope(&[event("a", &uuid(1))]));
    collector.send("DELETE", "/_collector/events", &[], &[]);
    assert!(collector.list("events").is_empty());
    assert_eq!(list(&collector, "").len(), 3);
}

#[test]
fn a_definition_with_a_mistake_is_refused_and_says_why() {
    let collector = Collector::start();
    let before = collector.define_flag("promo", &json!({}));
    let refused = |path: &str, body: &str, told: &str| {
        let (status, error) = put(&collector, path, body);
        assert_eq!(status, 400, "{body}");
        assert!(error.contains(told), "{body}: {error}");
    };
    let mine = "promo?token=phc_test";
    refused("promo", "{}", "token");
    refused("promo?token=phx_secret", "{}", "phx_");
    refused(mine, "", "not JSON");
    refused(mine, r#"{"active":tru"#, "not JSON");
    refused(mine, "[]", "must be an object");
    refused(
        mine,
        r#"{"filters":{"groups":[{"rollout_percentage":101}]}}"#,
        "filters.groups[0].rollout_percentage: a percentage is between 0 and 100",
    );
    refused(
        mine,
        r#"{"filters":{"groups":[{"properties":[{"key":"a","operator":"like","value":"b"}]}]}}"#,
        "unknown variant `like`",
    );
    refused(
        mine,
        r#"{"filters":{"multivariate":{"variants":[
            {"key":"a","rollout_percentage":70},{"key":"b","rollout_percentage":70}]}}}"#,
        "add up to 140",
    );
    assert_eq!(list(&collector, ""), [before]);
}
