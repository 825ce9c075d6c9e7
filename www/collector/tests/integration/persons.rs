//! Who is who, from the events that were sent.

use serde_json::json;

use crate::support::{Collector, event, uuid};

#[test]
fn a_visitor_who_logs_in_is_one_person() {
    let collector = Collector::start();
    let mut identify = event("$identify", &uuid(2));
    identify["properties"]["distinct_id"] = "user".into();
    identify["properties"]["$anon_distinct_id"] = "anonymous".into();
    identify["$set"] = json!({ "email": "user@shop.test" });
    let mut other = event("$pageview", &uuid(3));
    other["properties"]["distinct_id"] = "somebody else".into();
    let events = json!([event("$pageview", &uuid(1)), identify, other]);
    assert_eq!(collector.post("/e/", events.to_string()).status, 200);

    let persons = collector.list("persons?token=phc_test");
    assert_eq!(persons.len(), 2);
    assert_eq!(persons[0]["distinct_ids"], json!(["user", "anonymous"]));
    assert_eq!(
        persons[0]["properties"],
        json!({ "email": "user@shop.test" })
    );
    assert_eq!(persons[0]["identified"], true);
    assert_eq!(persons[0]["events"], 2);
    assert_eq!(persons[1]["identified"], false);
    assert!(collector.list("persons?token=phc_other").is_empty());
}
