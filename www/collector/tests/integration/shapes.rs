//! Every shape and packing of a body that PostHog takes, and what comes of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Collector, envelope, event, gzip, uuid};

fn form(data: &str) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("data", data)
        .finish()
        .into_bytes()
}

#[test]
fn each_shape_and_packing_is_taken_on_each_path() {
    let collector = Collector::start();
    let text = "text/plain";
    let form_type = "application/x-www-form-urlencoded";
    let mut number = 0;
    let mut next = || {
        number += 1;
        event("shape", &uuid(number))
    };
    let single = next().to_string();
    let array = json!([next(), next()]).to_string();
    let gzipped = gzip(envelope(&[next()]).as_bytes());
    let encoded = gzip(envelope(&[next()]).as_bytes());
    let bodies: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        ("/e/", text, single.into_bytes(), "none"),
        ("/e", text, array.into_bytes(), "none"),
        (
            "/i/v0/e/",
            "application/json",
            envelope(&[next()]).into_bytes(),
            "none",
        ),
        (
            "/e/?compression=gzip-js&ip=1&_=1767323046000&ver=1.78.0",
            text,
            gzipped,
            "gzip",
        ),
        (
            "/batch/",
            "application/json",
            gzip(envelope(&[next()]).as_bytes()),
            "gzip",
        ),
        (
            "/capture/?compression=base64",
            form_type,
            form(&STANDARD.encode(envelope(&[next()]))),
            "form+base64",
        ),
        ("/track/", form_type, form(&envelope(&[next()])), "form"),
        (
            "/engage/",
            text,
            STANDARD.encode(envelope(&[next()])).into_bytes(),
            "base64",
        ),
        (
            "/i/v0/e",
            text,
            STANDARD
                .encode(gzip(envelope(&[next()]).as_bytes()))
                .into_bytes(),
            "base64+gzip",
        ),
    ];
    for (path, content_type, body, packing) in bodies {
        let answer = collector.send("POST", path, &[("content-type", content_type)], &body);
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, r#"{"status":"Ok"}"#),
            "{path}"
        );
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(
            collector.list("requests").last().unwrap()["compression"],
            packing,
            "{path}"
        );
    }
    let headers = [("content-type", text), ("content-encoding", "gzip")];
    assert_eq!(
        collector.send("POST", "/e/", &headers, &encoded).status,
        200
    );
    let data = STANDARD.encode(next().to_string());
    let query = String::from_utf8(form(&data)).unwrap();
    assert_eq!(
        collector
            .send("GET", &format!("/e/?{query}"), &[], &[])
            .status,
        200
    );

    let mut stored: Vec<Value> = collector.column("events", "uuid");
    stored.sort_by_key(Value::to_string);
    assert_eq!(
        stored,
        (1..=number)
            .map(|number| Value::from(uuid(number)))
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_beacon_is_answered_without_a_body() {
    let collector = Collector::start();
    let answer = collector.post("/e/?beacon=1", envelope(&[event("leave", &uuid(1))]));
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!(collector.list("events").len(), 1);
}

#[test]
fn recordings_come_as_one_or_many() {
    let collector = Collector::start();
    let snapshot = |number| {
        json!({
            "uuid": uuid(number), "event": "$snapshot", "sent_at": "2026-01-02T03:04:06.000Z",
            "properties": {
                "token": "phc_test", "distinct_id": "d", "$session_id": "session", "$snapshot_data": [1],
            },
        })
    };
    assert_eq!(collector.post("/s/", snapshot(1).to_string()).status, 200);
    assert_eq!(
        collector
            .post("/s", gzip(json!([snapshot(2)]).to_string().as_bytes()))
            .status,
        200
    );
    assert_eq!(
        collector.column("events", "window_id"),
        ["session", "session"]
    );
}

#[test]
fn an_event_is_stored_with_its_parts_and_its_time_corrected() {
    let collector = Collector::start();
    let mut sent = event("buy", &uuid(1));
    sent["$set"] = json!({ "plan": "paid" });
    sent["$set_once"] = json!({ "first": 1 });
    sent["properties"]["$session_id"] = "session".into();
    assert_eq!(
        collector
            .post("/e/", envelope(std::slice::from_ref(&sent)))
            .status,
        200
    );
    let mut ignoring = event("import", &uuid(2));
    ignoring["properties"]["$ignore_sent_at"] = true.into();
    assert_eq!(collector.post("/e/", envelope(&[ignoring])).status, 200);
    let legacy =
        json!({ "event": "old", "distinct_id": "d", "token": "phc_test", "offset": 60_000 });
    assert_eq!(collector.post("/e/", legacy.to_string()).status, 200);

    let stored = collector.list("events");
    assert_eq!(stored[0]["properties"], sent["properties"]);
    assert_eq!(stored[0]["set"], sent["$set"]);
    assert_eq!(stored[0]["set_once"], sent["$set_once"]);
    assert_eq!(stored[0]["session_id"], "session");
    assert_eq!(stored[0]["window_id"], "tab");
    assert_eq!(stored[0]["timestamp"], "2026-01-02T03:04:05.678Z");
    let millis = |row: &Value, column: &str| {
        row[column]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_millisecond()
    };
    let age = |row: &Value| millis(row, "received_at") - millis(row, "corrected_timestamp");
    // The event was 322 ms old when it was sent, by whatever clock; receipt is rounded to a millisecond.
    assert!((321..=323).contains(&age(&stored[0])), "{}", stored[0]);
    assert_eq!(stored[1]["corrected_timestamp"], stored[1]["timestamp"]);
    assert!(
        (59_999..=60_001).contains(&age(&stored[2])),
        "{}",
        stored[2]
    );
    assert_eq!(stored[2]["timestamp"], Value::Null);
}

#[test]
fn ten_thousand_events_are_one_request() {
    let collector = Collector::start();
    let events: Vec<Value> = (0..10_000)
        .map(|number| event("many", &uuid(number)))
        .collect();
    assert_eq!(
        collector
            .post("/batch/", gzip(envelope(&events).as_bytes()))
            .status,
        200
    );
    assert_eq!(collector.list("events").len(), 10_000);
    assert_eq!(collector.list("events?after=9990&limit=5").len(), 5);
    assert_eq!(collector.list("events?token=phc_other").len(), 0);
    assert_eq!(collector.list("events?distinct_id=anonymous").len(), 10_000);
}

#[test]
fn flags_config_and_early_access_say_that_there_is_nothing() {
    let collector = Collector::start();
    let answer = collector.post(
        "/flags/?v=2",
        gzip(br#"{"token":"phc_test","distinct_id":"d"}"#),
    );
    let flags: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(flags["flags"], json!({}));
    assert_eq!(flags["errorsWhileComputingFlags"], false);
    assert!(flags["requestId"].is_string() && flags["evaluatedAt"].is_u64());
    assert_eq!(collector.post("/flags/?v=2", "{}").status, 401);

    let answer = collector.send("GET", "/array/phc_test/config", &[], &[]);
    let config: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(config["supportedCompression"], json!(["gzip", "gzip-js"]));
    assert_eq!(config["analytics"]["endpoint"], "/i/v0/e/");
    let answer = collector.send("GET", "/array/phc_test/config.js", &[], &[]);
    assert_eq!(
        answer.headers["content-type"],
        "text/javascript; charset=utf-8"
    );
    assert!(
        answer
            .body
            .contains(r#"configs["phc_test"] = { config: {"token""#),
        "{}",
        answer.body
    );

    let answer = collector.send(
        "GET",
        "/api/early_access_features/?token=phc_test&_=1",
        &[],
        &[],
    );
    assert_eq!(answer.body, r#"{"earlyAccessFeatures":[]}"#);
    assert_eq!(
        collector.column("requests?token=phc_test", "status"),
        [200; 4]
    );
}

#[test]
fn any_origin_and_header_may_ask_and_read() {
    let collector = Collector::start();
    let preflight = collector.send(
        "OPTIONS",
        "/e/",
        &[
            ("origin", "http://shop.test"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type, x-mine"),
        ],
        &[],
    );
    assert_eq!(preflight.status, 200);
    assert_eq!(
        preflight.headers["access-control-allow-origin"],
        "http://shop.test"
    );
    assert_eq!(
        preflight.headers["access-control-allow-headers"],
        "content-type, x-mine"
    );
    assert_eq!(
        preflight.headers["access-control-allow-credentials"],
        "true"
    );
    assert_eq!(
        preflight.headers["access-control-allow-methods"],
        "GET,POST,OPTIONS"
    );
    let body = envelope(&[event("a", &uuid(1))]);
    let answer = collector.send(
        "POST",
        "/e/",
        &[("origin", "http://shop.test")],
        body.as_bytes(),
    );
    assert_eq!(
        answer.headers["access-control-allow-origin"],
        "http://shop.test"
    );
    assert_eq!(
        answer.headers["access-control-expose-headers"],
        "retry-after"
    );
    assert_eq!(collector.column("requests", "method"), ["OPTIONS", "POST"]);
}
