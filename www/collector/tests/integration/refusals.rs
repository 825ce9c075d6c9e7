//! What costs a whole request, and what is kept of it.

use serde_json::{Value, json};

use crate::support::{Collector, envelope, event, gzip, uuid};

/// A good event, then one with a field replaced by the given JSON text.
fn batch_with(field: &str, json_text: &str) -> String {
    let mut bad = event("bad", &uuid(2));
    bad[field] = "PLACE".into();
    envelope(&[event("good", &uuid(1)), bad]).replace(r#""PLACE""#, json_text)
}

fn batch_with_property(name: &str, json_text: &str) -> String {
    let mut bad = event("bad", &uuid(2));
    bad["properties"][name] = "PLACE".into();
    envelope(&[event("good", &uuid(1)), bad]).replace(r#""PLACE""#, json_text)
}

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

fn refused(collector: &Collector, status: u16, body: impl AsRef<[u8]>, says: &str) {
    let answer = collector.post("/e/", body);
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(
        answer.body.contains(says),
        "{:?} does not say {says:?}",
        answer.body
    );
    let request = collector.list("requests").pop().unwrap();
    assert_eq!(request["status"], status);
    assert_eq!(request["error"], answer.body);
    assert_eq!(collector.list("events").len(), 0, "{}", answer.body);
}

#[test]
fn one_bad_event_costs_the_whole_request() {
    let collector = Collector::start();
    for (body, says) in [
        (batch_with_property("v", r#""\ud83e""#), "hex escape"),
        (batch_with_property("v", r#""\udd14\ud83e""#), "hex escape"),
        (batch_with_property("v", r#"{"\ud83e":1}"#), "hex escape"),
        (batch_with("unknown", r#"["\ud83e"]"#), "hex escape"),
        (batch_with_property("v", &nested(124)), "recursion limit"),
        (batch_with_property("v", "NaN"), "line 1"),
        (batch_with_property("v", "1e400"), "number out of range"),
        (
            batch_with("event", r#""""#),
            "event 1: the event name is empty",
        ),
        (batch_with("event", "5"), "batch[1].event"),
        (batch_with("event", "null"), "batch[1].event"),
        (
            batch_with_property("distinct_id", "null"),
            "event 1: distinct_id",
        ),
        (
            batch_with_property("distinct_id", r#""""#),
            "event 1: distinct_id",
        ),
        (batch_with("uuid", r#""not-a-uuid""#), "batch[1].uuid"),
        (
            batch_with("timestamp", "1767323046000"),
            "batch[1].timestamp",
        ),
        (batch_with("offset", "1.5"), "batch[1].offset"),
        (batch_with("offset", r#""1""#), "batch[1].offset"),
        (batch_with("properties", "[]"), "batch[1].properties"),
        (batch_with("properties", "null"), "batch[1].properties"),
        (batch_with("$set", r#""x""#), "batch[1].$set"),
        (batch_with("$set_once", "[]"), "batch[1].$set_once"),
        (
            batch_with_property("$cookieless_mode", r#""yes""#),
            "$cookieless_mode",
        ),
        (envelope(&[]), "no events"),
        ("[]".to_owned(), "no events"),
        ("{\"api_key\":\"phc_test\"".to_owned(), "EOF"),
        ("5".to_owned(), "neither JSON nor base64"),
    ] {
        refused(&collector, 400, &body, says);
    }
    let mut nameless = event("a", &uuid(1));
    nameless.as_object_mut().unwrap().remove("event");
    refused(
        &collector,
        400,
        envelope(&[nameless]),
        "missing field `event`",
    );
    let mut idless = event("a", &uuid(1));
    idless["properties"]
        .as_object_mut()
        .unwrap()
        .remove("distinct_id");
    refused(&collector, 400, envelope(&[idless]), "event 0: distinct_id");
    let mut not_utf8 = envelope(&[event("a?", &uuid(1))]).into_bytes();
    *not_utf8.iter_mut().find(|byte| **byte == b'?').unwrap() = 0xff;
    refused(&collector, 400, not_utf8, "not UTF-8");
    let zipped = gzip(envelope(&[event("a", &uuid(1))]).as_bytes());
    refused(&collector, 400, &zipped[..zipped.len() / 2], "gzip");
}

#[test]
fn nesting_is_counted_with_the_envelope() {
    let collector = Collector::start();
    // Envelope, batch, event and properties are four levels of the 127.
    assert_eq!(
        collector
            .post("/e/", batch_with_property("v", &nested(123)))
            .status,
        200
    );
    let bare = |levels| {
        let mut event = event("deep", &uuid(3));
        event["properties"]["v"] = "PLACE".into();
        event.to_string().replace(r#""PLACE""#, &nested(levels))
    };
    assert_eq!(collector.post("/e/", bare(125)).status, 200);
    assert_eq!(collector.post("/e/", bare(126)).status, 400);
}

#[test]
fn the_token_must_be_one_and_be_possible() {
    let collector = Collector::start();
    let with = |token: Value| {
        let mut event = event("a", &uuid(1));
        event["properties"]["token"] = token;
        json!([event]).to_string()
    };
    refused(&collector, 401, with(Value::Null), "no token");
    refused(&collector, 401, with("".into()), "empty");
    refused(&collector, 401, with("a".repeat(65).into()), "64");
    refused(&collector, 401, with("phc_é".into()), "ASCII");
    refused(
        &collector,
        401,
        with("phx_secret".into()),
        "personal API key",
    );
    let mut other = event("b", &uuid(2));
    other["properties"]["token"] = "phc_other".into();
    refused(
        &collector,
        401,
        envelope(&[event("a", &uuid(1)), other]),
        "must all be the same",
    );
    assert_eq!(
        collector
            .send("GET", "/array/phx_secret/config", &[], &[])
            .status,
        401
    );
}

#[test]
fn the_query_and_the_content_type_are_read_strictly() {
    let collector = Collector::start();
    let body = envelope(&[event("a", &uuid(1))]);
    assert_eq!(collector.post("/e/?_=soon", &body).status, 400);
    assert_eq!(collector.post("/e/?compression=zip", &body).status, 400);
    let lz64 = collector.post("/e/?compression=lz64", &body);
    assert!(
        lz64.status == 400 && lz64.body.contains("lz64"),
        "{}",
        lz64.body
    );
    let headers = [(
        "content-type",
        "application/x-www-form-urlencoded; charset=UTF-8",
    )];
    assert_eq!(
        collector
            .send("POST", "/e/", &headers, b"data=e30%3D")
            .status,
        400
    );
    assert_eq!(
        collector
            .send(
                "POST",
                "/e/",
                &[("content-encoding", "br")],
                body.as_bytes()
            )
            .status,
        400
    );
    assert_eq!(
        collector.send("PUT", "/e/", &[], body.as_bytes()).status,
        405
    );
    assert_eq!(collector.list("events").len(), 0);
}

#[test]
fn recordings_need_their_ids_and_data() {
    let collector = Collector::start();
    let good = json!({
        "event": "$snapshot",
        "properties": { "token": "t", "distinct_id": "d", "$session_id": "s", "$snapshot_data": [] },
    });
    let with = |name: &str, value: Value| {
        let mut event = good.clone();
        event["properties"][name] = value;
        event.to_string()
    };
    for body in [
        with("$session_id", Value::Null),
        with("$session_id", "s".repeat(101).into()),
        with("$snapshot_data", Value::Null),
        json!({ "api_key": "t", "batch": [good] }).to_string(),
    ] {
        assert_eq!(collector.post("/s/", &body).status, 400, "{body}");
    }
    assert_eq!(collector.post("/s/", good.to_string()).status, 200);
}

#[test]
fn what_is_too_big_is_refused_with_413() {
    let collector = Collector::start();
    const LIMIT: usize = 2 * 1024 * 1024;
    let mut body = envelope(&[event("a", &uuid(1))]);
    body.push_str(&" ".repeat(LIMIT - body.len()));
    assert_eq!(collector.post("/e/", &body).status, 200);
    body.push(' ');
    let answer = collector.post("/e/", &body);
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("2097152"), "{}", answer.body);
    assert_eq!(
        collector.list("requests").pop().unwrap()["bytes"],
        LIMIT + 1
    );
    assert_eq!(collector.post("/batch/", &body).status, 200);

    let bomb = gzip(&vec![b' '; collector::payload::MAX_DECODED_BYTES + 1]);
    let answer = collector.post("/e/", bomb);
    assert!(
        answer.status == 413 && answer.body.contains("unpacked"),
        "{}",
        answer.body
    );

    let mut huge = event("huge", &uuid(2));
    huge["properties"]["v"] = "x".repeat(1_000_000).into();
    let answer = collector.post("/e/", envelope(&[event("small", &uuid(3)), huge]));
    assert!(
        answer.status == 413 && answer.body.contains("event 1"),
        "{}",
        answer.body
    );
    assert_eq!(collector.list("events").len(), 1);
}
